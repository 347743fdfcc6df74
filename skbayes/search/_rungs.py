"""Parts of the training samples that candidates begin with, checked before any fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import type_of_target

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.fidelity.subsamples import NestedParts, nested_parts
from skbayes._split_parts import as_indices
from skbayes._user_warnings import warn_user
from skbayes._values import dicts_of
from skbayes.search._splits import Splits

#: Samples of the data below which nothing is worth leaving out.
MIN_DATA = 1_000
#: Samples of the smallest part, and rungs, unless `min_resources` says otherwise.
MIN_SAMPLES, MAX_RUNGS = 25, 3

#: So that the seed of the parts is not that of the candidates.
_STREAM = 0xFA17


@dataclass(frozen=True)
class Rungs:
    """The rungs of a search.

    Parameters
    ----------
    n_train : int
        Training samples of the largest fold.
    ladder : Ladder or None
        Their sizes; None: every candidate is fitted on all samples.
    splits : sequence of (train, test)
        Training and test part of each, in the order of their numbers.
    """

    n_train: int
    ladder: Ladder | None = None
    splits: Splits = ()


def check_resource(search: Any) -> None:
    """Refuse a resource that cannot be given in steps; warn of settings in vain.

    Raises
    ------
    ValueError
        With what to write.
    """
    owner, resource = type(search).__name__, search.resource
    if resource is None:
        for name, default in (("min_resources", "exhaust"), ("factor", 3)):
            if getattr(search, name) != default:
                warn_user(
                    f"The `{name}` parameter of {owner} does nothing with "
                    "resource=None: set resource='n_samples', or leave it out."
                )
        return
    space = search._search_space()
    searched = [] if isinstance(space, str) else dicts_of(space)
    if any(resource in names for names in searched):
        raise ValueError(
            f"The `resource` parameter of {owner} must not be searched, too. Got "
            f"{resource!r}, which the search space has. Take it out of the space."
        )
    if resource == "n_samples":
        return
    known = (
        search.estimator.get_params() if hasattr(search.estimator, "get_params") else {}
    )
    why = "is given whole" if resource in known else "the estimator does not have"
    raise ValueError(
        f"The `resource` parameter of {owner} must be 'n_samples' or None. Got "
        f"{resource!r}, which {why}. Write resource='n_samples'."
    )


def split_rungs(
    search: Any,
    n_samples: int,
    y: Any,
    split_params: Mapping[str, Any],
    splits: Splits,
    first: int,
) -> Rungs:
    """Choose the parts of every fold's training samples.

    Parameters
    ----------
    search : SearchCV
        With the parameters it was given, checked by `check_resource`.
    n_samples : int
        Of the data.
    y : array-like or None
        The target, whose classes no part loses.
    split_params : mapping
        Passed to ``cv.split``; groups in it stay whole.
    splits : sequence of (train, test)
        The cross-validation.
    first : int
        Number of the first rung.

    Returns
    -------
    Rungs

    Raises
    ------
    ValueError
        If there is no room for two parts below all samples.
    """
    trains = [as_indices(train) for train, _ in splits]
    most = max(map(len, trains))
    if search.resource is None:
        return Rungs(most)
    n_train = min(map(len, trains))
    _check_maximum(search, n_train)
    if n_samples < MIN_DATA:
        warn_user(
            f"The `resource` parameter of {type(search).__name__} saves nothing with "
            f"fewer than {MIN_DATA:,} samples. Got {n_samples}: every candidate is "
            "fitted on all of them."
        )
        return Rungs(most)
    parts = list(_parts(search, y, split_params, splits, trains))
    shares = _sizes(search, n_train, max(one.least for one in parts))
    chosen = [
        [one.part(_scaled(search, size, n_train, len(train))) for size in shares]
        for one, train in zip(parts, trains, strict=True)
    ]
    _check_parts(search, chosen, parts, trains)
    sizes = tuple(tuple(map(len, fold)) for fold in chosen)
    ladder = Ladder(first, sizes, tuple(map(len, trains)))
    return Rungs(most, ladder, _rung_splits(chosen, splits))


def _rung_splits(chosen: list[list[Any]], splits: Splits) -> Splits:
    """Training and test part of each rung, in the order of their numbers."""
    tests = [test for _, test in splits]
    return [
        (part, test) for fold, test in zip(chosen, tests, strict=True) for part in fold
    ]


def _parts(
    search: Any,
    y: Any,
    split_params: Mapping[str, Any],
    splits: Splits,
    trains: list[Any],
) -> Iterator[NestedParts]:
    """The order in which each fold's samples are taken."""
    groups = split_params.get("groups")
    names = None if groups is None else np.unique(groups, return_inverse=True)[1]
    tests = [as_indices(test) for _, test in splits]
    is_series = all(a.max() < b.min() for a, b in zip(trains, tests, strict=True))
    own = getattr(search, "random_state", None)
    entropy = int(own) if isinstance(own, Integral) else 0
    for fold, train in enumerate(trains):
        yield nested_parts(
            train,
            np.random.default_rng([entropy, _STREAM, fold]),
            classes=_classes(search, y),
            groups=names,
            is_series=is_series,
        )


def _classes(search: Any, y: Any) -> Any:
    """Class of every sample, None where there are none."""
    if y is None or not is_classifier(search.estimator):
        return None
    if type_of_target(y) not in {"binary", "multiclass"}:
        return None
    return np.unique(column_or_1d(y), return_inverse=True)[1]


def _sizes(search: Any, n_train: int, least: int) -> list[int]:
    """Samples of each rung of the smallest training part, smallest first."""
    factor, smallest = float(search.factor), search.min_resources
    if smallest == "exhaust":
        floor = max(MIN_SAMPLES, least)
        sizes = [int(n_train / factor**k) for k in range(MAX_RUNGS, 0, -1)]
        return [size for size in sizes if size >= floor]
    sizes = [int(smallest)]
    while sizes[-1] * factor < n_train:
        sizes.append(int(sizes[-1] * factor))
    return [size for size in sizes if size < n_train]


def _scaled(search: Any, size: int, n_train: int, n_own: int) -> int:
    """The size of a rung in a fold that has more training samples than the smallest."""
    return size if search.min_resources != "exhaust" else size * n_own // n_train


def _check_maximum(search: Any, n_train: int) -> None:
    """Refuse a smallest part that is larger than all."""
    if search.min_resources != "exhaust" and search.min_resources > n_train:
        raise ValueError(
            f"The `min_resources` parameter of {type(search).__name__} must not be "
            f"above the {n_train} training samples of a fold. Got "
            f"{search.min_resources}; set a smaller number, or 'exhaust'."
        )


def _check_parts(
    search: Any, chosen: list[Any], parts: list[NestedParts], trains: list[Any]
) -> None:
    """Refuse parts that lose a class, hold no whole group, or are too few."""
    owner = type(search).__name__
    for fold, (rungs, one, train) in enumerate(zip(chosen, parts, trains, strict=True)):
        if len(rungs) < 2:
            raise ValueError(
                f"The `min_resources` and `factor` parameters of {owner} must leave "
                "room for two parts below all samples, of which the larger has "
                f"`factor` times as many. Got {search.min_resources!r} and "
                f"{search.factor!r} with {len(train)} training samples; parts must "
                f"have {one.least} samples to have all classes, and whole groups. Set "
                "smaller ones, or resource=None."
            )
        sizes = [len(part) for part in rungs]
        grows = all(a < b for a, b in pairwise([*sizes, len(train)]))
        if sizes[0] < one.least or not grows:
            raise ValueError(
                f"The `min_resources` parameter of {owner} must be large enough for "
                "every class, and for another whole group in each part. Got "
                f"{search.min_resources!r}: the parts of fold {fold} have {sizes} "
                f"samples, and the smallest needs {one.least}. Set a larger number, or "
                "resource=None."
            )

"""The `early_stopping_set` parameter of the searches, checked before the first fit."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Real
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import TimeSeriesSplit

from skbayes._compat import safe_split
from skbayes._evaluation.sharing.path_rules import HELD_OUT_ARGUMENTS
from skbayes._evaluation.stopping.libraries import library_of, takes_samples
from skbayes._evaluation.stopping.stopped_fit import pipelines_and_final
from skbayes._evaluation.stopping.stopping_set import StoppingSet
from skbayes._values import dicts_of
from skbayes.search._splits import Splits

_CAN = (
    "HistGradientBoosting*, XGBClassifier, XGBRegressor, LGBMClassifier, "
    "LGBMRegressor, CatBoostClassifier and CatBoostRegressor, by themselves or as the "
    "last step of a Pipeline"
)


def stopping_set(
    search: Any, X: Any, y: Any, splits: Splits, routed: Any
) -> StoppingSet | None:
    """The rule that holds out a part of the training samples; None without one.

    Parameters
    ----------
    search : SearchCV
        With the parameters it was given.
    X, y : array-like
        The data.
    splits : sequence of (train, test)
        All folds, also those of repeats.
    routed : Bunch
        Arguments of `fit`, by consumer.

    Raises
    ------
    ValueError, TypeError
        If the parameter makes no sense, the estimator cannot stop early, or a training
        part cannot be split.
    """
    if search.early_stopping_set is None:
        return None
    _check_value(search)
    _check_estimator(search)
    _check_fit_params(search, routed.estimator.fit)
    if y is None:
        raise ValueError(
            f"The `early_stopping_set` parameter of {type(search).__name__} needs "
            "targets to stop by. Pass y, or use early_stopping_set=None."
        )
    # Folds that go forward in time stop by the latest of their training samples.
    is_in_order = isinstance(search.cv, TimeSeriesSplit) or _comes_after(splits)
    found = StoppingSet(
        search.early_stopping_set,
        groups=routed.splitter.split.get("groups"),
        is_in_order=is_in_order,
        gap=int(getattr(search.cv, "gap", 0)) if is_in_order else 0,
        is_stratified=is_classifier(search.estimator),
    )
    _check_parts(search, found, X, y, splits)
    return found


def identity_of(stopping: StoppingSet | None) -> dict[str, Any]:
    """Settings of early stopping that scores depend on; empty without it."""
    if stopping is None:
        return {}
    return {
        "early_stopping_set": [
            stopping.rule,
            stopping.groups,
            stopping.is_in_order,
            stopping.gap,
            stopping.is_stratified,
        ]
    }


def _check_value(search: Any) -> None:
    value, owner = search.early_stopping_set, type(search).__name__
    is_number = isinstance(value, Real) and not isinstance(value, bool | np.bool_)
    if is_number and 0 < value < 1:
        return
    # The class of a splitter has the methods too, but cannot split.
    has_split = hasattr(value, "split") and hasattr(value, "get_n_splits")
    if not has_split or isinstance(value, type):
        raise ValueError(
            f"The `early_stopping_set` parameter of {owner} must be a share of the "
            "training part between 0 and 1, as in early_stopping_set=0.1, a splitter "
            f"or None. Got {value!r} instead."
        )


def _check_estimator(search: Any) -> None:
    """Raise if none of the estimators can stop early."""
    owner = type(search).__name__
    if hasattr(search.refit, "make_estimator"):
        raise ValueError(
            f"The `early_stopping_set` parameter of {owner} does not go together with "
            f"refit={search.refit!r}: members of an ensemble are fitted on all data. "
            "Use early_stopping_set=None, or another refit."
        )
    finals = [pipelines_and_final(one)[1] for one in _estimators(search)]
    if any(library_of(final) is not None for final in finals):
        return
    final = finals[0]
    name = type(final).__name__
    if name.startswith("HistGradientBoosting") and not takes_samples(final):
        raise ValueError(
            f"The `early_stopping_set` parameter of {owner} needs a {name} that takes "
            "X_val, as that of newer versions of scikit-learn does. Update "
            f"scikit-learn, or write {name}(early_stopping=True)."
        )
    raise TypeError(
        f"The `early_stopping_set` parameter of {owner} needs an estimator that stops "
        f"by samples it is given: {_CAN}. Got {name} instead; use None."
    )


def _estimators(search: Any) -> Iterator[Any]:
    """The search's own estimator, and those that are among the choices."""
    yield search.estimator
    space = search._search_space()
    # A text stands for a space that is made from the estimator itself.
    for branch in () if isinstance(space, str) else dicts_of(space):
        for values in branch.values():
            listed = values if isinstance(values, list | tuple) else ()
            yield from (one for one in listed if hasattr(one, "get_params"))


def _check_fit_params(search: Any, fit_params: Any) -> None:
    """Refuse samples to stop by that are given twice."""
    given = [n for n in fit_params if n.split("__")[-1] in HELD_OUT_ARGUMENTS]
    if given:
        raise ValueError(
            f"The `early_stopping_set` parameter of {type(search).__name__} fills "
            f"{given[0]!r} from the training part of each fold. Leave it out of fit, "
            "or use early_stopping_set=None."
        )


def _check_parts(
    search: Any, stopping: StoppingSet, X: Any, y: Any, splits: Splits
) -> None:
    """Split each training part, and all data for the refit."""
    everything = np.arange(X.shape[0] if hasattr(X, "shape") else len(X))
    parts = {f"fold {fold}": train for fold, (train, _) in enumerate(splits)}
    owner = type(search).__name__
    for name, rows in {**parts, "all data, for the refit": everything}.items():
        X_train, y_train = safe_split(search.estimator, X, y, rows)
        try:
            # Twice: candidates that stop by different samples cannot be compared.
            first, second = (stopping.split(X_train, y_train, rows) for _ in range(2))
        except Exception as error:
            raise ValueError(
                f"The `early_stopping_set` parameter of {owner} is "
                f"{search.early_stopping_set!r}, which cannot split the training part "
                f"of {name}: {error}. Use a larger share, fewer folds, or "
                "early_stopping_set=None."
            ) from error
        if not all(map(np.array_equal, first, second)):
            raise ValueError(
                f"The `early_stopping_set` parameter of {owner} must split in the same "
                "way each time, for all candidates. Got "
                f"{search.early_stopping_set!r}, which does not; give it an int as "
                "random_state."
            )


def _comes_after(splits: Splits) -> bool:
    """Whether the test part of each fold comes after its training part."""
    # Masks are left out: only numbers of rows can be compared.
    parts = [(np.asarray(train), np.asarray(test)) for train, test in splits]
    return all(
        train.dtype.kind in "iu"
        and test.dtype.kind in "iu"
        and train.max() < test.min()
        for train, test in parts
    )

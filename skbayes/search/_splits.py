"""The folds of a search, split once and checked before the first fit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import PredefinedSplit, check_cv

from skbayes._compat import CV_SPLIT_VERB
from skbayes._short_text import one_line
from skbayes._split_parts import as_indices, n_samples_in
from skbayes._user_warnings import warn_user

Splits = Sequence[tuple[Any, Any]]

#: Attribute in which a search keeps the splits of a generator, which yields them once.
_REMEMBERED = "_splits_of_generator"

#: Most characters of a fold in a message.
_LONGEST = 80


def reusable_cv(search: Any) -> Any:
    """Return `cv` in a reusable form: for a generator the list of its splits.

    A generator is used up after one pass, so its splits are kept for another `fit` of
    the same search and for its clones.
    """
    if not isinstance(search.cv, Iterator):
        return search.cv
    generator, splits = search.__dict__.get(_REMEMBERED, (None, None))
    if generator is not search.cv:
        splits = list(search.cv)
        search.__dict__[_REMEMBERED] = (search.cv, splits)
    return splits


def state_with_splits(search: Any, state: dict[str, Any]) -> dict[str, Any]:
    """The state to pickle: a generator, which has no pickle, as its splits."""
    if not isinstance(search.cv, Iterator):
        return state
    kept = {name: value for name, value in state.items() if name != _REMEMBERED}
    return kept | {"cv": reusable_cv(search)}


def materialise_splits(
    search: Any, X: Any, y: Any, split_params: Mapping[str, Any]
) -> Splits:
    """Split once, so that every candidate sees the same folds.

    Raises
    ------
    ValueError
        If there are no splits, their number differs from `get_n_splits`, or a part is
        empty.
    """
    given = reusable_cv(search)
    _refuse_no_pairs(given, type(search).__name__)
    cv = check_cv(given, y, classifier=is_classifier(search.estimator))
    n_samples = X.shape[0] if hasattr(X, "shape") else len(X)
    _refuse_other_length(cv, n_samples)
    n_splits, splits = _split(cv, X, y, split_params, n_samples)
    if len(splits) != n_splits:
        raise ValueError(
            f"cv.split and cv.get_n_splits {CV_SPLIT_VERB} inconsistent results. "
            f"Expected {n_splits} splits, got {len(splits)}"
        )
    if not splits:
        raise ValueError(
            "No fits were performed. "
            "Was the CV iterator empty? "
            "Were there no candidates?" + _how_it_was_emptied(search.cv)
        )
    _refuse_empty_parts(splits)
    is_own = not _is_of_sklearn(search.cv)
    if is_own:
        _refuse_other_samples(splits, n_samples)
    if search.racing and len(splits) == 1:
        warn_user(
            f"The `racing` parameter of {type(search).__name__} stops candidates "
            "between folds, and `cv` has a single one: nothing can be saved. Use two "
            "folds or more, or racing=False."
        )
    if is_own:
        _warn_of_overlap(splits, n_samples)
    return splits


def _split(
    cv: Any, X: Any, y: Any, split_params: Mapping[str, Any], n_samples: int
) -> tuple[int, Splits]:
    """Number of splits that a splitter states, and its splits."""
    try:
        return cv.get_n_splits(X, y, **split_params), [
            (_indexable(train, n_samples), _indexable(test, n_samples))
            for train, test in cv.split(X, y, **split_params)
        ]
    except (TypeError, ValueError) as error:
        if "Group" in type(cv).__name__ and split_params.get("groups") is None:
            error.add_note(
                f"{type(cv).__name__} needs the group of each sample: search.fit(X, y,"
                " groups=...)."
            )
        raise


def _how_it_was_emptied(cv: Any) -> str:
    """An explanation for generators; empty for other splitters."""
    if not isinstance(cv, Iterator):
        return ""
    return (
        " `cv` is a generator, which gives its splits once, and something else has "
        "used it up: write cv=list(splitter.split(X, y))."
    )


def _refuse_empty_parts(splits: Splits) -> None:
    """Raise if a fold has an empty training or test part."""
    for fold, parts in enumerate(splits):
        for name, part in zip(("training", "test"), parts, strict=True):
            if n_samples_in(part) == 0:
                raise ValueError(
                    f"Fold {fold} of cv has no {name} samples. Leave the fold out, or "
                    "use fewer splits."
                )


def _refuse_other_length(cv: Any, n_samples: int) -> None:
    """Raise if the folds are given for another number of samples."""
    if isinstance(cv, PredefinedSplit) and len(cv.test_fold) != n_samples:
        raise ValueError(
            "The `test_fold` parameter of PredefinedSplit must have a fold for each "
            f"sample, or -1. Got {len(cv.test_fold)} for {n_samples} samples."
        )


def _refuse_no_pairs(cv: Any, owner: str) -> None:
    """Raise if `cv` is an iterable of something else than pairs of parts."""
    # Bytes have a method split, too.
    if hasattr(cv, "get_n_splits") or not isinstance(cv, Iterable):
        return
    splits = list(cv)
    wrong = next((split for split in splits if not _is_pair(split)), None)
    if wrong is None and not isinstance(cv, bytes | bytearray):
        return
    advice = "write cv=list(splitter.split(X, y))"
    if len(splits) == 2 and all(map(_is_part, splits)):
        advice = "a single fold is a list of one pair; write cv=[(train, test)]"
    raise ValueError(
        f"The `cv` parameter of {owner} must be a splitter, or a list of pairs of"
        f" training and test indices. Got {one_line(wrong, _LONGEST)} in it instead;"
        f" {advice}."
    )


def _is_pair(split: Any) -> bool:
    """Whether an entry of `cv` has the form of a fold."""
    if isinstance(split, str | bytes | Mapping) or not hasattr(split, "__len__"):
        return False
    return len(split) == 2 and all(map(_is_part, split))


def _indexable(part: Any, n_samples: int) -> Any:
    """A part by which all can index: a range and a slice as an array."""
    if isinstance(part, slice):
        return np.arange(n_samples)[part]
    return np.asarray(part) if isinstance(part, range) else part


def _is_part(part: Any) -> bool:
    """Whether a value may hold the samples of a part."""
    return isinstance(part, slice) or np.ndim(part) == 1


def _refuse_other_samples(splits: Splits, n_samples: int) -> None:
    """Raise if the parts of a fold name samples that the data do not have."""
    for fold, parts in enumerate(splits):
        for name, part in zip(("training", "test"), parts, strict=True):
            what = _why_no_samples(np.asarray(part), n_samples)
            if what is not None:
                raise ValueError(
                    f"Fold {fold} of cv must have indices of samples, from 0 to"
                    f" {n_samples - 1}, or a mask of {n_samples} bools. Got"
                    f" {what} in its {name} part instead. Split the same data that"
                    " `fit` is given, and write positions, not labels of an index."
                )


def _why_no_samples(part: Any, n_samples: int) -> str | None:
    """What a part has in place of samples; None if all are samples."""
    if part.ndim == 0:  # a slice
        return None
    if part.dtype == bool:
        return None if len(part) == n_samples else f"a mask of {len(part)}"
    if part.dtype.kind not in "iu":
        return f"values of type {part.dtype}"
    wrong = part[(part >= n_samples) | (part < -n_samples)]
    return str(wrong[0]) if len(wrong) else None


def _is_of_sklearn(cv: Any) -> bool:
    """Whether the splitter is scikit-learn's own, whose parts are always right."""
    is_theirs = type(cv).__module__.partition(".")[0] == "sklearn"
    return cv is None or isinstance(cv, int) or is_theirs


def _warn_of_overlap(splits: Splits, n_samples: int) -> None:
    """Warn if folds test on samples that they train on."""
    shared = {fold: _n_shared(*split, n_samples) for fold, split in enumerate(splits)}
    overlaps = {fold: n for fold, n in shared.items() if n}
    if not overlaps:
        return
    fold, n = next(iter(overlaps.items()))
    warn_user(
        f"{len(overlaps)} of {len(splits)} folds of `cv` test on samples that they "
        f"train on, fold {fold} on {n}: such scores say little of new data. Use "
        "parts that have no sample in common."
    )


def _n_shared(train: Any, test: Any, n_samples: int) -> int:
    """Count the samples in both parts; 0 if a part is a slice."""
    if np.ndim(train) != 1 or np.ndim(test) != 1:
        return 0
    is_trained = np.zeros(n_samples, dtype=bool)
    is_trained[as_indices(train, n_samples)] = True
    return int(is_trained[as_indices(test, n_samples)].sum())

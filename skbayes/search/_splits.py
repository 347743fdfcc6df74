"""The folds of a search, split once and checked before the first fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import check_cv

from skbayes._compat import CV_SPLIT_VERB
from skbayes._split_parts import n_samples_in
from skbayes._user_warnings import warn_user

Splits = Sequence[tuple[Any, Any]]

#: Attribute in which a search keeps the splits of a generator, which yields them once.
_REMEMBERED = "_splits_of_generator"


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
    cv = check_cv(reusable_cv(search), y, classifier=is_classifier(search.estimator))
    n_splits = cv.get_n_splits(X, y, **split_params)
    splits = list(cv.split(X, y, **split_params))
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
    if search.racing and len(splits) == 1:
        warn_user(
            f"The `racing` parameter of {type(search).__name__} stops candidates "
            "between folds, and `cv` has a single one: nothing can be saved. Use two "
            "folds or more, or racing=False."
        )
    if not _never_overlaps(search.cv):
        _warn_of_overlap(splits)
    return splits


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


def _never_overlaps(cv: Any) -> bool:
    """Whether the splitter is scikit-learn's own, whose parts never overlap."""
    is_theirs = type(cv).__module__.partition(".")[0] == "sklearn"
    return cv is None or isinstance(cv, int) or is_theirs


def _warn_of_overlap(splits: Splits) -> None:
    """Warn if folds test on samples that they train on."""
    shared = {fold: _n_shared(*split) for fold, split in enumerate(splits)}
    overlaps = {fold: n for fold, n in shared.items() if n}
    if not overlaps:
        return
    fold, n = next(iter(overlaps.items()))
    warn_user(
        f"{len(overlaps)} of {len(splits)} folds of `cv` test on samples that they "
        f"train on, fold {fold} on {n}: such scores say little of new data. Use "
        "parts that have no sample in common."
    )


def _n_shared(train: Any, test: Any) -> int:
    """Count the samples in both parts; 0 if neither indices nor masks."""
    train, test = np.asarray(train), np.asarray(test)
    if train.dtype == bool and test.dtype == bool:
        return int(np.sum(train & test))
    if train.dtype.kind not in "iu" or test.dtype.kind not in "iu":
        return 0
    is_trained = np.zeros(1 + max(train.max(), test.max()), dtype=bool)
    is_trained[train] = True
    return int(is_trained[test].sum())

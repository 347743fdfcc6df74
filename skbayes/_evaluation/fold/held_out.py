"""What out-of-fold predictions are compared with: the truth, fold by fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_array

from skbayes._evaluation.fold import Evaluation

IntArray = np.ndarray[Any, np.dtype[np.intp]]


@dataclass(frozen=True)
class HeldOut:
    """Targets and held-out parts of a search that keeps its predictions.

    Parameters
    ----------
    y : array of shape (n_samples,) or (n_samples, n_outputs) or None
        A copy of the targets; None for unsupervised learning.
    tests : tuple of int arrays
        Samples held out in each fold, in the order of the fold's predictions.
    classes : tuple of array or None
        Labels seen in the training part of each fold, None for a regressor.
    groups : array of shape (n_samples,) or None
        Groups the splitter was given.
    score_params : mapping
        Metadata the scorer was given, for all samples.
    predict_method : str or None
        Method that made the predictions.
    """

    y: Any
    tests: tuple[IntArray, ...]
    classes: tuple[Any, ...] | None
    groups: Any
    score_params: Mapping[str, Any]
    predict_method: str | None

    @property
    def n_samples(self) -> int:
        """Samples of the search, whether held out or not."""
        if self.y is not None:
            return len(self.y)
        return 1 + max(int(test.max()) for test in self.tests)


def hold_out(evaluation: Evaluation, *, groups: Any, is_classifier: bool) -> HeldOut:
    """Take from an evaluation what its predictions are to be compared with.

    Parameters
    ----------
    evaluation : Evaluation
        The search's data, folds and settings.
    groups : array-like of shape (n_samples,) or None
        Groups the splitter was given.
    is_classifier : bool
        Whether there are classes.

    Returns
    -------
    HeldOut
    """
    y = None
    if evaluation.y is not None:
        y = check_array(
            evaluation.y, dtype=None, ensure_2d=False, ensure_all_finite=False
        ).copy()
    n_samples = len(y) if y is not None else None
    trains, tests = zip(
        *(
            (_as_indices(train, n_samples), _as_indices(test, n_samples))
            for train, test in evaluation.splits
        ),
        strict=True,
    )
    return HeldOut(
        y=y,
        tests=tests,
        classes=_classes(y, trains) if is_classifier and y is not None else None,
        groups=None if groups is None else np.array(groups),
        score_params=dict(evaluation.settings.score_params),
        predict_method=evaluation.settings.predict_method,
    )


def _as_indices(part: Any, n_samples: int | None) -> IntArray:
    """One part of a split as numbers; splitters may give masks."""
    part = np.asarray(part)
    if part.dtype == bool:
        part = np.flatnonzero(part)
    indices: IntArray = part.astype(np.intp)
    if n_samples is not None:
        indices = indices % n_samples  # negative ones count from the end
    return indices


def _classes(y: Any, trains: Sequence[IntArray]) -> tuple[Any, ...] | None:
    """Labels of each training part; None where a sample has several."""
    if y.ndim > 1 and y.shape[1] > 1:
        return None
    return tuple(np.unique(y[train]) for train in trains)

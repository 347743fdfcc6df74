"""The targets that out-of-fold predictions are compared with, fold by fold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_array

from skbayes._protocol import IntArray
from skbayes._split_parts import as_indices

if TYPE_CHECKING:
    from skbayes._evaluation.fold.evaluation import Evaluation


@dataclass(frozen=True)
class HeldOut:
    """Targets and held-out parts of a search that keeps its predictions.

    Parameters
    ----------
    y : array or sparse CSR of shape (n_samples,) or (n_samples, n_outputs), or None
        A copy of the targets; None for unsupervised learning.
    tests : tuple of int arrays
        Samples held out in each fold, in the order of the fold's predictions.
    classes : tuple of array or None
        Labels seen in the training part of each fold; None for a regressor, and where
        a sample has several labels.
    groups : array of shape (n_samples,) or None
        Groups the splitter was given.
    score_params : mapping
        Metadata the scorer was given, for all samples.
    is_classifier : bool
        Whether the estimator is a classifier.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import GridSearchCV
    >>> X, y = load_iris(return_X_y=True)
    >>> search = GridSearchCV(SVC(), {"C": [1, 10]}, cv=3, store_predictions=True)
    >>> [len(test) for test in search.fit(X, y).held_out_.tests]
    [50, 50, 50]
    """

    y: Any
    tests: tuple[IntArray, ...]
    classes: tuple[Any, ...] | None
    groups: Any
    score_params: Mapping[str, Any]
    is_classifier: bool

    @property
    def n_samples(self) -> int:
        """Samples of the search, whether held out or not."""
        if self.y is not None:
            return int(self.y.shape[0])
        return 1 + max(int(test.max()) for test in self.tests)


def hold_out(evaluation: Evaluation, *, groups: Any, is_classifier: bool) -> HeldOut:
    """Collect from an evaluation the targets of its out-of-fold predictions.

    Parameters
    ----------
    evaluation : Evaluation
        The search's data, folds and settings.
    groups : array-like of shape (n_samples,) or None
        Groups the splitter was given.
    is_classifier : bool
        Whether the estimator is a classifier.

    Returns
    -------
    HeldOut
    """
    y = None
    if evaluation.y is not None:
        # CSR, because rows are selected. A copy, because the user may change y later.
        y = check_array(
            evaluation.y,
            accept_sparse="csr",
            dtype=None,
            ensure_2d=False,
            ensure_all_finite=False,
        ).copy()
    n_samples = int(y.shape[0]) if y is not None else None
    trains, tests = zip(
        *(
            (as_indices(train, n_samples), as_indices(test, n_samples))
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
        is_classifier=is_classifier,
    )


def _classes(y: Any, trains: Sequence[IntArray]) -> tuple[Any, ...] | None:
    """Labels of each training part; None if samples have several labels."""
    if y.ndim > 1 and y.shape[1] > 1:
        return None
    return tuple(np.unique(y[train]) for train in trains)

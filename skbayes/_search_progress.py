"""The record of a search's progress that callbacks are given."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from skbayes._protocol import Params, Trial


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """The progress of a search, passed to each callback after a trial.

    Parameters
    ----------
    trial : Trial
        The trial that has just ended.
    n_done : int
        Trials that have ended.
    n_total : int or None
        Number of trials at most, if known.
    n_folds_done, n_folds_saved : int
        Folds evaluated, and folds that racing saved.
    best_score : float
        Best mean score of a complete trial; NaN before the first one.
    best_params : dict or None
        Parameters of the best trial.
    elapsed : float
        Seconds since the search began.
    scores : sequence of float, default=()
        Mean score of every ended trial, in the order they ended (NaN: not complete).
        It is read-only and does not change when more trials end.
    fold_scores : tuple of float, default=()
        Fold scores of the best trial.
    expected_improvement : float or None, default=None
        Expected improvement of the next candidate, in score units. None without a
        surrogate, and without a callback with a true attribute
        ``needs_expected_improvement``, because it costs as much as a proposal.
    score : float, default=nan
        Mean score of `trial`, NaN if it is not complete. A stopped trial that gets its
        missing folds later keeps its place among `scores`, where it first ended.
    budget_left : float or None, default=None
        Seconds left of the search's `time_budget`, None if it has none.
    n_found : int, default=0
        Number of ended trials whose folds were all found in a journal.
    test_share : float or None, default=None
        Share of the data that a fold holds out, on average; None: 1 / n_splits.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from skbayes import RandomSearchCV
    >>> def good_enough(progress):
    ...     return progress.best_score > 0.95
    >>> X, y = load_iris(return_X_y=True)
    >>> space = {"C": (1e-2, 1e3, "log-uniform")}
    >>> search = RandomSearchCV(SVC(), space, n_iter=50, callbacks=[good_enough])
    >>> len(search.fit(X, y).trials_) < 50
    True
    """

    trial: Trial
    n_done: int
    n_total: int | None
    n_folds_done: int
    n_folds_saved: int
    best_score: float
    best_params: Params | None
    elapsed: float
    scores: Sequence[float] = ()
    fold_scores: tuple[float, ...] = ()
    expected_improvement: float | None = None
    score: float = math.nan
    budget_left: float | None = None
    n_found: int = 0
    test_share: float | None = None

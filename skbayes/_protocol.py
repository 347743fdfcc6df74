"""The words the parts share: the records that travel, and what a strategy is.

Nothing here imports from the package, so that the evaluation core and the
strategies can speak to each other without knowing each other.
Scores are greater-is-better, times are seconds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

#: One candidate's parameters: name -> value, as given to ``set_params``.
Params = dict[str, Any]
FloatArray = NDArray[np.float64]


class Status(StrEnum):
    """How far a trial has come."""

    RUNNING = "running"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class FoldResult:
    """What one fold of one candidate gave.

    Parameters
    ----------
    fold : int
        Which split of the cross-validation.
    test_scores : mapping of str to float
        Score of each metric on the held-out part (``"score"`` for a single one).
    train_scores : mapping of str to float or None
        The same on the training part, where it was asked for.
    fit_time, score_time : float
        Seconds.
    n_test_samples : int
        Samples in the held-out part.
    error : str or None
        Traceback of a fit that failed.
    started : float
        Seconds from the start of the search to the start of the fit.
    worker : str
        Where it ran: process id and thread name.
    predictions : object or None
        Out-of-fold predictions, where they are kept.
    scoring_error : str or None
        Traceback of scoring that failed after a fit that did not.
    is_multimetric : bool
        Whether the scorer gave a dict of scores rather than a number.
    stop : bool
        Whether a callback asked, from inside the fit, to end the search.
    is_fatal : bool
        Whether the fold took its worker with it, tried to, ran out of memory, or did
        not end in time, so that its candidate is not to be tried again.
    warnings : tuple of (category, text)
        What it warned of, equal warnings once; nothing if it ran in a thread.
    """

    fold: int
    test_scores: Mapping[str, float]
    train_scores: Mapping[str, float] | None = None
    fit_time: float = 0.0
    score_time: float = 0.0
    n_test_samples: int = 0
    error: str | None = None
    started: float = 0.0
    worker: str = ""
    predictions: Any = None
    scoring_error: str | None = None
    is_multimetric: bool = False
    stop: bool = False
    is_fatal: bool = False
    warnings: tuple[tuple[type[Warning], str], ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """One candidate and the folds of it that have been evaluated.

    Parameters
    ----------
    index : int
        Its row in ``cv_results_``.
    params : dict
        What was tried.
    n_splits : int
        How many folds a complete trial has.
    folds : tuple of FoldResult
        The finished ones, in fold order.
    status : Status
        ``"complete"``, ``"failed"`` (at least one fold failed), ``"stopped"``
        (a loser, or the search ended first) or ``"running"``.
    """

    index: int
    params: Params
    n_splits: int
    folds: tuple[FoldResult, ...] = ()
    status: Status = Status.RUNNING

    @property
    def error(self) -> str | None:
        """Traceback of the first fold whose fit or scoring failed."""
        errors = (f.error or f.scoring_error for f in self.folds)
        return next((error for error in errors if error is not None), None)

    @property
    def seconds(self) -> float:
        """Time spent fitting and scoring."""
        return sum(f.fit_time + f.score_time for f in self.folds)

    def scores(self, metric: str = "score") -> FloatArray:
        """Score of each fold, shape (n_splits,), NaN where it was not run or failed."""
        out = np.full(self.n_splits, np.nan)
        for result in self.folds:
            out[result.fold] = result.test_scores.get(metric, np.nan)
        return out


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """Where a search stands; what each of its callbacks is given after a trial.

    Parameters
    ----------
    trial : Trial
        The one that has just ended.
    n_done : int
        Trials that have ended.
    n_total : int or None
        Trials there will be at most, where that is known.
    n_folds_done, n_folds_saved : int
        Folds evaluated, and folds racing made unnecessary.
    best_score : float
        Best mean score of a complete trial, NaN before there is one.
    best_params : dict or None
        The parameters that gave it.
    elapsed : float
        Seconds since the search began.
    scores : sequence of float, default=()
        Mean score of every ended trial, in the order they ended (NaN: not complete).
        It is read-only and stays as it is when more trials end.
    fold_scores : tuple of float, default=()
        Fold scores of the best trial.
    expected_improvement : float or None, default=None
        What the surrogate expects the next candidate to gain, in score units; None
        where there is no surrogate, or no callback with a true attribute
        ``needs_expected_improvement``: it costs as much as a proposal.
    score : float, default=nan
        Mean score of `trial`, NaN if it is not complete. A trial that racing stopped
        and then caught up with has its place among `scores` where it first ended.
    budget_left : float or None, default=None
        Seconds left of the search's `time_budget`, None if it has none.
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


class Strategy(Protocol):
    """Decides what to try next: `ask` thinks, `tell` records.

    ``ask`` must not change what a later ``ask`` returns: it is a function of what
    has been told, of what is pending and of the seed.
    """

    @property
    def n_candidates(self) -> int | None:
        """How many candidates there will be at most, None where that is unknown."""

    def ask(self, n: int, pending: Sequence[Trial] = ()) -> list[Params]:
        """Up to `n` candidates, fewer or none when the search is used up."""

    def tell(self, trial: Trial) -> None:
        """Take note of a trial that has ended."""

    def expected_improvement(self) -> float | None:
        """Gain expected of the next candidate, None where nothing is expected."""

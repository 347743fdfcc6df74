r"""Racing: whether a candidate can still plausibly win, decided between its folds.

Candidate and incumbent are compared on the folds that both have, so that how hard a
fold is cancels. With :math:`d_k` the differences on the `k` folds run so far, their
mean over all `K` folds is, given the data,

.. math:: \Delta_K \sim \bar d + \sqrt{s^2 (1/k - 1/K)}\, t_{\nu_0 + k - 1},
   \quad s^2 = \frac{\nu_0 v_0 + \sum_k (d_k - \bar d)^2}{\nu_0 + k - 1}

where :math:`v_0` is how much such differences vary between folds among finished
candidates about as good, and :math:`1/k - 1/K` is the finite-population correction:
only the folds that are missing are uncertain. The candidate is stopped when
:math:`P(\Delta_K > 0) < \alpha`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from skbayes._protocol import FloatArray, FoldResult, Status, Trial

#: Weight of `v_0`, in observations: that of a guess from a handful of folds.
PRIOR_DEGREES = 4.0

#: Complete candidates needed before one may be stopped: fewer say too little about
#: how differences vary between folds.
MIN_COMPLETE = 4

#: Stopped candidates that are run to the end after all when a search ends.
MAX_CATCH_UP = 3


@dataclass(frozen=True)
class PairedRace:
    """The paired Bayesian t rule.

    Parameters
    ----------
    n_splits : int
        Folds of a complete candidate.
    alpha : float
        A candidate is stopped when its chance to beat the incumbent is below this.
    runs_backwards : bool
        Whether folds are run last to first, for splits of a time series: the early
        ones train on less and tell less.
    """

    n_splits: int
    alpha: float = 0.05
    runs_backwards: bool = False

    @property
    def first_look(self) -> int:
        """Folds before the first decision: one up to ten folds, a tenth beyond.

        With leave-one-out a fold is a single sample, and one look a fold would be
        too many to keep the error rate.
        """
        return max(1, math.ceil(self.n_splits / 10))

    def fold_order(self, trial: int) -> list[int]:
        """The order of a trial's folds: cyclic, so that each fold is first in turn."""
        if self.runs_backwards:
            return list(range(self.n_splits - 1, -1, -1))
        return [(trial + k) % self.n_splits for k in range(self.n_splits)]

    def is_lost(
        self,
        results: Mapping[int, FoldResult],
        complete: FloatArray,
        metric: str,
    ) -> bool:
        """Whether a partial trial has no plausible chance against complete ones.

        Parameters
        ----------
        results : mapping of int to FoldResult
            Its finished folds.
        complete : array of shape (n_complete, n_splits)
            Fold scores of complete trials.
        metric : str
            The score that decides.
        """
        scores = np.full(self.n_splits, np.nan)
        for fold, result in results.items():
            scores[fold] = result.test_scores.get(metric, np.nan)
            if result.error is not None or not np.isfinite(scores[fold]):
                return True
        if len(results) % self.first_look:
            return False
        if len(complete) < MIN_COMPLETE:
            return False
        return chance_to_win(scores, complete) < self.alpha

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Stopped trials that would not be stopped now, the best few of them.

        Variances were guessed from few candidates when the first ones were stopped;
        at the end of a search they are known better.
        """
        table = complete_scores(trials, metric)
        if len(table) == 0:
            return []
        stopped = [t for t in trials if t.status is Status.STOPPED and t.error is None]
        chances = {t.index: chance_to_win(t.scores(metric), table) for t in stopped}
        close = [index for index, chance in chances.items() if chance >= self.alpha]
        return sorted(close, key=lambda index: -chances[index])[:MAX_CATCH_UP]


class Rivals:
    """Fold scores of the complete ones among the first trials, however many.

    Each trial is looked at once, so that a decision costs the same late in a long
    search as early in it but for arithmetic.
    """

    def __init__(self, n_splits: int) -> None:
        self._table = np.empty((16, n_splits))
        # Complete ones among the first 0, 1, 2, ... trials.
        self._n_complete = [0]

    def among_first(
        self, n_trials: int, ended: Mapping[int, Trial], metric: str
    ) -> FloatArray:
        """Scores of shape (n_complete, n_splits); these trials must have ended."""
        while len(self._n_complete) <= n_trials:
            self._add(ended[len(self._n_complete) - 1], metric)
        return self._table[: self._n_complete[max(0, n_trials)]]

    def _add(self, trial: Trial, metric: str) -> None:
        n_rows = self._n_complete[-1]
        if trial.status is Status.COMPLETE:
            if n_rows == len(self._table):
                self._table = np.concatenate([self._table, np.empty_like(self._table)])
            self._table[n_rows] = trial.scores(metric)
            n_rows += 1
        self._n_complete.append(n_rows)


def complete_scores(trials: Sequence[Trial], metric: str) -> FloatArray:
    """Fold scores of complete trials, shape (n_complete, n_splits)."""
    rows = [t.scores(metric) for t in trials if t.status is Status.COMPLETE]
    return np.array(rows) if rows else np.empty((0, 0))


def chance_to_win(scores: FloatArray, complete: FloatArray) -> float:
    """Probability that a partial trial's full mean beats the best complete one.

    Parameters
    ----------
    scores : array of shape (n_splits,)
        NaN where a fold was not run.
    complete : array of shape (n_complete, n_splits)
        Fold scores of complete trials.
    """
    incumbent = complete[np.argmax(complete.mean(axis=1))]
    is_run = ~np.isnan(scores)
    n_run, n_splits = int(is_run.sum()), len(scores)
    differences = (scores - incumbent)[is_run]
    mean = float(differences.mean())
    prior = _usual_variance(complete - incumbent, mean)
    degrees = PRIOR_DEGREES + n_run - 1
    squares = float(((differences - mean) ** 2).sum())
    variance = (PRIOR_DEGREES * prior + squares) / degrees
    spread = math.sqrt(variance * (1 / n_run - 1 / n_splits))
    if spread == 0.0:
        return 0.5 * (1.0 + math.copysign(1.0, mean) * (mean != 0.0))
    return float(stdtr(degrees, mean / spread))


def _usual_variance(differences: FloatArray, mean: float) -> float:
    """Median variance over folds of the differences of rivals about as good.

    `differences` to the incumbent has shape (n_complete, n_splits); the incumbent's
    own row of zeros is left out.
    """
    others = differences[np.any(differences != 0.0, axis=1)]
    if len(others) == 0:
        return 0.0
    n_nearest = max(3, math.ceil(len(others) / 3))
    nearest = np.argsort(np.abs(others.mean(axis=1) - mean), kind="stable")
    return float(np.median(others[nearest[:n_nearest]].var(axis=1, ddof=1)))


def adjusted_scores(trials: Sequence[Trial], metric: str) -> FloatArray:
    """Mean score of each trial with the difficulty of its folds taken out.

    The effect of a fold is its mean over complete trials less their overall mean. A
    complete trial's adjusted score is its mean; NaN for one without a score.
    """
    complete = complete_scores(trials, metric)
    if len(complete) == 0:
        effects = np.zeros(trials[0].n_splits)
    else:
        effects = complete.mean(axis=0) - complete.mean()
    out = np.full(len(trials), np.nan)
    for row, trial in enumerate(trials):
        scores = trial.scores(metric)
        is_run = ~np.isnan(scores)
        if is_run.any() and trial.status is not Status.FAILED:
            out[row] = (scores - effects)[is_run].mean()
    return out

r"""Racing: whether a candidate can still plausibly win, decided between its folds.

Candidate and incumbent are compared on the folds that both have, so that how hard a
fold is cancels. With :math:`d_k` the differences on the `k` folds run so far, their
mean over all `K` folds is, given the data,

.. math:: \Delta_K \sim \bar d + \sqrt{s^2 (1/k - 1/K)}\, t_{\nu_0 + k - 1},
   \quad s^2 = \frac{\nu_0 v_0 + \sum_k (d_k - \bar d)^2}{\nu_0 + k - 1}

where :math:`v_0` is how much such differences vary between folds among earlier
candidates about as good, and :math:`1/k - 1/K` is the finite-population correction:
only the folds that are missing are uncertain. The candidate is stopped when
:math:`P(\Delta_K > \delta) < \alpha`.

Candidates of an adaptive search are soon so close to the incumbent that the chance to
beat it by a hair is near a half, and nobody would notice the hair. So what counts is to
beat it by more than :math:`\delta`, a tenth of the spread of the scores so far. The
incumbent then changes only for the better by what can be seen, and what little was
passed over is looked at again at the end, with :math:`\delta = 0`.
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

#: What beating the incumbent has to mean, in standard deviations of the scores so far.
MARGIN = 0.1

#: Interquartile ranges that the standard deviation may have in this: a few candidates
#: that are hopelessly bad must not make all the others look the same.
MAX_RANGES = 3.0

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
        A candidate is stopped when its chance to beat the incumbent by more than the
        margin is below this.
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
        rivals: FloatArray,
        metric: str,
    ) -> bool:
        """Whether a partial trial has no plausible chance against its rivals.

        Parameters
        ----------
        results : mapping of int to FoldResult
            Its finished folds.
        rivals : array of shape (n_rivals, n_splits)
            Fold scores of earlier trials, NaN where a fold was not run.
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
        complete = rivals[~np.isnan(rivals).any(axis=1)]
        if len(complete) < MIN_COMPLETE:
            return False
        margin = MARGIN * spread_of_scores(rivals, complete)
        return chance_to_win(scores, rivals, complete, margin) < self.alpha

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Stopped trials that may yet be the best, however closely; the likeliest few.

        Variances were guessed from few candidates when the first ones were stopped;
        at the end of a search they are known better, and no margin is asked for.
        """
        table = complete_scores(trials, metric)
        if len(table) == 0:
            return []
        stopped = [t for t in trials if t.status is Status.STOPPED and t.error is None]
        chances = {
            t.index: chance_to_win(t.scores(metric), table, table) for t in stopped
        }
        close = [index for index, chance in chances.items() if chance >= self.alpha]
        return sorted(close, key=lambda index: -chances[index])[:MAX_CATCH_UP]


def complete_scores(trials: Sequence[Trial], metric: str) -> FloatArray:
    """Fold scores of complete trials, shape (n_complete, n_splits)."""
    rows = [t.scores(metric) for t in trials if t.status is Status.COMPLETE]
    return np.array(rows) if rows else np.empty((0, 0))


def chance_to_win(
    scores: FloatArray, rivals: FloatArray, complete: FloatArray, margin: float = 0.0
) -> float:
    """Probability that a partial trial's full mean beats the best complete one.

    Parameters
    ----------
    scores : array of shape (n_splits,)
        NaN where a fold was not run.
    rivals : array of shape (n_rivals, n_splits)
        Fold scores that tell how differences vary, NaN where a fold was not run.
    complete : array of shape (n_complete, n_splits)
        Those of them that have all folds.
    margin : float, default=0.0
        By how much it has to be better.
    """
    incumbent = complete[np.argmax(complete.mean(axis=1))]
    is_run = ~np.isnan(scores)
    n_run, n_splits = int(is_run.sum()), len(scores)
    differences = (scores - incumbent)[is_run]
    mean = float(differences.mean())
    prior = _usual_variance(rivals - incumbent, mean)
    degrees = PRIOR_DEGREES + n_run - 1
    squares = float(((differences - mean) ** 2).sum())
    variance = (PRIOR_DEGREES * prior + squares) / degrees
    spread = math.sqrt(variance * (1 / n_run - 1 / n_splits))
    lead = mean - margin
    if spread == 0.0:
        return 0.5 * (1.0 + math.copysign(1.0, lead) * (lead != 0.0))
    return float(stdtr(degrees, lead / spread))


def spread_of_scores(rivals: FloatArray, complete: FloatArray) -> float:
    """Standard deviation of the rivals' adjusted scores, less what outliers add."""
    effects = complete.mean(axis=0) - complete.mean()
    adjusted = _means_of_run(rivals - effects)
    low, high = np.quantile(adjusted, [0.25, 0.75])
    return float(min(adjusted.std(), MAX_RANGES * (high - low)))


def _means_of_run(table: FloatArray) -> FloatArray:
    """Mean of each row over the folds that were run, of which there is one at least."""
    is_run = ~np.isnan(table)
    means: FloatArray = np.where(is_run, table, 0.0).sum(axis=1) / is_run.sum(axis=1)
    return means


def _usual_variance(differences: FloatArray, mean: float) -> float:
    """Median variance over folds of the differences of rivals about as good.

    `differences` to the incumbent has shape (n_rivals, n_splits), NaN where a fold was
    not run. The incumbent's own row of zeros says nothing, nor does a single fold.
    Stopped rivals count: if only complete ones did, and none was completed for long,
    the variance would remain that among the first, which differ most.
    """
    is_run = ~np.isnan(differences)
    is_equal = ~np.any(is_run & (differences != 0.0), axis=1)
    others = differences[(is_run.sum(axis=1) >= 2) & ~is_equal]
    if len(others) == 0:
        return 0.0
    means = _means_of_run(others)
    n_nearest = max(3, math.ceil(len(others) / 3))
    nearest = np.argsort(np.abs(means - mean), kind="stable")[:n_nearest]
    return float(np.median(np.nanvar(others[nearest], axis=1, ddof=1)))


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

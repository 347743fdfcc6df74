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
beat it by more than :math:`\delta`, a twentieth of the spread of the scores so far. The
incumbent then changes only for the better by what can be seen. What was passed over is
looked at again at the end, with :math:`\delta = 0`, and the likeliest few get their
missing folds. That is why :math:`\alpha` need not be small: few folds bring back what
many would have kept.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from skbayes._evaluation.rivals import Rivals
from skbayes._protocol import FloatArray, FoldResult, Status, Trial

#: Weight of `v_0`, in observations: that of a guess from a handful of folds.
PRIOR_DEGREES = 4.0

#: Complete candidates needed before one may be stopped: fewer say too little about
#: how differences vary between folds.
MIN_COMPLETE = 4

#: What beating the incumbent has to mean, in standard deviations of the scores so far.
MARGIN = 0.05

#: Chances below which a candidate is stopped: usually, and where that is to be rare.
ALPHA, CAREFUL_ALPHA = 0.2, 0.05

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
    alpha: float = ALPHA
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
        self, results: Mapping[int, FoldResult], rivals: Rivals, metric: str
    ) -> bool:
        """Whether a partial trial has no plausible chance against its rivals.

        Parameters
        ----------
        results : mapping of int to FoldResult
            Its finished folds.
        rivals : Rivals
            Earlier candidates.
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
        if len(rivals.complete) < MIN_COMPLETE:
            return False
        margin = MARGIN * rivals.spread
        return bool(chances_to_win(scores[None, :], rivals, margin)[0] < self.alpha)

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Stopped trials that may yet be the best, however closely; the likeliest few.

        Variances were guessed from few candidates when the first ones were stopped;
        at the end of a search they are known better, and no margin is asked for.
        """
        if not any(trial.status is Status.COMPLETE for trial in trials):
            return []
        stopped = [trial for trial in trials if trial.status is Status.STOPPED]
        if not stopped:
            return []
        rivals = Rivals.among(trials, metric)
        chances = chances_to_win(rivals.stopped, rivals)
        likeliest = np.argsort(-chances, kind="stable")[:MAX_CATCH_UP]
        return [stopped[i].index for i in likeliest if chances[i] >= self.alpha]


def chances_to_win(
    scores: FloatArray, rivals: Rivals, margin: float = 0.0
) -> FloatArray:
    """Probability of each partial trial that its full mean beats the best complete one.

    Parameters
    ----------
    scores : array of shape (n_trials, n_splits)
        NaN where a fold was not run; at least one score in each row.
    rivals : Rivals
        At least one of them complete.
    margin : float, default=0.0
        By how much it has to be better.

    Returns
    -------
    array of shape (n_trials,)
    """
    differences = scores - rivals.incumbent
    is_run = ~np.isnan(differences)
    n_run, n_splits = is_run.sum(axis=1), scores.shape[1]
    means = differences.sum(axis=1, where=is_run) / n_run
    squares = np.square(differences - means[:, None]).sum(axis=1, where=is_run)
    prior = rivals.differences.variances_at(means)
    degrees = PRIOR_DEGREES + n_run - 1
    variance = (PRIOR_DEGREES * prior + squares) / degrees
    deviation = np.sqrt(variance * (1 / n_run - 1 / n_splits))
    leads = means - margin
    certain = 0.5 * (1.0 + np.sign(leads))
    is_open = deviation > 0.0
    chances = stdtr(degrees, leads / np.where(is_open, deviation, 1.0))
    out: FloatArray = np.where(is_open, chances, certain)
    return out

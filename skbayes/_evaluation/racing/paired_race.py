r"""Racing: whether a candidate can still plausibly win, decided between its folds.

Candidate and incumbent are compared on the folds that both have, so that how hard a
fold is cancels, as in F-Race [1]_ and irace [2]_. With :math:`d_k` the differences on
the `k` folds run so far, the lead :math:`\Delta` over all `K` folds is seen with an
error of variance :math:`q`,

.. math:: \bar d = \Delta + \sqrt{q}\, t_{\nu_0 + k - 1}, \quad
   q = s^2 (1/k - 1/K), \quad
   s^2 = \frac{\nu_0 v_0 + \sum_k (d_k - \bar d)^2}{\nu_0 + k - 1}

where :math:`v_0` is how much such differences vary between folds among earlier
candidates about as good, and :math:`1/k - 1/K` is the finite-population correction
([3]_, Sec. 2.6): only the folds that are missing are uncertain.

A candidate that leads after one fold owes that to its luck, mostly, because few are
better than the best of many. So the lead is drawn towards what candidates usually have:
their scores over all folds are distributed about as those of earlier ones, with the
mean :math:`m` and the variance :math:`\tau^2` (`EarlierScores.population`), and by
Bayes' rule

.. math:: \Delta \sim a + w (\bar d - a) + \sqrt{w q}\, t_{\nu_0 + k - 1}, \quad
   w = \frac{\tau^2}{\tau^2 + q}

with :math:`a = m - f` and :math:`f` the incumbent's score. Also :math:`\tau^2` is at
least :math:`s^2 / 2K`, by which a mean over K folds varies between candidates that
differ in nothing but luck. The candidate is stopped when
:math:`P(\Delta > \delta) < \alpha`. ``benchmarks/race_calibration.py`` compares these
chances with how often such candidates do win.

Candidates of an adaptive search are soon so close to the incumbent that the chance to
beat it by a negligible amount is near a half. So a candidate has to beat it by more
than :math:`\delta`, a twentieth of the spread of the scores so far. The incumbent then
changes only for a visible gain. At the end of a search the stopped candidates are
compared once more with :math:`\delta = 0`, and the likeliest few get their missing
folds: this costs few folds, where :math:`\delta = 0` throughout would cost many.

References
----------
.. [1] M. Birattari, T. Stuetzle, L. Paquete and K. Varrentrapp (2002). A racing
   algorithm for configuring metaheuristics. GECCO 2002, 11-18.
.. [2] M. Lopez-Ibanez, J. Dubois-Lacoste, L. Perez Caceres, M. Birattari and
   T. Stuetzle (2016). The irace package: iterated racing for automatic algorithm
   configuration. Operations Research Perspectives 3, 43-58.
.. [3] W. G. Cochran (1977). Sampling techniques, 3rd edition. Wiley.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._fold_statistics import USUAL_DEGREES, bounded_scores, shrunk_variance
from skbayes._protocol import FloatArray, FoldResult, Status, Trial

#: Complete candidates needed before one may be stopped: fewer do not determine how
#: differences vary between folds.
MIN_COMPLETE = 4

#: The :math:`\delta` above, in standard deviations of the scores so far.
MARGIN = 0.05

#: The :math:`\alpha` above: of ``racing=True``, and of the careful variant.
ALPHA, CAREFUL_ALPHA = 0.05, 0.02

#: Stopped candidates that get their missing folds when a search ends.
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
        ones train on less data and predict the final score worse.
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
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> bool:
        """Whether a partial trial has no plausible chance against its earlier.

        Parameters
        ----------
        results : mapping of int to FoldResult
            Finished folds of the candidate, by number.
        earlier : EarlierScores
            Earlier candidates.
        metric : str
            Name of the deciding score.
        """
        scores = np.full(self.n_splits, np.nan)
        for fold, result in results.items():
            scores[fold] = result.test_scores.get(metric, np.nan)
            if result.error is not None or not np.isfinite(scores[fold]):
                return True
        if len(results) % self.first_look:
            return False
        if len(earlier.complete) < MIN_COMPLETE:
            return False
        margin = MARGIN * earlier.spread
        row = bounded_scores(scores)[None, :]
        return bool(chances_to_win(row, earlier, margin)[0] < self.alpha)

    def expected(
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> dict[int, float]:
        """Nothing: every candidate has a fold."""
        return {}

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Choose the stopped trials most likely to be the best, with no margin.

        When the first ones were stopped, variances were estimated from few candidates;
        at the end of a search the estimates are better.
        """
        if not any(trial.status is Status.COMPLETE for trial in trials):
            return []
        stopped = [trial for trial in trials if trial.status is Status.STOPPED]
        if not stopped:
            return []
        earlier = EarlierScores.among(trials, metric)
        chances = chances_to_win(earlier.stopped, earlier)
        likeliest = np.argsort(-chances, kind="stable")[:MAX_CATCH_UP]
        return [stopped[i].index for i in likeliest if chances[i] >= self.alpha]


def chances_to_win(
    scores: FloatArray, earlier: EarlierScores, margin: float = 0.0
) -> FloatArray:
    """Probability of each partial trial that its full mean beats the best complete one.

    Parameters
    ----------
    scores : array of shape (n_trials, n_splits)
        NaN where a fold was not run; at least one score in each row.
    earlier : EarlierScores
        At least one of them complete.
    margin : float, default=0.0
        Margin by which the candidate must beat the incumbent.

    Returns
    -------
    array of shape (n_trials,)
    """
    differences = scores - earlier.incumbent
    is_run = ~np.isnan(differences)
    n_run, n_splits = is_run.sum(axis=1), scores.shape[1]
    means = differences.sum(axis=1, where=is_run) / n_run
    squares = np.square(differences - means[:, None]).sum(axis=1, where=is_run)
    # s^2 above: the usual variance v_0 counts as nu_0 more degrees of freedom.
    usual = earlier.differences.variances_at(means)
    varies = shrunk_variance(squares, n_run - 1, usual)
    missing = varies * (1 / n_run - 1 / n_splits)  # q above
    # tau^2 above, at least s^2 / 2K.
    spread = np.maximum(earlier.population.variance, varies / (2 * n_splits))
    is_open = missing > 0.0
    # w above; a trial with all folds has q = 0 and keeps its own mean.
    weight = np.where(is_open, spread / np.where(is_open, spread + missing, 1.0), 1.0)
    expected = earlier.population.mean - earlier.incumbent.mean()
    leads = expected + weight * (means - expected) - margin
    # P(Delta > delta) with Delta ~ a + w (d - a) + sqrt(w q) t; certain where q = 0.
    deviation = np.where(is_open, np.sqrt(weight * missing), 1.0)
    certain = 0.5 * (1.0 + np.sign(leads))
    chances = stdtr(USUAL_DEGREES + n_run - 1, leads / deviation)
    out: FloatArray = np.where(is_open, chances, certain)
    return out

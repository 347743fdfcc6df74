r"""Bound the score of a candidate on all samples by its scores on parts of them.

With score :math:`s_t` at :math:`n_t` samples, and :math:`s_{t-1}` at fewer, a curve
that is concave from there on stays below the line through both [1]_. Curves follow
power laws [2]_, :math:`a - c\, n^{-\alpha}`, which are concave in :math:`\log n` as
well as in `n`, and in :math:`\log n` the line is the closer bound:

.. math:: s(N) \le s_t + \max(s_t - s_{t-1}, 0)\,
   \frac{\log (N / n_t)}{\log (n_t / n_{t-1})}.

Scores are noisy, and no curve is perfect. The `m` better candidates with all samples
show the error of the bound: each ended above its own bound by :math:`e_i`. Also the
lead over the incumbent on one fold differs from that over all `K` folds, with the
variance :math:`v (1 - 1/K)` (`Differences`). So a candidate exceeds its bound by more
than

.. math:: \bar e + t_{m - 1, 1 - \alpha} \sqrt{s_e^2 (1 + 1/m) + v (1 - 1/K)}

in one of :math:`1/\alpha` cases. This allowance is added to the bound, and the sum is
compared with the incumbent's score on the same fold.

References
----------
.. [1] F. Mohr and J. N. van Rijn (2023). Fast and informative model selection using
   learning curve cross-validation. IEEE Transactions on Pattern Analysis and Machine
   Intelligence 45, 9669-9680.
.. [2] T. Viering and M. Loog (2023). The shape of learning curves: a review. IEEE
   Transactions on Pattern Analysis and Machine Intelligence 45, 7799-7819.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._protocol import BoolArray, FloatArray

#: Candidates with all samples before one may be stopped, and the probability that a
#: candidate is underestimated.
MIN_COMPLETE, ALPHA = 4, 0.05


@dataclass(frozen=True)
class ScoreBound:
    """Largest and expected score of a candidate on all samples.

    Parameters
    ----------
    most : float
        Largest plausible lead over the incumbent; negative if the candidate cannot win.
    fold : int
        The fold with the scores.
    expected : float
        Expected score on this fold with all samples, by the median gain of other
        candidates.
    """

    most: float
    fold: int
    expected: float


def bound_score(
    scores: FloatArray, earlier: EarlierScores, ladder: Ladder
) -> ScoreBound | None:
    """Bound and predict the score on all samples from the finished rungs.

    Parameters
    ----------
    scores : array of shape (n_splits, n_rungs)
        Scores of a candidate; NaN where a rung was not run.
    earlier : EarlierScores
        Earlier candidates.
    ladder : Ladder
        Rungs with their numbers of samples.

    Returns
    -------
    ScoreBound or None
        None if the candidate or the others have too few scores.
    """
    known = np.isfinite(scores[:, 1:]) & np.isfinite(scores[:, :-1])
    if not known.any():
        return None
    rung = int(np.flatnonzero(known.any(axis=0))[-1]) + 1
    fold = int(np.flatnonzero(known[:, rung - 1])[0])
    others = earlier.rungs.reshape(-1, *scores.shape)
    if not len(earlier.complete):
        return None
    excess = earlier.table - _bounds(others, rung, ladder)
    told = np.isfinite(excess)
    is_told: BoolArray = np.asarray(told.any(axis=1))
    if is_told.sum() < MIN_COMPLETE:
        return None
    gains = (earlier.table - others[:, :, rung])[told]
    bound = float(_bounds(scores[None], rung, ladder)[0, fold])
    lead = bound - float(earlier.incumbent[fold])
    better = told & _is_better(earlier, is_told)[:, None]
    most = lead + _allowance(excess[better], lead, earlier)
    expected = min(float(scores[fold, rung] + np.median(gains)), bound)
    return ScoreBound(most, fold, expected)


def _is_better(earlier: EarlierScores, is_told: BoolArray) -> BoolArray:
    """The better half of the candidates with an excess; all if the half is too few."""
    if is_told.sum() < 2 * MIN_COMPLETE:
        return is_told
    centre = np.median(earlier.adjusted[is_told])
    better: BoolArray = is_told & (earlier.adjusted >= centre)
    return better


def _allowance(excess: FloatArray, lead: float, earlier: EarlierScores) -> float:
    """How far a candidate with this lead may end above its bound."""
    n_told, n_splits = len(excess), len(earlier.incumbent)
    varies = float(earlier.differences.variances_at(np.array([lead]))[0])
    variance = float(excess.var(ddof=1)) * (1.0 + 1.0 / n_told)
    variance += varies * (1.0 - 1.0 / n_splits)
    quantile = float(stdtrit(n_told - 1, 1.0 - ALPHA))
    allowance = float(excess.mean()) + quantile * math.sqrt(variance)
    return max(allowance, 0.0)


def _bounds(scores: FloatArray, rung: int, ladder: Ladder) -> FloatArray:
    """Bounds from a rung and the one below it, shape (n_candidates, n_splits)."""
    sizes = np.array(ladder.sizes, dtype=np.float64)
    left = np.log(np.array(ladder.full) / sizes[:, rung])
    step = np.log(sizes[:, rung] / sizes[:, rung - 1])
    now, before = scores[:, :, rung], scores[:, :, rung - 1]
    bounds: FloatArray = now + np.maximum(now - before, 0.0) * left / step
    return bounds

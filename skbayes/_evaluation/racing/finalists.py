r"""Choose the candidates that may still be the best when all have ended.

The mean :math:`\bar d` over :math:`m` folds of the difference to the leader has an
error of about :math:`s / \sqrt m` against ever more repeats of the cross-validation.
Here :math:`s^2` is the variance between folds, shrunk towards the usual one of
candidates about as good (`shrunk_variance`). The leader is the best of many and owes a
part of its lead to this choice. Let :math:`\tau^2` be the variance of the candidates'
scores over ever more repeats, and :math:`q = s^2 / 2m` the variance that luck adds.
Then a lead is expected again with the share :math:`w = \tau^2 / (\tau^2 + q)` only. By
Bayes' rule a candidate may still be the best while

.. math:: P\bigl(w \bar d + \sqrt{w / m}\, s\, t_{\nu_0 + m - 1} > 0\bigr) \ge \alpha.

A few of these candidates at most get the next repeat, and are compared again with the
new folds [1]_.

References
----------
.. [1] O. Maron and A. W. Moore (1997). The racing algorithm: model selection for lazy
   learners. Artificial Intelligence Review 11, 193-225.
"""

from __future__ import annotations

import numpy as np
from scipy.special import stdtr

from skbayes._fold_statistics import USUAL_DEGREES, shrunk_variance
from skbayes._partial_scores import Differences
from skbayes._protocol import FloatArray

#: Largest number of finalists, and their least chance to be better than the leader.
MAX_FINALISTS, MIN_CHANCE = 5, 0.1

#: Least share of a lead that is expected again. If the better half differs by luck
#: alone, other candidates may still be far behind.
MIN_SHARE = 0.1


def true_variance(scores: FloatArray) -> float:
    r"""Estimate the variance of the candidates' scores without the part due to luck.

    The better half and its mirror image stand for all candidates. The bad candidates of
    most searches are far behind, and the leader need not beat them.

    Parameters
    ----------
    scores : array of shape (n_candidates, n_folds)
        Finite scores of all complete candidates.

    Returns
    -------
    float
        Variance :math:`\tau^2` of the true scores, in squared units of the score.
    """
    means = scores.mean(axis=1)
    leader = scores[means.argmax()]
    centre = np.median(means)
    is_better = means >= centre
    varies = Differences(scores, leader).variances_at(means - leader.mean())
    # A difference to the leader varies by the luck of two: half of it is the
    # candidate's own.
    luck = 0.5 * varies[is_better] / scores.shape[1]
    squares = np.square(means[is_better] - centre)
    return max(float(squares.mean() - luck.mean()), 0.0)


def finalists(
    scores: FloatArray,
    variance: float,
    *,
    most: int = MAX_FINALISTS,
    alpha: float = MIN_CHANCE,
) -> list[int]:
    """List the rows that may still be the best, best first; of equal rows the first.

    Parameters
    ----------
    scores : array of shape (n_candidates, n_folds)
        Finite scores on the same folds; greater is better.
    variance : float
        Result of `true_variance`.
    most : int
        Largest number of finalists.
    alpha : float
        Least chance of a candidate to be better than the leader.

    Returns
    -------
    list of int
        Rows, the leader first.
    """
    means = scores.mean(axis=1)
    order = np.argsort(-means, kind="stable")
    chances = _chances(scores, scores[order[0]], variance)
    chosen: list[int] = []
    seen: set[bytes] = set()
    for row in order.tolist():
        # Candidates with equal scores on every fold most likely predict the same.
        key = scores[row].tobytes()
        is_leader = not chosen
        if key not in seen and (is_leader or chances[row] >= alpha):
            chosen.append(row)
        seen.add(key)
    return chosen[:most]


def _chances(scores: FloatArray, leader: FloatArray, variance: float) -> FloatArray:
    """Probability of each row to be better than the leader over all possible folds."""
    differences = scores - leader
    n_folds = scores.shape[1]
    means = differences.mean(axis=1)
    squares = np.square(differences - means[:, None]).sum(axis=1)
    usual = Differences(scores, leader).variances_at(means)
    varies = shrunk_variance(squares, n_folds - 1, usual)
    is_open = varies > 0.0
    error = np.where(is_open, varies / n_folds, 1.0)
    share = np.maximum(variance / (variance + 0.5 * error), MIN_SHARE)
    # Roots first: the quotient of tiny variances overflows.
    leads = np.sqrt(share) / np.sqrt(error) * means
    chances = stdtr(USUAL_DEGREES + n_folds - 1, leads)
    # A single fold has no variance: every candidate keeps its chance.
    certain = 1.0 if n_folds == 1 else 0.5 * (1.0 + np.sign(means))
    out: FloatArray = np.where(is_open, chances, certain)
    return out

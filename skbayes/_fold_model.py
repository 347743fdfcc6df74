r"""What a candidate scored, when not all of its folds were run.

The folds are the same for every candidate, so the mean over all of them is what is
searched for, without noise of its own. A mean over some of them also has in it how
hard those folds are, and that is different for good candidates and for bad ones. So a
partial candidate :math:`i` is held against each complete one :math:`j` on the folds
that both have, and most against those that scored there as it did:

.. math:: \hat f_i = \sum_j w_{ij} (f_j + \bar d_{ij}), \quad
   w_{ij} \propto \left(\overline{d_{ij}^2} + \tau v_i\right)^{-1}

with :math:`d_{ij}` the differences on these folds. With `k` of `K` folds run, the
variance of the estimate is :math:`v_i (1/k - 1/K)`. There :math:`v_i` is how much the
differences to the nearest complete candidate vary between folds, among candidates about
as far from it, and :math:`1/k - 1/K` is the finite-population correction: only the
folds that are missing are uncertain.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skbayes._protocol import FloatArray

BoolArray = NDArray[np.bool_]

#: Complete candidates needed before partial ones are held against them.
MIN_COMPLETE = 3
#: Sweeps over candidates and folds that settle the additive model.
N_SWEEPS = 20
#: The :math:`\tau` above. A single fold may agree by chance, and then must not decide
#: alone.
CHANCE_AGREEMENT = 0.1
#: Candidates at most that tell how a difference varies: a median of more is hardly
#: better, and in a long search would cost more than a fit.
MAX_NEAREST = 30

_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class FoldEstimate:
    """Mean score over all folds, and its variance, of each candidate.

    Parameters
    ----------
    mean : array of shape (n_candidates,)
        In the scorer's unit, the folds' own difficulty taken out.
    variance : array of shape (n_candidates,)
        Zero where all folds were run.
    """

    mean: FloatArray
    variance: FloatArray


def estimate_means(fold_scores: FloatArray) -> FoldEstimate:
    """Estimate each candidate's mean over all folds from those it was given.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_folds)
        NaN where a fold was not run; at least one score in each row.

    Returns
    -------
    FoldEstimate
        Exact for complete rows.
    """
    is_complete = np.isnan(fold_scores).sum(axis=1) == 0
    estimate = FoldEstimate(fold_scores.mean(axis=1), np.zeros(len(fold_scores)))
    if is_complete.all():
        return estimate
    if is_complete.sum() < MIN_COMPLETE:
        partial = _additive_estimate(fold_scores)
    else:
        partial = _paired_estimate(fold_scores, is_complete)
    return FoldEstimate(
        np.where(is_complete, estimate.mean, partial.mean),
        np.where(is_complete, 0.0, partial.variance),
    )


class Differences:
    """Differences of candidates to one complete candidate, and how much they vary.

    A single fold says nothing of variation, nor does a row equal to the reference.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_folds)
        NaN where a fold was not run; at least one score in each row.
    reference : array of shape (n_folds,)
        The complete one.
    """

    def __init__(self, fold_scores: FloatArray, reference: FloatArray) -> None:
        differences = fold_scores - reference
        is_run = ~np.isnan(differences)
        is_equal = ~np.any(is_run & (differences != 0.0), axis=1)
        told = differences[(is_run.sum(axis=1) >= 2) & ~is_equal]
        means = np.nanmean(told, axis=1)
        order = np.argsort(means, kind="stable")
        self._means = means[order]
        self._variances = np.nanvar(told, axis=1, ddof=1)[order]

    def variance_at(self, difference: float) -> float:
        """Median variance over folds among the candidates about as far off.

        Partial candidates count: if only complete ones did, and none was completed for
        long, it would remain that among the first, which differ most.
        """
        n_told = len(self._means)
        if n_told == 0:
            return 0.0
        n_nearest = min(n_told, max(3, math.ceil(n_told / 3)), MAX_NEAREST)
        place = int(np.searchsorted(self._means, difference))
        around = slice(max(0, place - n_nearest), place + n_nearest)
        distances = np.abs(self._means[around] - difference)
        nearest = np.argpartition(distances, n_nearest - 1)[:n_nearest]
        return float(np.median(self._variances[around][nearest]))


def _paired_estimate(fold_scores: FloatArray, is_complete: BoolArray) -> FoldEstimate:
    """Hold each partial row against the complete ones; zeros for these."""
    complete = fold_scores[is_complete]
    complete_means = complete.mean(axis=1)
    by_nearest: dict[int, Differences] = {}  # most rows have the same one
    mean, variance = np.zeros((2, len(fold_scores)))
    for i in np.flatnonzero(~is_complete):
        is_run = ~np.isnan(fold_scores[i])
        differences = fold_scores[i, is_run] - complete[:, is_run]
        mean_difference = differences.mean(axis=1)
        square = (differences**2).mean(axis=1)
        nearest = int(square.argmin())
        if nearest not in by_nearest:
            by_nearest[nearest] = Differences(fold_scores, complete[nearest])
        variance[i] = by_nearest[nearest].variance_at(mean_difference[nearest])
        # Nothing may be divided by zero where candidates agree and nothing varies.
        distance = np.maximum(square + CHANCE_AGREEMENT * variance[i], _TINY)
        weights = distance.min() / distance
        mean[i] = np.average(complete_means + mean_difference, weights=weights)
    return FoldEstimate(mean, variance * _missing_share(fold_scores))


def _missing_share(fold_scores: FloatArray) -> FloatArray:
    """1/k - 1/K for each row: how much variance the missing folds leave."""
    n_run = (~np.isnan(fold_scores)).sum(axis=1)
    share: FloatArray = 1.0 / n_run - 1.0 / fold_scores.shape[1]
    return share


def _additive_estimate(fold_scores: FloatArray) -> FoldEstimate:
    """Fit score = candidate + fold by least squares when few rows are complete."""
    effects = np.zeros(fold_scores.shape[1])
    is_run = ~np.isnan(fold_scores)
    has_scores = is_run.any(axis=0)
    for _ in range(N_SWEEPS):
        mean = np.nanmean(fold_scores - effects, axis=1)
        residuals = fold_scores - mean[:, None]
        effects[has_scores] = np.nanmean(residuals[:, has_scores], axis=0)
        effects[has_scores] -= effects[has_scores].mean()
    residuals = fold_scores - mean[:, None] - effects
    degrees = is_run.sum() - len(fold_scores) - has_scores.sum() + 1
    if degrees >= 1:
        interaction = float(np.nansum(residuals**2) / degrees)
    else:
        # Nothing tells candidates from folds: all spread may be interaction.
        interaction = float(np.nanvar(fold_scores))
    return FoldEstimate(mean, interaction * _missing_share(fold_scores))

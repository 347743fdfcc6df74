r"""What a candidate scored, when not all of its folds were run.

Fold scores follow a two-way model, score = candidate + fold + interaction. The
folds are the same for every candidate, so the mean over all of them is what is
searched for, without noise of its own; a mean over some of them has the difficulty
of those folds taken out, and a variance for what is missing:

.. math:: \sigma_e^2 \left(\frac 1 k - \frac 1 K\right)

with :math:`\sigma_e^2` the variance of the interaction among complete candidates
of about the same score (k of K folds run; the finite-population correction).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skbayes._protocol import FloatArray

#: Complete candidates needed before fold effects are taken from the nearest ones.
MIN_NEIGHBOURS = 3
#: Sweeps over candidates and folds that settle the additive model.
N_SWEEPS = 20


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
    is_complete = ~np.isnan(fold_scores).any(axis=1)
    complete = fold_scores[is_complete]
    mean = np.zeros(len(fold_scores))
    mean[is_complete] = complete.mean(axis=1)
    variance = np.zeros(len(fold_scores))
    partial_idx = np.flatnonzero(~is_complete)
    if len(partial_idx) == 0:
        return FoldEstimate(mean, variance)
    if len(complete) < MIN_NEIGHBOURS:
        additive = _additive_estimate(fold_scores)
        mean[partial_idx] = additive.mean[partial_idx]
        variance[partial_idx] = additive.variance[partial_idx]
        return FoldEstimate(mean, variance)
    for i in partial_idx:
        mean[i], variance[i] = _estimate_from_neighbours(fold_scores[i], complete)
    return FoldEstimate(mean, variance)


def _estimate_from_neighbours(
    row: FloatArray, complete: FloatArray
) -> tuple[float, float]:
    """Mean and variance of one partial row from the complete rows nearest in mean."""
    means = complete.mean(axis=1)
    centred = complete - means[:, None]
    first_guess = np.nanmean(row - centred.mean(axis=0))
    n_neighbours = max(MIN_NEIGHBOURS, -(-len(complete) // 3))
    nearest = np.argsort(np.abs(means - first_guess), kind="stable")[:n_neighbours]
    effects = centred[nearest].mean(axis=0)
    interaction = _interaction_variance(centred[nearest] - effects)
    variance = interaction * float(_missing_share(row))
    return float(np.nanmean(row - effects)), variance


def _interaction_variance(residuals: FloatArray) -> float:
    """Median over rows of the residual variance, shape (n_candidates, n_folds)."""
    n_candidates, n_folds = residuals.shape
    # The fold effects were estimated from the same rows, which shrinks residuals.
    degrees = (n_folds - 1) * (n_candidates - 1) / n_candidates
    return float(np.median((residuals**2).sum(axis=1) / degrees))


def _missing_share(rows: FloatArray) -> NDArray[np.float64]:
    """1/k - 1/K along the last axis: how much variance the missing folds leave."""
    n_run = (~np.isnan(rows)).sum(axis=-1)
    share: NDArray[np.float64] = 1.0 / n_run - 1.0 / rows.shape[-1]
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

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
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from skbayes._protocol import FloatArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

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
#: Pairs of a partial and a complete candidate that are in memory at once.
MAX_PAIRS = 1_000_000

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
        differences[~is_run] = 0.0
        n_run = is_run.sum(axis=1)
        says = (n_run >= 2) & differences.any(axis=1)
        differences, is_run, n_run = differences[says], is_run[says], n_run[says]
        means = differences.sum(axis=1) / n_run
        squares = np.square(differences - means[:, None])
        order = np.argsort(means, kind="stable")
        self._means = means[order]
        self._variances = (squares.sum(axis=1, where=is_run) / (n_run - 1))[order]

    def variances_at(self, differences: FloatArray) -> FloatArray:
        """Median variance over folds among the candidates about as far off, for each.

        Partial candidates count: if only complete ones did, and none was completed for
        long, it would remain that among the first, which differ most.

        Parameters
        ----------
        differences : array of shape (n,)
            Of means, to the reference.

        Returns
        -------
        array of shape (n,)
        """
        n_told = len(self._means)
        if n_told == 0:
            return np.zeros(len(differences))
        n_nearest = min(n_told, max(3, math.ceil(n_told / 3)), MAX_NEAREST)
        places = np.searchsorted(self._means, differences)
        around = places[:, None] + np.arange(-n_nearest, n_nearest)
        is_there = (around >= 0) & (around < n_told)
        around = around.clip(0, n_told - 1)
        distances = np.abs(self._means[around] - differences[:, None])
        distances[~is_there] = np.inf
        nearest = distances.argpartition(n_nearest - 1, axis=1)[:, :n_nearest]
        chosen = np.take_along_axis(around, nearest, axis=1)
        variances: FloatArray = np.median(self._variances[chosen], axis=1)
        return variances


def _paired_estimate(fold_scores: FloatArray, is_complete: BoolArray) -> FoldEstimate:
    """Hold each partial row against the complete ones; zeros for these."""
    complete = fold_scores[is_complete]
    means = complete.mean(axis=1)
    spreads = _Spreads(fold_scores, complete)
    mean, variance = np.zeros((2, len(fold_scores)))
    for rows in _alike(fold_scores, ~is_complete, MAX_PAIRS // len(complete)):
        is_run = ~np.isnan(fold_scores[rows[0]])
        scores, others = fold_scores[np.ix_(rows, is_run)], complete[:, is_run]
        leads = scores.mean(axis=1)[:, None] - others.mean(axis=1)
        square = cdist(scores, others, "sqeuclidean") / scores.shape[1]
        variance[rows] = spreads.beside(square.argmin(axis=1), leads)
        # Nothing may be divided by zero where candidates agree and nothing varies.
        distance = np.maximum(square + CHANCE_AGREEMENT * variance[rows, None], _TINY)
        weights = distance.min(axis=1, keepdims=True) / distance
        mean[rows] = np.average(means + leads, axis=1, weights=weights)
    return FoldEstimate(mean, variance * _missing_share(fold_scores))


class _Spreads:
    """How differences to a complete candidate vary; most rows have the same nearest."""

    def __init__(self, fold_scores: FloatArray, complete: FloatArray) -> None:
        self._fold_scores = fold_scores
        self._complete = complete
        self._known: dict[int, Differences] = {}

    def beside(self, nearest: IntArray, leads: FloatArray) -> FloatArray:
        """Variance of each row that leads each complete one by so much."""
        out = np.empty(len(nearest))
        for one in np.unique(nearest):
            if one not in self._known:
                reference = self._complete[one]
                self._known[one] = Differences(self._fold_scores, reference)
            rows = nearest == one
            out[rows] = self._known[one].variances_at(leads[rows, one])
        return out


def _alike(
    fold_scores: FloatArray, chosen: BoolArray, n_most: int
) -> Iterator[IntArray]:
    """Chosen rows that have the same folds, no more than so many at once."""
    rows = np.flatnonzero(chosen)
    _, kinds = np.unique(np.isnan(fold_scores[rows]), axis=0, return_inverse=True)
    kinds = kinds.ravel()
    for kind in range(kinds.max(initial=-1) + 1):
        alike = rows[kinds == kind]
        yield from np.array_split(alike, math.ceil(len(alike) / max(1, n_most)))


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

r"""Estimate a candidate's mean score when not all of its folds were run.

The folds are the same for every candidate, so the mean over all of them is the target
of the search, without noise of its own. A mean over some of them also contains the
difficulty of these folds, which differs between good candidates and bad ones. So a
partial candidate :math:`i` is compared with each complete one :math:`j` on the folds
that both have, as races do that block by instance [1]_. The closer the scores there,
the larger the weight:

.. math:: \hat f_i = \sum_j w_{ij} (f_j + \bar d_{ij}), \quad
   w_{ij} \propto \left(\overline{d_{ij}^2} + \tau v_i\right)^{-1}

with :math:`d_{ij}` the differences on these folds.

**Its variance.** With :math:`j` as the only complete candidate, the error is the
difference of the mean :math:`\bar d_k` over the `k` folds run and the mean
:math:`\bar d_K` over all `K`. The k folds are drawn from K without replacement, so only
the other folds are uncertain (finite-population correction, [2]_, Sec. 2.6):

.. math:: \operatorname{Var}(\bar d_k - \bar d_K) = v_i (1/k - 1/K)

where :math:`v_i` is the variance of such a difference between folds. Three steps lead
from there to the variance of the weighted mean:

1. :math:`v_i` is the median of sample variances among candidates about as far from
   :math:`j`. A sample variance is :math:`v \chi^2_\nu / \nu`, so each is divided by
   the median of :math:`\chi^2_\nu / \nu`, which is 0.45 with two folds and 0.84 with
   five. The sample median of a few lies above that by half at most, and is divided by
   its expectation.
2. The difference of two unrelated candidates has the variance of both, one half of
   :math:`v_i` each. The half of `i` stays. The halves of the :math:`j` average out to
   :math:`\sum_j w_{ij}^2` of one half, which is all of it where a single one has all of
   the weight. So the factor is :math:`(1 + \sum_j w_{ij}^2) / 2`.
3. Candidates that scored alike on few folds did so in part by chance. This draws the
   estimate towards the mean, which makes it better than 1. and 2. predict, by an amount
   that depends on the candidates. So it is measured: each complete candidate is
   estimated from the others as if it had these folds alone, and the squared errors are
   divided by the variances that 1. and 2. predict.

References
----------
.. [1] M. Birattari, T. Stuetzle, L. Paquete and K. Varrentrapp (2002). A racing
   algorithm for configuring metaheuristics. GECCO 2002, 11-18.
.. [2] W. G. Cochran (1977). Sampling techniques, 3rd edition. Wiley.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from skbayes._fold_statistics import (
    bounded_scores,
    chi_squared_median,
    expected_sample_median,
)
from skbayes._protocol import BoolArray, FloatArray, IntArray

#: Complete candidates needed before partial ones are compared with them.
MIN_COMPLETE = 3
#: The :math:`\tau` above. One fold may agree by chance, and must not then decide alone.
CHANCE_AGREEMENT = 0.1
#: Candidates at most whose differences give a usual variance: a median of more is
#: hardly better, and in a long search would cost more than a fit.
MAX_NEAREST = 30
#: Complete candidates at most that step 3 estimates anew, and the number of errors of
#: the predicted size that are averaged in with theirs.
MAX_TRIED, PRIOR_ERRORS = 60, 2.0
#: Usual variances added to a row's own before it is weighted: predicted variances err
#: too, and a row whose variance is predicted too small must not count for more.
EVEN_SHARES = 4.0
#: Pairs of a partial and a complete candidate that are in memory at once.
MAX_PAIRS = 1_000_000

#: Share of the scores up to which differences are rounding errors.
ROUNDING = 1e-12

_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class FoldEstimate:
    """Mean score over all folds, and its variance, of each candidate.

    Parameters
    ----------
    mean : array of shape (n_candidates,)
        In the scorer's unit, corrected for the difficulty of the folds.
    variance : array of shape (n_candidates,)
        Variance of each mean; zero where all folds were run.
    """

    mean: FloatArray
    variance: FloatArray


def estimate_means(fold_scores: FloatArray) -> FoldEstimate:
    """Estimate each candidate's mean over all folds from the folds it has.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_folds)
        NaN where a fold was not run; at least one score in each row.

    Returns
    -------
    FoldEstimate
        Means and their variances; exact for complete rows.
    """
    # The mean of a partial row is NaN here and is replaced below.
    is_complete = np.isnan(fold_scores).sum(axis=1) == 0
    estimate = FoldEstimate(fold_scores.mean(axis=1), np.zeros(len(fold_scores)))
    if is_complete.all():
        return estimate
    fold_scores = bounded_scores(fold_scores)
    if is_complete.sum() < MIN_COMPLETE:
        partial = _additive_estimate(fold_scores)
    else:
        partial = _paired_estimate(fold_scores, is_complete)
    return FoldEstimate(
        np.where(is_complete, estimate.mean, partial.mean),
        np.where(is_complete, 0.0, partial.variance),
    )


class Differences:
    """Differences of candidates to one complete candidate, and their usual variance.

    A row with a single fold, or equal to the reference, has no variance and is left
    out.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_folds)
        NaN where a fold was not run; at least one score in each row.
    reference : array of shape (n_folds,)
        Scores of the complete candidate.
    """

    def __init__(self, fold_scores: FloatArray, reference: FloatArray) -> None:
        differences = fold_scores - reference
        is_run = ~np.isnan(differences)
        rounding = ROUNDING * float(np.abs(reference).max())
        differences[~is_run | (np.abs(differences) <= rounding)] = 0.0
        n_run = is_run.sum(axis=1)
        varies = (n_run >= 2) & differences.any(axis=1)
        differences, is_run, n_run = differences[varies], is_run[varies], n_run[varies]
        means = differences.sum(axis=1) / n_run
        squares = np.square(differences - means[:, None])
        # Step 1 above. Sorted by mean, so that the nearest are found by bisection.
        medians = np.array([chi_squared_median(n - 1) for n in n_run.tolist()])
        order = np.argsort(means, kind="stable")
        self._means = means[order]
        self._degrees = round(float(np.mean(n_run))) - 1 if len(n_run) else 1
        sums = squares.sum(axis=1, where=is_run)
        # Scores with steps, such as accuracies, often differ by the same step in all
        # folds: no variance then, not one of rounding errors.
        sums[sums <= n_run * rounding**2] = 0.0
        self._sums = sums[order]
        self._variances = (sums / medians)[order]

    def variances_at(self, differences: FloatArray) -> FloatArray:
        """Usual variance between folds of candidates with about these differences.

        Partial candidates count too. With complete ones alone the variance would remain
        that of the first candidates, which differ most, while none is completed.

        Parameters
        ----------
        differences : array of shape (n,)
            Differences of mean scores to the reference.

        Returns
        -------
        array of shape (n,)
        """
        n_known = len(self._means)
        if n_known == 0:
            return np.zeros(len(differences))
        n_nearest = min(n_known, max(3, math.ceil(n_known / 3)), MAX_NEAREST)
        # The n nearest lie within n places on either side: no (n, n_known) matrix.
        places = np.searchsorted(self._means, differences)
        around = places[:, None] + np.arange(-n_nearest, n_nearest)
        is_there = (around >= 0) & (around < n_known)
        around = around.clip(0, n_known - 1)
        distances = np.abs(self._means[around] - differences[:, None])
        distances[~is_there] = np.inf
        nearest = distances.argpartition(n_nearest - 1, axis=1)[:, :n_nearest]
        chosen = np.take_along_axis(around, nearest, axis=1)
        excess = expected_sample_median(n_nearest, self._degrees)
        excess /= chi_squared_median(self._degrees)
        variances: FloatArray = np.median(self._variances[chosen], axis=1) / excess
        # No differences in most of them is no certainty: the mean then.
        means = self._sums[chosen].mean(axis=1) / self._degrees
        return np.where(variances > 0.0, variances, means)


def _paired_estimate(fold_scores: FloatArray, is_complete: BoolArray) -> FoldEstimate:
    """Compare each partial row with the complete ones; zeros for the latter."""
    complete = fold_scores[is_complete]
    alike = list(_alike(fold_scores, ~is_complete, MAX_PAIRS // len(complete)))
    partial = [_SameFolds.of(fold_scores[rows]) for rows in alike]
    tried = _complete_as_partial(complete, partial)
    pairing = _Pairing(fold_scores, complete)
    # One call for both, because the usual variances are shared between them.
    found = pairing.estimates([*partial, *tried.values()])
    mean, variance = np.zeros((2, len(fold_scores)))
    correction = {
        n_run: _correction(one, complete[group.own].mean(axis=1))
        for (n_run, group), one in zip(
            tried.items(), found[len(partial) :], strict=True
        )
    }
    for rows, group, one in zip(alike, partial, found, strict=False):
        mean[rows], variance[rows] = one.mean, one.variance * correction[group.n_run]
    return FoldEstimate(mean, variance)


@dataclass(frozen=True, eq=False)
class _SameFolds:
    """Rows that have the same folds, to be compared with the complete ones.

    Parameters
    ----------
    scores : array of shape (n, n_run)
        Scores on the folds that were run.
    is_run : bool array of shape (n_folds,)
        Whether each fold was run.
    own : int array of shape (n,), default=None
        The complete rows that these are: none is compared with itself.
    """

    scores: FloatArray
    is_run: BoolArray
    own: IntArray | None = None

    @classmethod
    def of(cls, fold_scores: FloatArray) -> _SameFolds:
        """Make a group of partial rows that have the same folds."""
        is_run = ~np.isnan(fold_scores[0])
        return cls(fold_scores[:, is_run], is_run)

    @property
    def n_run(self) -> int:
        """Number of folds run."""
        return int(self.scores.shape[1])


def _complete_as_partial(
    complete: FloatArray, partial: list[_SameFolds]
) -> dict[int, _SameFolds]:
    """Some complete rows cut to the folds of the partial ones, by number of folds."""
    n = len(complete)
    tried = np.unique(np.linspace(0, n - 1, min(n, MAX_TRIED)).astype(np.intp))
    masks = {group.n_run: group.is_run for group in partial}
    return {
        n_run: _SameFolds(complete[np.ix_(tried, is_run)], is_run, tried)
        for n_run, is_run in masks.items()
    }


def _correction(found: FoldEstimate, means: FloatArray) -> float:
    """Squared errors over predicted variances, of rows whose means are known (step 3).

    The shares bound the weight of rows with a large variance, which else would decide.
    """
    stated = found.variance
    usual = float(np.median(stated))
    if usual <= 0.0:
        return 1.0
    shares = 1.0 / (stated + EVEN_SHARES * usual)
    # Shrunk towards 1: PRIOR_ERRORS errors of just the predicted size are added.
    as_stated = PRIOR_ERRORS * float(np.mean(stated * shares))
    errors = float(np.square(found.mean - means) @ shares)
    return (as_stated + errors) / (as_stated + float(stated @ shares))


class _Pairing:
    """Compares rows with the complete ones.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_folds)
        All candidates, from which the variances of differences are estimated.
    complete : array of shape (n_complete, n_folds)
        The candidates that have all folds.
    """

    def __init__(self, fold_scores: FloatArray, complete: FloatArray) -> None:
        self._fold_scores = fold_scores
        self._complete = complete
        self._means = complete.mean(axis=1)

    def estimates(self, groups: list[_SameFolds]) -> list[FoldEstimate]:
        """Means over all folds and their variances by steps 1 and 2."""
        nearest, leads = [], []
        for group in groups:
            square, lead = self._compared(group)
            closest = square.argmin(axis=1)
            nearest.append(closest)
            leads.append(lead[np.arange(len(lead)), closest])
        varies = self._variances(np.concatenate(nearest), np.concatenate(leads))
        ends = np.cumsum([len(one) for one in nearest])[:-1]
        parts = np.split(varies, ends)
        return [self._weighted(*pair) for pair in zip(groups, parts, strict=True)]

    def _compared(self, group: _SameFolds) -> tuple[FloatArray, FloatArray]:
        """Mean squared and mean differences to the complete ones on the folds run."""
        others = self._complete[:, group.is_run]
        square = cdist(group.scores, others, "sqeuclidean") / group.n_run
        if group.own is not None:
            square[np.arange(len(group.own)), group.own] = np.inf
        return square, group.scores.mean(axis=1)[:, None] - others.mean(axis=1)

    def _weighted(self, group: _SameFolds, varies: FloatArray) -> FoldEstimate:
        """Weighted mean of the estimates from each complete row, and its variance."""
        square, leads = self._compared(group)
        # w_ij above. Floored: candidates may agree exactly where nothing varies.
        distance = np.maximum(square + CHANCE_AGREEMENT * varies[:, None], _TINY)
        weights = distance.min(axis=1, keepdims=True) / distance
        weights /= weights.sum(axis=1, keepdims=True)
        mean = ((self._means + leads) * weights).sum(axis=1)
        left = 0.5 * (1.0 + np.square(weights).sum(axis=1))  # step 2
        # Finite-population correction, [2] Sec. 2.6.
        missing = 1.0 / group.n_run - 1.0 / len(group.is_run)
        return FoldEstimate(mean, varies * left * missing)

    def _variances(self, nearest: IntArray, leads: FloatArray) -> FloatArray:
        """Variance between folds of the difference of each row to its nearest one."""
        out = np.empty(len(nearest))
        order = np.argsort(nearest, kind="stable")
        references, starts = np.unique(nearest[order], return_index=True)
        for one, rows in zip(references, np.split(order, starts[1:]), strict=True):
            differences = Differences(self._fold_scores, self._complete[one])
            out[rows] = differences.variances_at(leads[rows])
        return out


def _alike(
    fold_scores: FloatArray, chosen: BoolArray, n_most: int
) -> Iterator[IntArray]:
    """Chosen rows grouped by their folds, at most `n_most` in a group."""
    rows = np.flatnonzero(chosen)
    _, kinds = np.unique(np.isnan(fold_scores[rows]), axis=0, return_inverse=True)
    kinds = kinds.ravel()
    for kind in range(kinds.max(initial=-1) + 1):
        alike = rows[kinds == kind]
        yield from np.array_split(alike, math.ceil(len(alike) / max(1, n_most)))


def _additive_estimate(fold_scores: FloatArray) -> FoldEstimate:
    r"""Fit score = candidate + fold by least squares when few rows are complete.

    With :math:`P_i` the matrix that centres on the folds of row `i`, the effects of the
    folds solve :math:`A b = \sum_i P_i s_i`, :math:`A = \sum_i P_i`, and have the
    covariance :math:`\sigma^2 A^+`. A row's mean over all folds is that over its own
    plus :math:`c_i' b`, :math:`c_i` the difference of the weights of both means. The
    two parts are uncorrelated, so that the error has the variance
    :math:`\sigma^2 (1/k_i - 1/K + c_i' A^+ c_i)`. Contrasts of folds that no row has
    are taken for zero, and vary as all scores do.
    """
    n_folds = fold_scores.shape[1]
    is_run = ~np.isnan(fold_scores)
    n_run = is_run.sum(axis=1)
    own = is_run / n_run[:, None]
    means = np.nanmean(fold_scores, axis=1)
    centred = np.where(is_run, fold_scores - means[:, None], 0.0)
    A = np.diag(is_run.sum(axis=0)) - is_run.T @ own
    inverse = np.linalg.pinv(A, rcond=1e-10, hermitian=True)
    effects = inverse @ centred.sum(axis=0)
    contrasts = 1.0 / n_folds - own
    known = contrasts @ inverse @ A
    residuals = centred - np.where(is_run, effects - own @ effects[:, None], 0.0)
    degrees = int(is_run.sum()) - len(fold_scores) - int(np.linalg.matrix_rank(A))
    spread = float(np.nanvar(fold_scores))
    # Without degrees of freedom left, all spread may be interaction.
    interaction = float((residuals**2).sum()) / degrees if degrees else spread
    leverage = np.einsum("ij,jk,ik->i", contrasts, inverse, contrasts)
    variance = interaction * (1.0 / n_run - 1.0 / n_folds + leverage)
    unknown = np.square(contrasts - known).sum(axis=1)
    variance += max(spread - interaction, 0.0) * unknown
    return FoldEstimate(means + contrasts @ effects, variance)

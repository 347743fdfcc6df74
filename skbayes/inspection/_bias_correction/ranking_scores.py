"""Scores of the ranking of samples, under many weightings at once.

The area under the ROC curve and the average precision compare samples with each
other, so that they are no functions of sums. One sorting of the rows computes each of
them for all weightings. Where that is too slow, the derivative in the weights gives
the score to first order as a mean over samples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from skbayes._protocol import BoolArray, FloatArray
from skbayes.inspection._bias_correction.score_sums import (
    FoldTruth,
    ScoreSums,
    ones,
    ratio,
)

#: Smallest positive divisor, so that 0 / 0 becomes 0.
_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class Ranking:
    """A measure of the ranking of positives above the others.

    Parameters
    ----------
    first_order : callable
        ``first_order(values, is_positive)``: the measure, and its derivative in each
        row's weight, shape (n_rows,).
    weighted : callable
        ``weighted(values, is_positive, weights)``: the measure under weights of shape
        (n_rows, n_bootstrap); NaN where no positive, or nothing else, has any.
    """

    first_order: Callable[[FloatArray, BoolArray], tuple[float, FloatArray]]
    weighted: Callable[[FloatArray, BoolArray, FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class _Comparison:
    """One label against others.

    Parameters
    ----------
    rows : bool array of shape (n_rows,)
        The compared samples.
    values : array of shape (n_compared,)
        Scores that rank the samples.
    is_positive : bool array of shape (n_compared,)
        Samples that should rank first.
    is_counted : bool array of shape (n_rows,)
        Samples whose weights a weighted mean adds up for this comparison.
    """

    rows: BoolArray
    values: FloatArray
    is_positive: BoolArray
    is_counted: BoolArray


def _area_first_order(
    values: FloatArray, is_positive: BoolArray
) -> tuple[float, FloatArray]:
    """Compute the area and its derivative in each row's weight (DeLong).

    A positive's placement is the share of the others that are below it, an other's the
    share of positives above it, equal ones counted half.

    References
    ----------
    .. [1] E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson (1988). Comparing the
       areas under two or more correlated receiver operating characteristic curves.
       Biometrics 44, 837-845. doi:10.2307/2531595
    """
    order = np.argsort(values)
    is_own = is_positive[order]
    own_below, other_below = _mean_ranks(values[order], is_own)
    n_own = np.count_nonzero(is_own)
    n_other = len(values) - n_own
    # [1], the structural components V10 of positives and V01 of the others.
    placement = np.where(is_own, other_below / n_other, 1 - own_below / n_own)
    area = placement[is_own].mean()
    # [1], Eq. 5: the variance of the area is that of the placements' means, so that
    # (placement - area) / n is the influence of a row on the area.
    slope = np.empty(len(values))
    slope[order] = (placement - area) / np.where(is_own, n_own, n_other)
    return float(area), slope


def _mean_ranks(
    ascending: FloatArray, is_own: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Count positives and others below each row; equal rows count half."""
    n_own = np.zeros(len(is_own) + 1)
    np.cumsum(is_own, out=n_own[1:])
    is_step = ascending[1:] != ascending[:-1]
    if is_step.all():
        own_below = (n_own[:-1] + n_own[1:]) / 2
        return own_below, np.arange(0.5, len(is_own)) - own_below
    ends = np.append(np.flatnonzero(is_step) + 1, len(is_own))
    starts = np.append(0, ends[:-1])
    own_below = (n_own[starts] + n_own[ends]) / 2
    other_below = (starts + ends) / 2 - own_below
    n_equal = ends - starts
    return np.repeat(own_below, n_equal), np.repeat(other_below, n_equal)


def _area_weighted(
    values: FloatArray, is_positive: BoolArray, weights: FloatArray
) -> FloatArray:
    """Sum the weights of negatives below each positive; equal ones count half."""
    negative, positive = values[~is_positive], values[is_positive]
    order = np.argsort(negative)
    negative = negative[order]
    below = _running_sum(weights[~is_positive][order])
    own = weights[is_positive]
    first = np.searchsorted(negative, positive, side="left")
    last = np.searchsorted(negative, positive, side="right")
    ranked = np.einsum("ib,ib->b", own, below[first])
    is_tied = first < last
    if is_tied.any():
        between = below[last[is_tied]] - below[first[is_tied]]
        ranked += np.einsum("ib,ib->b", own[is_tied], between) / 2
    return np.asarray(ranked / (own.sum(axis=0) * below[-1]))


def _running_sum(weights: FloatArray) -> FloatArray:
    """Sum the first 0, 1, ... rows, shape (n_rows + 1, n_bootstrap)."""
    sums = np.zeros((len(weights) + 1, weights.shape[1]))
    # Row by row: numpy's cumsum goes down each column, which takes twice as long.
    before = sums[0]
    for row, sum_ in zip(weights, sums[1:], strict=True):
        before = np.add(before, row, out=sum_)
    return sums


AREA = Ranking(_area_first_order, _area_weighted)


def _precision_first_order(
    values: FloatArray, is_positive: BoolArray
) -> tuple[float, FloatArray]:
    """Average the precision at each positive, and differentiate in the weights.

    With P_i the share of positives among the N_i rows not below positive i, a row k
    not below it adds (y_k - P_i) / N_i to P_i.
    """
    ascending = np.sort(values)
    at = np.sort(values[is_positive])
    n_above = len(values) - np.searchsorted(ascending, at, side="left")
    precision = (len(at) - np.searchsorted(at, at, side="left")) / n_above
    average = float(precision.mean())
    # Cumulative sums replace the double loop over positives i and rows k: row k
    # counts for the positives not above it, which are the first ones from below.
    n_below = np.searchsorted(at, values, side="right")
    once = np.append(0.0, np.cumsum(1 / n_above))[n_below]
    times = np.append(0.0, np.cumsum(precision / n_above))[n_below]
    slope = is_positive * once - times
    own = precision[np.searchsorted(at, values[is_positive], side="left")]
    slope[is_positive] += own - average
    return average, slope / len(at)


def _precision_weighted(
    values: FloatArray, is_positive: BoolArray, weights: FloatArray
) -> FloatArray:
    """Average the weighted precision at each positive."""
    negative, positive = -values[~is_positive], -values[is_positive]
    above = _running_sum(weights[~is_positive][np.argsort(negative)])
    order = np.argsort(positive)
    positive, own = positive[order], weights[is_positive][order]
    hits = _running_sum(own)
    last = np.searchsorted(positive, positive, side="right")
    hit = hits[last]
    false = above[np.searchsorted(np.sort(negative), positive, side="right")]
    precision = hit / np.maximum(hit + false, _TINY)
    return np.asarray(np.einsum("ib,ib->b", own, precision) / hits[-1])


AVERAGE_PRECISION = Ranking(_precision_first_order, _precision_weighted)


def ranking_form(
    measure: Ranking, *, each_pair: bool = False, by_weight: bool = False
) -> ScoreSums:
    """Write a measure as `ScoreSums`, for two labels or as a mean over several.

    Parameters
    ----------
    measure : Ranking
        Measure of one label against others.
    each_pair : bool
        Whether each pair of labels is compared in both directions, instead of each
        label with all others.
    by_weight : bool
        Whether the mean is weighted by the number of samples of a comparison: those of
        the label, or of both labels.

    Returns
    -------
    ScoreSums
    """
    compare = _each_pair if each_pair else _each_label

    def terms(truth: FoldTruth, response: Any) -> FloatArray:
        values, slopes, counts = [], [], []
        for one in _comparisons(truth, response, compare):
            value, slope = measure.first_order(one.values, one.is_positive)
            values.append(value)
            slopes.append(np.zeros(len(truth.y)))
            slopes[-1][one.rows] = slope
            counts.append(one.is_counted if by_weight else np.ones(1) / len(truth.y))
        shares = np.array([c.sum() for c in counts])
        mean = np.average(values, weights=shares)
        slope = shares @ np.array(slopes)
        # The shares depend on the weights too: product rule.
        if by_weight:
            slope = slope + (np.array(values) - mean) @ np.array(counts)
        return np.asarray(mean + len(truth.y) * slope / shares.sum())[:, np.newaxis]

    def exact(truth: FoldTruth, response: Any, weights: FloatArray) -> FloatArray:
        total, shares = np.zeros(weights.shape[1]), np.zeros(weights.shape[1])
        for one in _comparisons(truth, response, compare):
            drawn = weights[one.rows]
            share = weights[one.is_counted].sum(axis=0) if by_weight else 1.0
            with np.errstate(divide="ignore", invalid="ignore"):
                value = measure.weighted(one.values, one.is_positive, drawn)
            total += share * value
            shares += share
        return total / shares

    def passes(n_labels: int) -> int:
        if n_labels <= 2:
            return 1
        return 2 * (n_labels - 1) if each_pair else n_labels

    return ScoreSums(terms, ones, ratio, exact, passes)


def _comparisons(
    truth: FoldTruth, response: Any, compare: Callable[..., Iterator[_Comparison]]
) -> Iterator[_Comparison]:
    """Yield one comparison for two labels, or all comparisons of several labels."""
    response = np.asarray(response)
    if len(truth.labels) > 2:
        if response.shape != (len(truth.y), len(truth.labels)):
            raise ValueError("a ranking of several labels needs a column for each")
        yield from compare(truth, response)
        return
    is_positive = truth.y == truth.labels[-1]
    everything = np.ones(len(truth.y), dtype=bool)
    values = response[:, 1] if response.ndim == 2 else response
    yield _Comparison(everything, values, is_positive, everything)


def _each_label(truth: FoldTruth, response: FloatArray) -> Iterator[_Comparison]:
    everything = np.ones(len(truth.y), dtype=bool)
    for label, column in zip(truth.labels, response.T, strict=True):
        is_positive = truth.y == label
        yield _Comparison(everything, column, is_positive, is_positive)


def _each_pair(truth: FoldTruth, response: FloatArray) -> Iterator[_Comparison]:
    have = [truth.y == label for label in truth.labels]
    for a, b in permutations(range(len(have)), 2):
        rows = have[a] | have[b]
        yield _Comparison(rows, response[:, a][rows], have[a][rows], rows)

"""Scores of how predictions rank samples, under any weights at once.

The area under the ROC curve and the average precision compare samples with each
other and are no functions of sums. Each is computed here for all weightings together
from one sorting of the rows; and its derivative in the weights gives it to first
order as a mean over samples, for where that is too slow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._reading import BoolArray
from skbayes.inspection._score_form import FoldTruth, ScoreSums, ones, ratio

#: Less than any weight, more than nothing: what zero is divided by to be zero.
_TINY = np.finfo(np.float64).tiny


@dataclass(frozen=True)
class Ranking:
    """A measure of how far positives are ranked above the others.

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
        Samples that are compared.
    values : array of shape (n_compared,)
        By which they are ranked.
    is_positive : bool array of shape (n_compared,)
        Those that should be on top.
    is_counted : bool array of shape (n_rows,)
        Whose weight a weighted mean gives to this comparison.
    """

    rows: BoolArray
    values: FloatArray
    is_positive: BoolArray
    is_counted: BoolArray


# ------------------------------------------------------- area under the ROC curve


def _area_first_order(
    values: FloatArray, is_positive: BoolArray
) -> tuple[float, FloatArray]:
    """The area, and how each row's placement differs from it (DeLong).

    A positive's placement is the share of the others that are below it, an other's the
    share of positives above it, equal ones counted half.
    """
    order = np.argsort(values)
    is_own = is_positive[order]
    own_below, other_below = _mean_ranks(values[order], is_own)
    n_own = np.count_nonzero(is_own)
    n_other = len(values) - n_own
    placement = np.where(is_own, other_below / n_other, 1 - own_below / n_own)
    area = placement[is_own].mean()
    slope = np.empty(len(values))
    slope[order] = (placement - area) / np.where(is_own, n_own, n_other)
    return float(area), slope


def _mean_ranks(
    ascending: FloatArray, is_own: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """How many positives and how many others are below each, equal ones half."""
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
    """Weight of the negatives below each positive, equal ones counted half."""
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
    """Sums of the first 0, 1, ... rows, shape (n_rows + 1, n_bootstrap)."""
    sums = np.zeros((len(weights) + 1, weights.shape[1]))
    # Row by row: numpy's cumsum goes down each column, which takes twice as long.
    before = sums[0]
    for row, sum_ in zip(weights, sums[1:], strict=True):
        before = np.add(before, row, out=sum_)
    return sums


AREA = Ranking(_area_first_order, _area_weighted)

# --------------------------------------------------------------- average precision


def _precision_first_order(
    values: FloatArray, is_positive: BoolArray
) -> tuple[float, FloatArray]:
    """Mean over the positives of the precision at each, and its derivative.

    With P_i the share of positives among the N_i rows not below positive i, a row k
    not below it adds (y_k - P_i) / N_i to P_i.
    """
    ascending = np.sort(values)
    at = np.sort(values[is_positive])
    n_above = len(values) - np.searchsorted(ascending, at, side="left")
    precision = (len(at) - np.searchsorted(at, at, side="left")) / n_above
    average = float(precision.mean())
    # Sums over the positives not above each row: the first so many, from below.
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
    """Weight of the positives not below each positive, over that of all such rows."""
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

# ----------------------------------------------------------------- several labels


def ranking_form(
    measure: Ranking, *, each_pair: bool = False, by_weight: bool = False
) -> ScoreSums:
    """Write a measure as a form, of two labels or the mean over several.

    Parameters
    ----------
    measure : Ranking
        Of one label against others.
    each_pair : bool
        Whether every two labels are compared, both ways, instead of every label with
        all the others.
    by_weight : bool
        Whether the mean is by how many samples a comparison is about: those of the
        label, or of both.

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
    """Yield the only one of two labels, or all of several."""
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

r"""Scores that are functions of sums over samples, under any weights at once.

Accuracy is a sum of hits over a sum of ones; F1, R\ :sup:`2` and others are
functions of a few sums. With terms :math:`\phi_{ij}` of sample i and candidate j,
the sums under B weightings of n samples for N candidates are one matrix product
``W @ Phi``, where calling the scorer would take B N passes over the data.

A scorer is known by how it is written (its repr) and then held to the scores the
search has recorded: a form that does not reproduce them all is not used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.metrics import get_scorer

from skbayes._protocol import FloatArray

#: More sums than this for one candidate cost more than they save.
_MOST_SUMS = 24


@dataclass(frozen=True)
class FoldTruth:
    """What all candidates share in one fold.

    Parameters
    ----------
    y : array of shape (n_rows,)
        The truth.
    labels : array of shape (n_labels,) or None
        All labels there are in it.
    classes : array or None
        Labels the fold was trained on, in the order of its predictions' columns.
    """

    y: Any
    labels: Any
    classes: Any


@dataclass(frozen=True)
class ScoreSums:
    """A score as a function of sums over samples.

    Parameters
    ----------
    terms : callable
        ``terms(truth, response)``: array of shape (n_rows, p), of one candidate.
    shared : callable
        ``shared(truth)``: array of shape (n_rows, q), of the truth alone.
    combine : callable
        ``combine(sums, shared_sums)``: the score, greater is better; the sums have
        shapes (..., p) and (..., q).
    exact : callable or None
        ``exact(truth, response, weights)``, of weights of shape (n_bootstrap, n_rows):
        the score itself, where the sums give it to first order only.
    """

    terms: Callable[[FoldTruth, Any], FloatArray]
    shared: Callable[[FoldTruth], FloatArray]
    combine: Callable[[FloatArray, FloatArray], FloatArray]
    exact: Callable[[FoldTruth, Any, FloatArray], FloatArray] | None = None


def _ones(truth: FoldTruth) -> FloatArray:
    return np.ones((len(truth.y), 1))


def _ratio(sums: FloatArray, shared: FloatArray) -> FloatArray:
    return sums[..., 0] / shared[..., 0]


def _negative_ratio(sums: FloatArray, shared: FloatArray) -> FloatArray:
    return -sums[..., 0] / shared[..., 0]


def _negative_root(sums: FloatArray, shared: FloatArray) -> FloatArray:
    return -np.sqrt(sums[..., 0] / shared[..., 0])


# ------------------------------------------------------------------- regression


def _errors(loss: Callable[[Any, Any], Any]) -> Callable[[FoldTruth, Any], FloatArray]:
    def terms(truth: FoldTruth, response: Any) -> FloatArray:
        return np.asarray(loss(truth.y, np.ravel(response)), dtype=float)[:, None]

    return terms


def _square(y: Any, predicted: Any) -> Any:
    return (y - predicted) ** 2


def _absolute(y: Any, predicted: Any) -> Any:
    return np.abs(y - predicted)


def _square_log(y: Any, predicted: Any) -> Any:
    return (np.log1p(y) - np.log1p(predicted)) ** 2


def _absolute_percentage(y: Any, predicted: Any) -> Any:
    least = np.finfo(np.float64).eps
    return np.abs(y - predicted) / np.maximum(np.abs(y), least)


def _variance(truth: FoldTruth) -> FloatArray:
    # Of the whole fold, also where only some of it is drawn: among the few samples that
    # a bag leaves out the truth varies by chance so little that ratios explode.
    return np.full((len(truth.y), 1), np.var(truth.y))


def _determination(sums: FloatArray, shared: FloatArray) -> FloatArray:
    return 1.0 - _ratio(sums, shared)


# ---------------------------------------------------------------- classification


def _hits(truth: FoldTruth, response: Any) -> FloatArray:
    return (np.asarray(response) == truth.y)[:, None].astype(float)


def _one_hot(labels: Any, values: Any) -> FloatArray:
    return (np.asarray(values)[:, None] == labels).astype(float)


def _true_counts(truth: FoldTruth) -> FloatArray:
    return _one_hot(truth.labels, truth.y)


def _hits_of_labels(truth: FoldTruth, response: Any) -> FloatArray:
    return _true_counts(truth) * _hits(truth, response)


def _hits_and_counts(truth: FoldTruth, response: Any) -> FloatArray:
    predicted = _one_hot(truth.labels, response)
    return np.column_stack([_true_counts(truth) * predicted, predicted])


def _mean_recall(sums: FloatArray, shared: FloatArray) -> FloatArray:
    is_there = shared > 0
    recall = np.divide(sums, shared, out=np.zeros_like(sums), where=is_there)
    return recall.sum(axis=-1) / is_there.sum(axis=-1)


def _correlation(sums: FloatArray, true: FloatArray) -> FloatArray:
    """Matthews' correlation coefficient, of any number of labels."""
    hit, predicted = np.split(sums, 2, axis=-1)
    n = true.sum(axis=-1)
    covariance = n * hit.sum(axis=-1) - (true * predicted).sum(axis=-1)
    spread = n**2 - (predicted**2).sum(axis=-1)
    spread = spread * (n**2 - (true**2).sum(axis=-1))
    zero = np.zeros_like(covariance)
    return np.divide(covariance, np.sqrt(spread), out=zero, where=spread > 0)


def _f(hit: FloatArray, predicted: FloatArray, true: FloatArray) -> FloatArray:
    return _safe_ratio(2 * hit, predicted + true)


def _precision(hit: FloatArray, predicted: FloatArray, true: FloatArray) -> FloatArray:
    return _safe_ratio(hit, predicted)


def _recall(hit: FloatArray, predicted: FloatArray, true: FloatArray) -> FloatArray:
    return _safe_ratio(hit, true)


def _safe_ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    zero = np.zeros(np.broadcast_shapes(numerator.shape, denominator.shape))
    return np.divide(numerator, denominator, out=zero, where=denominator > 0)


def _binary(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Of the second label alone."""

    def combine(sums: FloatArray, true: FloatArray) -> FloatArray:
        hit, predicted = np.split(sums, 2, axis=-1)
        return measure(hit[..., -1], predicted[..., -1], true[..., -1])

    return combine


def _macro(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Mean over the labels that are there."""

    def combine(sums: FloatArray, true: FloatArray) -> FloatArray:
        hit, predicted = np.split(sums, 2, axis=-1)
        is_there = predicted + true > 0
        return (measure(hit, predicted, true) * is_there).sum(-1) / is_there.sum(-1)

    return combine


def _weighted(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Mean over the labels, by how often they are true."""

    def combine(sums: FloatArray, true: FloatArray) -> FloatArray:
        hit, predicted = np.split(sums, 2, axis=-1)
        return (measure(hit, predicted, true) * true).sum(-1) / true.sum(-1)

    return combine


def _log_loss(truth: FoldTruth, response: Any) -> FloatArray:
    probability = np.asarray(response)
    least = np.finfo(probability.dtype).eps
    probability = np.clip(probability, least, 1 - least)
    probability = probability / probability.sum(axis=1, keepdims=True)
    column = np.searchsorted(truth.classes, truth.y)
    return -np.log(probability[np.arange(len(column)), column])[:, None]


def _brier(truth: FoldTruth, response: Any) -> FloatArray:
    is_positive = truth.y == truth.classes[-1]
    return ((np.asarray(response)[:, 1] - is_positive) ** 2)[:, None]


def _is_positive(truth: FoldTruth) -> FloatArray:
    is_positive = truth.y == truth.labels[-1]
    return np.column_stack([is_positive, ~is_positive]).astype(float)


def _placements(truth: FoldTruth, response: Any) -> FloatArray:
    """First-order terms of the area under the ROC curve.

    A positive's placement is the share of negatives below it and the other way
    round; the area is the mean of either. To first order in the weights it is the
    mean of both kinds less itself, as for DeLong's variance.
    """
    score = _of_positive(response)
    is_positive = truth.y == truth.labels[-1]
    positive, negative = score[is_positive], score[~is_positive]
    share = np.empty(len(score))
    share[is_positive] = _share_below(np.sort(negative), positive)
    share[~is_positive] = 1 - _share_below(np.sort(positive), negative)
    area = share[is_positive].mean()
    return (share - area / 2)[:, None] * _is_positive(truth)


def _of_positive(response: Any) -> Any:
    """Scores of the second label."""
    response = np.asarray(response)
    return response[:, 1] if response.ndim == 2 else response


def _area(truth: FoldTruth, response: Any, weights: FloatArray) -> FloatArray:
    """Area under the ROC curve of weighted rows, equal scores counted half."""
    score = _of_positive(response)
    order = np.argsort(score)
    is_first = np.append(True, np.diff(score[order]) != 0)
    starts = np.flatnonzero(is_first)
    is_positive = (truth.y == truth.labels[-1])[order]
    ordered = weights[:, order]
    positive = np.add.reduceat(ordered * is_positive, starts, axis=1)
    negative = np.add.reduceat(ordered * ~is_positive, starts, axis=1)
    below = negative.cumsum(axis=1) - negative / 2
    pairs = positive.sum(axis=1) * negative.sum(axis=1)
    return np.asarray((positive * below).sum(axis=1) / pairs)


def _share_below(ascending: FloatArray, values: FloatArray) -> FloatArray:
    """Share of sorted numbers that are below each value, equal ones counted half."""
    below = np.searchsorted(ascending, values, side="left")
    not_above = np.searchsorted(ascending, values, side="right")
    return np.asarray((below + not_above) / (2 * len(ascending)))


def _sum_of_ratios(sums: FloatArray, shared: FloatArray) -> FloatArray:
    return (sums / shared).sum(axis=-1)


def _table() -> dict[str, ScoreSums]:
    forms = {
        "accuracy": ScoreSums(_hits, _ones, _ratio),
        "balanced_accuracy": ScoreSums(_hits_of_labels, _true_counts, _mean_recall),
        "matthews_corrcoef": ScoreSums(_hits_and_counts, _true_counts, _correlation),
        "neg_log_loss": ScoreSums(_log_loss, _ones, _negative_ratio),
        "neg_brier_score": ScoreSums(_brier, _ones, _negative_ratio),
        "roc_auc": ScoreSums(_placements, _is_positive, _sum_of_ratios, _area),
        "r2": ScoreSums(_errors(_square), _variance, _determination),
        "neg_mean_squared_error": ScoreSums(_errors(_square), _ones, _negative_ratio),
        "neg_root_mean_squared_error": ScoreSums(
            _errors(_square), _ones, _negative_root
        ),
        "neg_mean_absolute_error": ScoreSums(
            _errors(_absolute), _ones, _negative_ratio
        ),
        "neg_mean_squared_log_error": ScoreSums(
            _errors(_square_log), _ones, _negative_ratio
        ),
        "neg_mean_absolute_percentage_error": ScoreSums(
            _errors(_absolute_percentage), _ones, _negative_ratio
        ),
    }
    for name, measure in (("f1", _f), ("precision", _precision), ("recall", _recall)):
        for suffix, average in (
            ("", _binary),
            ("_macro", _macro),
            ("_weighted", _weighted),
        ):
            forms[name + suffix] = ScoreSums(
                _hits_and_counts, _true_counts, average(measure)
            )
    return forms


FORMS = _table()


def form_of(scorer: Any, *, own_score: str | None) -> ScoreSums | None:
    """Find a scorer's form by how it is written.

    Parameters
    ----------
    scorer : callable
        A scorer of scikit-learn's, or any other.
    own_score : str or None
        Name of the scorer an estimator's own ``score`` is likely to be.

    Returns
    -------
    ScoreSums or None
        None if there is none. It is a guess until it reproduces recorded scores.
    """
    if own_score is not None:
        return FORMS[own_score]
    written = repr(scorer)
    return next((f for n, f in FORMS.items() if repr(get_scorer(n)) == written), None)


def has_too_many_sums(form: ScoreSums, n_labels: int) -> bool:
    """Whether a candidate has more sums than pays."""
    return form.shared is _true_counts and 2 * n_labels > _MOST_SUMS

"""Scores of predicted labels and probabilities, written as sums over samples."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._bias_correction.score_sums import (
    FoldTruth,
    ScoreSums,
    dense,
    negative_ratio,
    ones,
    ratio,
)

#: Most sums of one candidate; with more, calls of the scorer are faster.
_MOST_SUMS = 24


def _hits(truth: FoldTruth, response: Any) -> FloatArray:
    hits = dense(response) == truth.y
    if hits.ndim == 2:  # a sample counts if all of its labels are right
        hits = hits.all(axis=1)
    return hits[:, None].astype(float)


def _one_hot(labels: Any, values: Any) -> FloatArray:
    values = dense(values)
    if values.ndim == 2:  # targets of many labels have a column for each already
        return np.asarray(values, dtype=float)
    return (values[:, None] == labels).astype(float)


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


def _jaccard(hit: FloatArray, predicted: FloatArray, true: FloatArray) -> FloatArray:
    return _safe_ratio(hit, predicted + true - hit)


def _safe_ratio(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    zero = np.zeros(np.broadcast_shapes(numerator.shape, denominator.shape))
    return np.divide(numerator, denominator, out=zero, where=denominator > 0)


def _binary(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Measure the second label alone."""

    def combine(sums: FloatArray, true: FloatArray) -> FloatArray:
        hit, predicted = np.split(sums, 2, axis=-1)
        return measure(hit[..., -1], predicted[..., -1], true[..., -1])

    return combine


def _macro(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Average a measure over the labels that occur."""

    def combine(sums: FloatArray, true: FloatArray) -> FloatArray:
        hit, predicted = np.split(sums, 2, axis=-1)
        # scikit-learn averages over labels in the truth or the predictions.
        is_there = predicted + true > 0
        return (measure(hit, predicted, true) * is_there).sum(-1) / is_there.sum(-1)

    return combine


def _micro(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Measure all labels together."""

    def combine(sums: FloatArray, true: FloatArray) -> FloatArray:
        hit, predicted = np.split(sums, 2, axis=-1)
        return measure(hit.sum(axis=-1), predicted.sum(axis=-1), true.sum(axis=-1))

    return combine


def _weighted(measure: Callable[..., FloatArray]) -> Callable[..., FloatArray]:
    """Average a measure over the labels, weighted by their true counts."""

    def combine(sums: FloatArray, true: FloatArray) -> FloatArray:
        hit, predicted = np.split(sums, 2, axis=-1)
        return (measure(hit, predicted, true) * true).sum(-1) / true.sum(-1)

    return combine


def _log_loss(truth: FoldTruth, response: Any) -> FloatArray:
    probability = np.asarray(response)
    # As sklearn.metrics.log_loss does: clip with the dtype's eps, then renormalise.
    least = np.finfo(probability.dtype).eps
    probability = np.clip(probability, least, 1 - least)
    probability = probability / probability.sum(axis=1, keepdims=True)
    column = np.searchsorted(truth.classes, truth.y)
    return -np.log(probability[np.arange(len(column)), column])[:, None]


def _brier(truth: FoldTruth, response: Any) -> FloatArray:
    is_positive = truth.y == truth.classes[-1]
    return ((np.asarray(response)[:, 1] - is_positive) ** 2)[:, None]


def _label_forms() -> dict[str, ScoreSums]:
    forms = {
        "accuracy": ScoreSums(_hits, ones, ratio, is_for_outputs=True),
        "balanced_accuracy": ScoreSums(_hits_of_labels, _true_counts, _mean_recall),
        "matthews_corrcoef": ScoreSums(_hits_and_counts, _true_counts, _correlation),
        "neg_log_loss": ScoreSums(_log_loss, ones, negative_ratio),
        "neg_brier_score": ScoreSums(_brier, ones, negative_ratio),
    }
    measures = {
        "f1": _f,
        "precision": _precision,
        "recall": _recall,
        "jaccard": _jaccard,
    }
    averages = {
        "": _binary,
        "_micro": _micro,
        "_macro": _macro,
        "_weighted": _weighted,
    }
    for name, measure in measures.items():
        for suffix, average in averages.items():
            forms[name + suffix] = ScoreSums(
                _hits_and_counts,
                _true_counts,
                average(measure),
                # The macro average of scikit-learn is over all labels of multilabel
                # targets, and over the labels that occur otherwise.
                is_for_outputs=suffix in ("_micro", "_weighted"),
            )
    return forms


LABEL_FORMS = _label_forms()


def has_too_many_sums(form: ScoreSums, n_labels: int) -> bool:
    """Whether calls of the scorer are faster than this many sums."""
    return form.shared is _true_counts and 2 * n_labels > _MOST_SUMS

"""Scores of predicted numbers, written as means of losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._bias_correction.score_sums import (
    FoldTruth,
    ScoreSums,
    negative_ratio,
    ones,
    ratio,
)


def _negative_root(sums: FloatArray, shared: FloatArray) -> FloatArray:
    return -np.sqrt(ratio(sums, shared))


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
    # The variance is of the whole fold, also under weights: among the few left-out
    # samples the targets can by chance vary so little that the ratio explodes.
    return np.full((len(truth.y), 1), np.var(truth.y))


def _determination(sums: FloatArray, shared: FloatArray) -> FloatArray:
    return 1.0 - ratio(sums, shared)


def _mean_loss(loss: Callable[[Any, Any], Any]) -> ScoreSums:
    return ScoreSums(_errors(loss), ones, negative_ratio)


ERROR_FORMS = {
    "r2": ScoreSums(_errors(_square), _variance, _determination),
    "neg_mean_squared_error": _mean_loss(_square),
    "neg_root_mean_squared_error": ScoreSums(_errors(_square), ones, _negative_root),
    "neg_mean_absolute_error": _mean_loss(_absolute),
    "neg_mean_squared_log_error": _mean_loss(_square_log),
    "neg_root_mean_squared_log_error": ScoreSums(
        _errors(_square_log), ones, _negative_root
    ),
    "neg_mean_absolute_percentage_error": _mean_loss(_absolute_percentage),
}

"""From what was told to what a surrogate is fitted to: one row per distinct point."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skbayes._fold_model import FoldEstimate, estimate_means
from skbayes._protocol import FloatArray
from skbayes._strategies.history import Observation, n_folds_told

BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class TrainingData:
    """Distinct points and what is known of their scores, oldest first.

    Parameters
    ----------
    U : array of shape (n_rows, n_columns)
        Encoded points.
    scores : array of shape (n_rows,)
        Mean over all folds, measured or estimated; NaN where evaluations failed.
    extra_noise : array of shape (n_rows,)
        Variance of the estimate, zero where all folds were run; squared score units.
    is_complete : bool array of shape (n_rows,)
        All folds were run and none failed.
    seconds_per_fold : array of shape (n_rows,)
        NaN where it is not known.
    """

    U: FloatArray
    scores: FloatArray
    extra_noise: FloatArray
    is_complete: BoolArray
    seconds_per_fold: FloatArray

    @property
    def is_failed(self) -> BoolArray:
        """Rows without a score, shape (n_rows,)."""
        return np.isnan(self.scores)


def training_data(observations: Sequence[Observation]) -> TrainingData:
    """Merge evaluations of equal points, and estimate the means of partial ones.

    Complete evaluations of one point are averaged, and count for more than partial
    ones; a success counts for more than a failure.

    Parameters
    ----------
    observations : sequence of Observation
        At least one, in the order they were told.

    Returns
    -------
    TrainingData
        One row for each distinct key, in the order of first appearance.
    """
    groups: dict[Hashable, list[Observation]] = {}
    for observation in observations:
        groups.setdefault(observation.key, []).append(observation)
    rows = [_decisive(group) for group in groups.values()]
    estimate = _estimate(rows, n_folds_told(observations))
    return TrainingData(
        U=np.array([row[0].encoded for row in rows]),
        scores=estimate.mean,
        extra_noise=estimate.variance,
        is_complete=np.array(
            [not row[0].is_failed and not row[0].is_partial for row in rows]
        ),
        seconds_per_fold=np.array([_mean_seconds(group) for group in groups.values()]),
    )


def _decisive(group: list[Observation]) -> list[Observation]:
    """Select the evaluations that tell most: complete, partial, else failed."""
    succeeded = [o for o in group if not o.is_failed]
    complete = [o for o in succeeded if not o.is_partial]
    return complete or succeeded or group


def _estimate(rows: list[list[Observation]], n_folds: int | None) -> FoldEstimate:
    """Mean and variance of each row; the fold model is used only if one is partial."""
    mean = np.array([_mean([o.score for o in row]) for row in rows])
    variance = np.zeros(len(rows))
    if n_folds is not None and any(row[0].is_partial for row in rows):
        table = np.array([_mean_folds(row, n_folds) for row in rows])
        has_folds = ~np.isnan(table).all(axis=1)
        estimate = estimate_means(table[has_folds])
        is_partial = np.array([row[0].is_partial for row in rows])
        variance[has_folds] = estimate.variance
        mean[is_partial] = estimate.mean[is_partial[has_folds]]
    return FoldEstimate(mean, variance)


def _mean_folds(row: list[Observation], n_folds: int) -> FloatArray:
    """Mean of each fold over repeats, NaN where it was never run."""
    told = [o.fold_scores for o in row if o.fold_scores is not None]
    if not told:
        return np.full(n_folds, np.nan)
    if len(told) == 1:
        return told[0]
    counts = (~np.isnan(told)).sum(axis=0)
    sums = np.nansum(told, axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _mean_seconds(group: list[Observation]) -> float:
    """Mean seconds a fold took over the successful evaluations of one point."""
    known = [
        o.seconds_per_fold
        for o in group
        if o.seconds_per_fold is not None and not o.is_failed
    ]
    return _mean(known) if known else np.nan


def _mean(values: list[float]) -> float:
    """Their mean: of a few numbers it takes a tenth of what NumPy does."""
    return sum(values) / len(values)

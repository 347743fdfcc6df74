"""Merge observations to training data: one row per distinct point."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._partial_scores import FoldEstimate, estimate_means
from skbayes._protocol import BoolArray, FloatArray
from skbayes._strategies.engine.observation import Observation, n_folds_told


@dataclass(frozen=True)
class TrainingData:
    """Distinct points and their scores, oldest first.

    Parameters
    ----------
    U : array of shape (n_rows, n_columns)
        Encoded points.
    scores : array of shape (n_rows,)
        Mean over all folds, measured or estimated; NaN where evaluations failed.
    extra_noise : array of shape (n_rows,)
        Variance of the estimate, zero where all folds were run; squared score units.
    is_complete : bool array of shape (n_rows,)
        Whether all folds were run and none failed.
    seconds_per_fold : array of shape (n_rows,)
        Seconds of one fold; NaN where they are not known.
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

    Complete evaluations of one point are averaged, and replace partial ones; a success
    replaces a failure.

    Parameters
    ----------
    observations : sequence of Observation
        At least one observation, in the order of `tell`.

    Returns
    -------
    TrainingData
        One row for each distinct key, in the order of first appearance.
    """
    return TrainingTable().data(observations)


class TrainingTable:
    """Merges the evaluations of a history that grows, as `training_data` does.

    A row is computed when an observation of its point arrives. Computing all rows for
    every suggestion would take quadratic time over a search.
    """

    def __init__(self) -> None:
        self._groups: dict[Hashable, list[Observation]] = {}
        self._points: dict[Hashable, _Point] = {}
        self._n_read = 0
        self._latest: Observation | None = None

    def data(
        self, history: Sequence[Observation], begun: Sequence[Observation] = ()
    ) -> TrainingData:
        """One row for each distinct key.

        Parameters
        ----------
        history : sequence of Observation
            The history, commonly the last call's with more observations at the end.
        begun : sequence of Observation, default=()
            Observations of running points, for this call only.

        Returns
        -------
        TrainingData
        """
        # The optimizer passes one growing history; any other is read anew.
        if not self._is_continued_by(history):
            self._groups, self._points, self._n_read = {}, {}, 0
        new = history[self._n_read :]
        self._points |= self._merged(new, self._groups)
        self._n_read = len(history)
        self._latest = history[-1] if history else None
        points = self._points
        if begun:
            # Copies of the lists: running points must not stay in the groups.
            keys = {o.key for o in begun}
            known = {k: [*self._groups[k]] for k in keys if k in self._groups}
            points = points | self._merged(begun, known)
        return _as_data(list(points.values()), n_folds_told([*history, *begun]))

    def _is_continued_by(self, history: Sequence[Observation]) -> bool:
        """Whether a history begins with the observations read; these are immutable."""
        # Identity of the last observation read suffices, as histories only grow at the
        # end.
        n = self._n_read
        return n == 0 or (len(history) >= n and history[n - 1] is self._latest)

    @staticmethod
    def _merged(
        new: Sequence[Observation], groups: dict[Hashable, list[Observation]]
    ) -> dict[Hashable, _Point]:
        """Add observations to their groups; the rows of those that have grown."""
        for observation in new:
            groups.setdefault(observation.key, []).append(observation)
        keys = dict.fromkeys(observation.key for observation in new)
        return {key: _Point.of(groups[key]) for key in keys}


@dataclass(frozen=True, eq=False, slots=True)
class _Point:
    """One row of the training data.

    Parameters
    ----------
    decisive : list of Observation
        Observations that count, all of the same kind.
    score : float
        Mean score of the observations.
    is_failed, is_partial : bool
        Kind of the observations; complete if neither.
    seconds : float
        Mean seconds of a fold; NaN if unknown.
    """

    decisive: list[Observation]
    score: float
    is_failed: bool
    is_partial: bool
    seconds: float

    @classmethod
    def of(cls, group: list[Observation]) -> _Point:
        """Merge all evaluations of one point."""
        decisive = _decisive(group)
        return cls(
            decisive,
            _mean([o.score for o in decisive]),
            decisive[0].is_failed,
            decisive[0].is_partial,
            _mean_seconds(group),
        )


def _as_data(points: list[_Point], n_folds: int | None) -> TrainingData:
    """Rows as arrays, with the estimates of partial ones."""
    estimate = _estimate(points, n_folds)
    return TrainingData(
        U=np.array([point.decisive[0].encoded for point in points]),
        scores=estimate.mean,
        extra_noise=estimate.variance,
        is_complete=np.array([not (p.is_failed or p.is_partial) for p in points]),
        seconds_per_fold=np.array([point.seconds for point in points]),
    )


def _decisive(group: list[Observation]) -> list[Observation]:
    """Select the evaluations that count: the complete, else the partial, else all."""
    # A point that succeeded once can succeed: its failures were chance, such as memory.
    succeeded = [o for o in group if not o.is_failed]
    complete = [o for o in succeeded if not o.is_partial]
    return complete or succeeded or group


def _estimate(points: list[_Point], n_folds: int | None) -> FoldEstimate:
    """Mean and variance of each row; uses the fold model only if a row is partial."""
    mean = np.array([point.score for point in points])
    variance = np.zeros(len(points))
    is_partial = np.array([point.is_partial for point in points])
    # The fold model needs all rows, complete ones too: they determine its variances.
    if n_folds is not None and is_partial.any():
        table = np.array([_mean_folds(point.decisive, n_folds) for point in points])
        has_folds = ~np.isnan(table).all(axis=1)
        estimate = estimate_means(table[has_folds])
        variance[has_folds] = estimate.variance
        mean[is_partial] = estimate.mean[is_partial[has_folds]]
    return FoldEstimate(mean, variance)


def _mean_folds(row: list[Observation], n_folds: int) -> FloatArray:
    """Mean of each fold over repeats; NaN where it was never run."""
    known = [o.fold_scores for o in row if o.fold_scores is not None]
    if not known:
        return np.full(n_folds, np.nan)
    if len(known) == 1:
        return known[0]
    counts = (~np.isnan(known)).sum(axis=0)
    sums = np.nansum(known, axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _mean_seconds(group: list[Observation]) -> float:
    """Mean seconds of a fold over the successful evaluations of one point."""
    known = [
        o.seconds_per_fold
        for o in group
        if o.seconds_per_fold is not None and not o.is_failed
    ]
    return _mean(known) if known else np.nan


def _mean(values: list[float]) -> float:
    # For a few numbers a tenth of the time that NumPy takes.
    return sum(values) / len(values)

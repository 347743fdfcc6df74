"""Merge observations to training data: one row per distinct point."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._partial_scores import FoldEstimate, estimate_means
from skbayes._protocol import BoolArray, FloatArray
from skbayes._strategies.engine.growing_rows import GrowingRows
from skbayes._strategies.engine.observation import (
    GrowingHistory,
    Observation,
    n_folds_told,
)


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
        self._reading = GrowingHistory()
        self._forget()

    def _forget(self) -> None:
        self._groups: dict[Hashable, list[Observation]] = {}
        self._rows = _Rows()

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
        n_folds = n_folds_told([*history, *begun])
        # The optimizer passes one growing history; any other is read anew.
        new = self._reading.read(history, self._forget)
        self._rows.merge(new, self._groups, n_folds)
        if not begun:
            return self._rows.data()
        # Copies: running points must not stay in the groups or rows.
        keys = {o.key for o in begun}
        known = {k: [*self._groups[k]] for k in keys if k in self._groups}
        rows = self._rows.copy()
        rows.merge(begun, known, n_folds)
        return rows.data()


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

    @property
    def facts(self) -> FloatArray:
        """The numbers of the point."""
        return np.array([self.score, self.is_failed, self.is_partial, self.seconds])

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


class _Rows:
    """Columns of numbers with one row for each distinct point."""

    def __init__(self) -> None:
        self._row_of: dict[Hashable, int] = {}
        self._U = GrowingRows(0)
        #: Mean score, whether failed, whether partial, seconds of a fold.
        self._facts = GrowingRows(4)
        self._folds = GrowingRows(0)

    def copy(self) -> _Rows:
        """An independent copy."""
        other = _Rows()
        other._row_of = dict(self._row_of)
        other._U, other._facts = self._U.copy(), self._facts.copy()
        other._folds = self._folds.copy()
        return other

    def merge(
        self,
        new: Sequence[Observation],
        groups: dict[Hashable, list[Observation]],
        n_folds: int | None,
    ) -> None:
        """Add observations to their groups, and compute the rows that change.

        Parameters
        ----------
        new : sequence of Observation
            The observations.
        groups : dict of hashable to list of Observation
            Observations of each point so far; changed in place.
        n_folds : int or None
            Number of folds of an evaluation, if known.
        """
        self._fit_columns(new, n_folds)
        for observation in new:
            groups.setdefault(observation.key, []).append(observation)
        for key in dict.fromkeys(observation.key for observation in new):
            point = _Point.of(groups[key])
            row = self._row_of.setdefault(key, len(self._row_of))
            self._U.put(row, point.decisive[0].encoded)
            self._facts.put(row, point.facts)
            self._folds.put(row, _mean_folds(point.decisive, self._folds.n_columns))

    def _fit_columns(self, new: Sequence[Observation], n_folds: int | None) -> None:
        """Set the numbers of columns as soon as they are known."""
        if not self._row_of and new:
            self._U = GrowingRows(len(new[0].encoded))
        if n_folds is not None and not self._folds.n_columns:
            # What was told before has no fold scores.
            self._folds = GrowingRows(n_folds)
            self._folds.append(np.full((len(self._row_of), n_folds), np.nan))

    def data(self) -> TrainingData:
        """Arrays of their own, with the estimates of partial rows."""
        scores, is_failed, is_partial, seconds = self._facts.rows.T.copy()
        estimate = _estimate(scores, is_partial == 1.0, self._folds.rows)
        return TrainingData(
            U=self._U.rows.copy(),
            scores=estimate.mean,
            extra_noise=estimate.variance,
            is_complete=(is_failed == 0.0) & (is_partial == 0.0),
            seconds_per_fold=seconds,
        )


def _decisive(group: list[Observation]) -> list[Observation]:
    """Select the evaluations that count: the complete, else the partial, else all."""
    # A point that succeeded once can succeed: its failures were chance, such as memory.
    succeeded = [o for o in group if not o.is_failed]
    complete = [o for o in succeeded if not o.is_partial]
    return complete or succeeded or group


def _estimate(
    scores: FloatArray, is_partial: BoolArray, folds: FloatArray
) -> FoldEstimate:
    """Mean and variance of each row; uses the fold model only if a row is partial."""
    mean, variance = scores.copy(), np.zeros(len(scores))
    # The fold model needs all rows, complete ones too: they determine its variances.
    if is_partial.any():
        has_folds = ~np.isnan(folds).all(axis=1)
        estimate = estimate_means(folds[has_folds])
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

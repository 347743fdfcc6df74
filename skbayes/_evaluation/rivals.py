"""Fold scores of earlier candidates, against which a race is run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skbayes._fold_model import Differences
from skbayes._protocol import FloatArray, Status, Trial

#: Complete and stopped trials that are looked at, each: the newest ones, which are
#: most like what is tried now. So a decision costs the same late in a long search.
MAX_OF_EACH = 200

#: Interquartile ranges that the spread may have in standard deviations: a few
#: candidates that are hopelessly bad must not make all the others look the same.
MAX_RANGES = 3.0


@dataclass(frozen=True)
class Rivals:
    """Fold scores of earlier candidates.

    Parameters
    ----------
    complete : array of shape (n_complete, n_splits)
        Of candidates that have all folds.
    stopped : array of shape (n_stopped, n_splits)
        Of the others, NaN where a fold was not run.
    """

    complete: FloatArray
    stopped: FloatArray

    @classmethod
    def among(cls, trials: Sequence[Trial], metric: str) -> Rivals:
        """All of these trials but those that failed; at least one complete."""
        complete = [t.scores(metric) for t in trials if t.status is Status.COMPLETE]
        stopped = [t.scores(metric) for t in trials if t.status is Status.STOPPED]
        table = np.array(complete + stopped)
        return cls(table[: len(complete)], table[len(complete) :])

    @cached_property
    def table(self) -> FloatArray:
        """Scores of all, complete ones first, shape (n_rivals, n_splits)."""
        return np.concatenate([self.complete, self.stopped])

    @cached_property
    def incumbent(self) -> FloatArray:
        """Scores of the best complete one, shape (n_splits,)."""
        best: FloatArray = self.complete[np.argmax(self.complete.mean(axis=1))]
        return best

    @cached_property
    def differences(self) -> Differences:
        """Of all to the best complete one."""
        return Differences(self.table, self.incumbent)

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the scores, less what outliers add.

        The difficulty of the folds that a stopped one has run is taken out.
        """
        effects = self.complete.mean(axis=0) - self.complete.mean()
        is_run = ~np.isnan(self.table)
        adjusted = np.mean(self.table - effects, axis=1, where=is_run)
        low, high = np.quantile(adjusted, [0.25, 0.75])
        return float(min(adjusted.std(), MAX_RANGES * (high - low)))


class RivalHistory:
    """Fold scores of the first trials, however many, less those that failed.

    Parameters
    ----------
    n_splits : int
        Folds of a complete trial.
    """

    def __init__(self, n_splits: int) -> None:
        self._complete = _GrowingTable(n_splits)
        self._stopped = _GrowingTable(n_splits)
        self._best = 0
        # Of the first 0, 1, 2, ... trials: complete ones, stopped ones, the best row.
        self._counts = [(0, 0, 0)]
        self._latest: tuple[int, Rivals] | None = None

    def among_first(
        self, n_trials: int, ended: Mapping[int, Trial], metric: str
    ) -> Rivals:
        """Those of the first trials, all of them ended; the best is always there."""
        if self._latest is None or self._latest[0] != n_trials:
            self._latest = n_trials, self._select(n_trials, ended, metric)
        return self._latest[1]

    def _select(self, n_trials: int, ended: Mapping[int, Trial], metric: str) -> Rivals:
        while len(self._counts) <= n_trials:
            self._add(ended[len(self._counts) - 1], metric)
        n_complete, n_stopped, best = self._counts[max(0, n_trials)]
        oldest = max(0, n_complete - MAX_OF_EACH)
        pinned = self._complete.rows(best, best + (best < oldest))
        complete = self._complete.rows(oldest, n_complete)
        stopped = self._stopped.rows(max(0, n_stopped - MAX_OF_EACH), n_stopped)
        return Rivals(np.concatenate([pinned, complete]), stopped)

    def _add(self, trial: Trial, metric: str) -> None:
        if trial.status is Status.COMPLETE:
            scores = trial.scores(metric)
            row = len(self._complete)
            if row == 0 or scores.mean() > self._complete.mean(self._best):
                self._best = row
            self._complete.append(scores)
        elif trial.status is Status.STOPPED:
            self._stopped.append(trial.scores(metric))
        self._counts.append((len(self._complete), len(self._stopped), self._best))


class _GrowingTable:
    """Rows that are only ever added."""

    def __init__(self, n_columns: int) -> None:
        self._table = np.empty((16, n_columns))
        self._n_rows = 0

    def __len__(self) -> int:
        return self._n_rows

    def append(self, row: FloatArray) -> None:
        if self._n_rows == len(self._table):
            self._table = np.concatenate([self._table, np.empty_like(self._table)])
        self._table[self._n_rows] = row
        self._n_rows += 1

    def rows(self, start: int, stop: int) -> FloatArray:
        return self._table[start:stop]

    def mean(self, row: int) -> float:
        return float(self._table[row].mean())

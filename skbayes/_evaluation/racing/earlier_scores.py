"""Fold scores of earlier candidates, against which a race is run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from skbayes._fold_statistics import bounded_scores
from skbayes._partial_scores import Differences
from skbayes._protocol import FloatArray, FoldResult, Status, Trial

#: Complete and stopped trials used, at most, of each: the newest ones, which are most
#: like the current candidates. So a decision costs the same late in a long search.
MAX_OF_EACH = 200

#: Bound on the spread in interquartile ranges: a few very bad candidates must not make
#: all the others look the same.
MAX_RANGES = 3.0

#: Iterations for the variance of the population: it changes little after a few.
N_ITERATIONS = 8


_TINY = np.finfo(np.float64).tiny ** 0.25


@dataclass(frozen=True)
class Population:
    """Normal distribution of the mean scores of candidates over all folds."""

    mean: float
    variance: float


@dataclass(frozen=True)
class EarlierScores:
    """Fold scores of earlier candidates.

    Parameters
    ----------
    complete : array of shape (n_complete, n_splits)
        Scores of candidates with all folds.
    stopped : array of shape (n_stopped, n_splits)
        Scores of the other candidates, NaN where a fold was not run.
    rungs : array of shape (n_candidates, n_rungs)
        Scores of all on parts of the training samples, complete ones first, NaN where
        they were not run.
    """

    complete: FloatArray
    stopped: FloatArray
    rungs: FloatArray = field(default_factory=lambda: np.empty((0, 0)))

    @classmethod
    def among(
        cls, trials: Sequence[Trial], metric: str, rungs: range = range(0)
    ) -> EarlierScores:
        """Read the trials that did not fail; at least one is complete."""
        whole = [trial for trial in trials if trial.status is Status.COMPLETE]
        complete = [bounded_scores(trial.scores(metric)) for trial in whole]
        partial = [trial for trial in trials if trial.status is Status.STOPPED]
        stopped = [bounded_scores(trial.scores(metric)) for trial in partial]
        # One array for both, so that no stopped trial still gives a second axis.
        table = np.array(complete + stopped)
        on_parts = [rung_scores(t.rungs, metric, rungs) for t in (*whole, *partial)]
        n_complete = len(complete)
        return cls(table[:n_complete], table[n_complete:], np.array(on_parts))

    @cached_property
    def table(self) -> FloatArray:
        """Scores of complete and stopped candidates, shape (n_earlier, n_splits)."""
        return np.concatenate([self.complete, self.stopped])

    @cached_property
    def incumbent(self) -> FloatArray:
        """Scores of the best complete candidate, shape (n_splits,)."""
        best: FloatArray = self.complete[np.argmax(self.complete.mean(axis=1))]
        return best

    @cached_property
    def differences(self) -> Differences:
        """Differences of all candidates to the incumbent."""
        return Differences(self.table, self.incumbent)

    @cached_property
    def adjusted(self) -> FloatArray:
        """Mean scores less the difficulty of the folds, shape (n_earlier,)."""
        residuals = self.complete - self.complete.mean(axis=1, keepdims=True)
        # Medians, because bad candidates find other folds hard than good ones do.
        effects = np.median(residuals, axis=0)
        is_run = ~np.isnan(self.table)
        centred = self.table - (effects - effects.mean())
        adjusted: FloatArray = np.mean(centred, axis=1, where=is_run)
        return adjusted

    @cached_property
    def spread(self) -> float:
        """Standard deviation of the adjusted scores, less what outliers add."""
        low, high = np.quantile(self.adjusted, [0.25, 0.75])
        return float(min(self.adjusted.std(), MAX_RANGES * (high - low)))

    @cached_property
    def population(self) -> Population:
        """Distribution of mean scores, from the better half of the candidates.

        That half and its mirror image are taken for a normal sample: bad candidates
        trail far behind in most searches, and the next one need not beat them. Scores
        over some of the folds scatter more than scores over all, by the variance that
        `differences` estimates. The maximum-likelihood variance of the latter is found
        by the fixed-point iteration of [1]_.

        References
        ----------
        .. [1] R. J. Hardy and S. G. Thompson (1996). A likelihood approach to
           meta-analysis with random effects. Statistics in Medicine 15, 619-629.
        """
        centre = float(np.median(self.adjusted))
        is_better = self.adjusted >= centre
        squares = np.square(self.adjusted[is_better] - centre)
        noise = self._noise[is_better]
        variance = float(squares.mean())
        for _ in range(N_ITERATIONS):
            # The fixed point of [1]: tau^2 = sum w^2 (d^2 - q) / sum w^2 with the
            # weights w = 1 / (tau^2 + q).
            weights = np.square(1.0 / np.maximum(variance + noise, _TINY))
            new = float(weights @ (squares - noise)) / float(weights.sum())
            variance = max(new, 0.0)
        return Population(centre, variance)

    @cached_property
    def _noise(self) -> FloatArray:
        """Variance of the adjusted scores for the folds that were not run.

        A difference of two candidates has the variance of both, so each has one half.
        """
        n_run = (~np.isnan(self.table)).sum(axis=1)
        leads = np.nanmean(self.table - self.incumbent, axis=1)
        own = 0.5 * self.differences.variances_at(leads)
        noise: FloatArray = own * (1.0 / n_run - 1.0 / self.table.shape[1])
        return noise


def rung_scores(results: Iterable[FoldResult], metric: str, rungs: range) -> FloatArray:
    """Scores on parts of the training samples, shape (n_rungs,), NaN where not run."""
    out = np.full(len(rungs), np.nan)
    for result in results:
        if result.fold in rungs and result.error is None:
            score = result.test_scores.get(metric, np.nan)
            out[result.fold - rungs.start] = score if np.isfinite(score) else np.nan
    return out


class EarlierScoresHistory:
    """Fold scores of the first n trials, for any n, without the failed ones.

    Decisions ask for the trials known when a candidate was opened, which is an
    earlier number than have ended by now; tables that only grow serve all of them.

    Parameters
    ----------
    n_splits : int
        Folds of a complete trial.
    rungs : range, default=range(0)
        Numbers of the fits on parts of the training samples.
    """

    def __init__(self, n_splits: int, rungs: range = range(0)) -> None:
        self._rungs = rungs
        self._complete = _GrowingTable(n_splits)
        # Scores of complete and of stopped trials on parts of the training samples.
        self._on_parts = _GrowingTable(len(rungs)), _GrowingTable(len(rungs))
        self._stopped = _GrowingTable(n_splits)
        self._best = 0
        # For the first 0, 1, 2, ... trials: n_complete, n_stopped, row of the best one.
        self._counts = [(0, 0, 0)]
        self._latest: tuple[int, EarlierScores] | None = None

    def among_first(
        self, n_trials: int, ended: Mapping[int, Trial], metric: str
    ) -> EarlierScores:
        """Scores of the first `n_trials`, all ended; the best one is among them."""
        if self._latest is None or self._latest[0] != n_trials:
            self._latest = n_trials, self._select(n_trials, ended, metric)
        return self._latest[1]

    def _select(
        self, n_trials: int, ended: Mapping[int, Trial], metric: str
    ) -> EarlierScores:
        # In the order of proposal, not of arrival, so that decisions are repeatable.
        while len(self._counts) <= n_trials:
            self._add(ended[len(self._counts) - 1], metric)
        n_complete, n_stopped, best = self._counts[max(0, n_trials)]
        oldest = max(0, n_complete - MAX_OF_EACH)
        complete, rungs = (
            np.concatenate(
                [
                    table.rows(best, best + (best < oldest)),
                    table.rows(oldest, n_complete),
                ]
            )
            for table in (self._complete, self._on_parts[0])
        )
        stopped, more_rungs = (
            table.rows(max(0, n_stopped - MAX_OF_EACH), n_stopped)
            for table in (self._stopped, self._on_parts[1])
        )
        return EarlierScores(complete, stopped, np.concatenate([rungs, more_rungs]))

    def _add(self, trial: Trial, metric: str) -> None:
        if trial.status is Status.COMPLETE:
            scores = bounded_scores(trial.scores(metric))
            row = len(self._complete)
            if row == 0 or scores.mean() > self._complete.mean(self._best):
                self._best = row
            self._complete.append(scores)
            self._on_parts[0].append(rung_scores(trial.rungs, metric, self._rungs))
        elif trial.status is Status.STOPPED and trial.folds:
            self._stopped.append(bounded_scores(trial.scores(metric)))
            self._on_parts[1].append(rung_scores(trial.rungs, metric, self._rungs))
        self._counts.append((len(self._complete), len(self._stopped), self._best))


class _GrowingTable:
    """An append-only table that doubles its memory when it is full."""

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
        # A view: rows are never changed after they were written.
        return self._table[start:stop]

    def mean(self, row: int) -> float:
        return float(self._table[row].mean())

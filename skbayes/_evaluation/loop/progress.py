"""Running totals of a search, and its best trial."""

from __future__ import annotations

import math
from array import array
from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from skbayes._protocol import FloatArray, FoldResult, Status, Trial
from skbayes._search_progress import SearchProgress


class Progress:
    """Counts folds and trials, and keeps the best trial."""

    def __init__(self, test_share: float | None = None) -> None:
        self._test_share = test_share
        self._n_folds = 0
        self._best: Trial | None = None
        self._best_score = -math.inf
        self._scores = array("d")
        #: By trial: index of its score, -1 before it has one; whether all folds were
        #: recorded.
        self._places = array("q")
        self._is_found = bytearray()
        self._n_found = 0
        self._saved: dict[int, int] = {}
        self._n_saved = 0

    def count_fold(self, result: FoldResult) -> None:
        """Count a fold that was run."""
        self._n_folds += 1

    def count_trial(self, trial: Trial) -> None:
        """Count a trial, and keep it if it is the best."""
        # A stopped trial that gets its missing folds later ends twice.
        n_saved = trial.n_splits - len(trial.folds)
        self._n_saved += n_saved - self._saved.pop(trial.index, 0)
        if n_saved:
            self._saved[trial.index] = n_saved
        mean = math.nan
        if trial.status is Status.COMPLETE:
            mean = float(trial.scores().mean())
            if mean > self._best_score:
                self._best, self._best_score = trial, mean
        n_new = trial.index + 1 - len(self._places)
        if n_new > 0:
            self._places.extend([-1] * n_new)
            self._is_found.extend(bytes(n_new))
        is_found = bool(trial.folds) and all(f.written is not None for f in trial.folds)
        self._n_found += is_found - self._is_found[trial.index]
        self._is_found[trial.index] = is_found
        self._note_score(trial.index, mean)

    def _note_score(self, index: int, mean: float) -> None:
        """Append a score, or replace it in a copy: callbacks hold the old list."""
        place = self._places[index]
        if place < 0:
            self._places[index] = len(self._scores)
            self._scores.append(mean)
        else:
            self._scores = self._scores[:]
            self._scores[place] = mean

    def after(
        self,
        trial: Trial,
        n_total: int | None,
        elapsed: float,
        budget_left: float | None = None,
    ) -> SearchProgress:
        """The progress of the search after a trial that has been counted."""
        best = self._best
        return SearchProgress(
            trial=trial,
            n_done=len(self._scores),
            n_total=n_total,
            n_folds_done=self._n_folds,
            n_folds_saved=self._n_saved,
            best_score=self._best_score if best else math.nan,
            best_params=best.params if best else None,
            elapsed=elapsed,
            scores=ScoresSoFar(self._scores),
            fold_scores=tuple(best.scores().tolist()) if best else (),
            score=self._scores[self._places[trial.index]],
            budget_left=budget_left,
            n_found=self._n_found,
            test_share=self._test_share,
        )


class ScoresSoFar(Sequence[float]):
    """The first entries of an array that only ever grows, without a copy of it.

    A callback that keeps every progress would otherwise keep a copy of all scores for
    every trial: 400 MB after ten thousand trials.

    Parameters
    ----------
    scores : sequence of float
        Its owner may append entries, and must not change any.
    """

    __slots__ = ("_n", "_scores")

    def __init__(self, scores: Sequence[float]) -> None:
        self._scores = scores
        self._n = len(scores)

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[float, ...]: ...
    def __getitem__(self, index: int | slice) -> float | tuple[float, ...]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._n)
            return tuple(self._scores[i] for i in range(start, stop, step))
        # Indexing a range resolves negative indices and raises IndexError.
        return self._scores[range(self._n)[index]]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        if copy is False:
            raise ValueError("An array of these scores is always a copy.")
        return np.array(self._scores[: self._n], dtype=dtype or np.float64)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | ScoresSoFar):
            return NotImplemented
        return self[:] == other[:]

    def __hash__(self) -> int:
        return hash(self[:])

    def __repr__(self) -> str:
        return repr(self[:])

    def __reduce__(self) -> tuple[Any, ...]:
        # Only the entries up to now: a copy in another process must not grow.
        return ScoresSoFar, (list(self[:]),)

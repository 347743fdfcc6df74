"""Candidates under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import overload

from skbayes._protocol import FoldResult, Params, Status, Trial


@dataclass
class OpenTrial:
    """A candidate under way."""

    index: int
    params: Params
    #: Folds that are not lined up yet; in a race most wait for it to let them go on.
    held: deque[int] = field(default_factory=deque)
    todo: deque[int] = field(default_factory=deque)
    n_running: int = 0
    results: dict[int, FoldResult] = field(default_factory=dict)
    #: What an earlier run finished, until it is this run's turn to have it.
    recorded: dict[int, FoldResult] = field(default_factory=dict)

    def close(self, n_splits: int, status: Status) -> Trial:
        """The record of it, with the folds that have ended."""
        folds = tuple(self.results[k] for k in sorted(self.results))
        return Trial(self.index, self.params, n_splits, folds, status)


class PendingTrials(Sequence[Trial]):
    """The trials under way, made when they are looked at.

    A strategy that only counts them, as grid search does, pays nothing for them.
    """

    def __init__(self, trials: Mapping[int, OpenTrial], n_splits: int) -> None:
        self._trials = trials
        self._n_splits = n_splits

    def __len__(self) -> int:
        return len(self._trials)

    @overload
    def __getitem__(self, index: int) -> Trial: ...

    @overload
    def __getitem__(self, index: slice) -> list[Trial]: ...

    def __getitem__(self, index: int | slice) -> Trial | list[Trial]:
        trials = [
            t.close(self._n_splits, Status.RUNNING) for t in self._trials.values()
        ]
        return trials[index]

"""A candidate whose folds are being run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from skbayes._evaluation.loop.open_path import OpenPath, without_path
from skbayes._evaluation.packed_folds import packed
from skbayes._evaluation.sharing.searched_path import Stretch
from skbayes._protocol import FoldResult, Params, Status, Trial


@dataclass(eq=False, slots=True)
class OpenTrial:
    """A candidate under way; in a search that goes on there may be many at once."""

    #: Its record when it was opened, without folds.
    proposed: Trial
    #: Folds that are not queued yet; racing releases them one at a time.
    held_back: list[int] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    n_running: int = 0
    results: dict[int, FoldResult] = field(default_factory=dict)
    _recorded: dict[int, FoldResult] = field(default_factory=dict)
    _found: Sequence[FoldResult] = ()
    #: What it would score on folds, where it was stopped before the first.
    expected: dict[int, float] = field(default_factory=dict)
    #: The path along which its best value is looked for, if there is one.
    path: OpenPath | None = None

    def keep(self, found: Mapping[int, FoldResult]) -> None:
        """Keep what an earlier run finished, in little memory until it is asked for."""
        self._found = packed(tuple(found.values()))

    @property
    def recorded(self) -> dict[int, FoldResult]:
        """What an earlier run finished, until it is this run's turn to have it."""
        self._recorded.update((fold.fold, fold) for fold in self._found)
        self._found = ()
        return self._recorded

    @property
    def is_found(self) -> bool:
        """Whether an earlier run finished all that is left of it."""
        found = {fold.fold for fold in self._found} | self._recorded.keys()
        is_plain = self.path is None
        return is_plain and found.issuperset(self.held_back) and not self.queued

    @property
    def index(self) -> int:
        """Its number."""
        return self.proposed.index

    @property
    def params(self) -> Params:
        """Its parameters."""
        return self.proposed.params

    def stretch(self, fold: int) -> Stretch | None:
        """Values of its path that are to be scored on a fold."""
        if self.path is None:
            return None
        return self.path.stretch(self.results.get(fold))

    def add(self, result: FoldResult) -> None:
        """Take in the result of a fold, which may lengthen an earlier one."""
        if self.path is not None:
            result = self.path.joined(self.results.get(result.fold), result)
        self.results[result.fold] = result

    def lengthen(self, metric: str | None) -> None:
        """Hold back the folds that have ended to be run further, unless that is idle.

        It is where the mean curve over them has turned.
        """
        if self.path is None or any(k in self.results for k in self.held_back):
            return
        if self.path.lengthen(list(self.results.values()), metric):
            self.held_back[:0] = sorted(self.results)

    def results_at_best(self, metric: str | None) -> dict[int, FoldResult]:
        """What has ended, at the value that is the best so far."""
        if self.path is None:
            return self.results
        return {fold.fold: fold for fold in self.pending(metric).folds}

    def pending(self, metric: str | None) -> Trial:
        """Its record with the folds that have ended."""
        # A search may ask for hundreds at each proposal, most without any fold yet.
        if not self.results:
            return self.proposed
        n_splits = self.proposed.n_splits
        trial = replace(
            self.proposed,
            folds=tuple(self.results[k] for k in sorted(self.results) if k < n_splits),
            rungs=tuple(self.results[k] for k in sorted(self.results) if k >= n_splits),
            expected=dict(self.expected) or None,
            metric=metric,
        )
        return trial if self.path is None else self.path.at_best(trial)

    def close(self, metric: str | None) -> Trial:
        """Its final record, with its status.

        It has failed if the deciding metric has no finite score on the test part of a
        fold. Errors of other metrics and of training scores do not count.
        """
        trial = self.pending(metric)
        is_whole = len(trial.folds) == trial.n_splits
        if trial.error is None and not is_whole:
            # It may be run further, along its path too.
            return replace(trial, status=Status.STOPPED, folds=packed(trial.folds))
        status = Status.COMPLETE if trial.error is None else Status.FAILED
        if self.path is not None:
            trial = without_path(trial)
        return replace(trial, status=status, folds=packed(tuple(trial.folds)))

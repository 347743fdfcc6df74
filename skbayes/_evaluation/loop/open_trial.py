"""A candidate whose folds are being run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from skbayes._evaluation.loop.open_path import OpenPath, without_path
from skbayes._evaluation.packed_folds import packed
from skbayes._evaluation.sharing.searched_path import PathSegment
from skbayes._protocol import FoldResult, Params, Status, Trial


@dataclass(eq=False, slots=True)
class OpenTrial:
    """A candidate under way. A resumed search may have many at once."""

    #: The trial as it was proposed, without folds.
    proposed: Trial
    #: Folds that are not queued yet; racing releases them one at a time.
    held_back: list[int] = field(default_factory=list)
    queued: list[int] = field(default_factory=list)
    n_running: int = 0
    results: dict[int, FoldResult] = field(default_factory=dict)
    _recorded: dict[int, FoldResult] = field(default_factory=dict)
    _found: Sequence[FoldResult] = ()
    #: Expected scores by fold, if the race stopped the candidate before its first fold.
    expected: dict[int, float] = field(default_factory=dict)
    #: The path on which its best value is searched, if any.
    path: OpenPath | None = None

    def keep(self, found: Mapping[int, FoldResult]) -> None:
        """Keep the folds of an earlier run, packed until they are needed."""
        self._found = packed(tuple(found.values()))

    @property
    def recorded(self) -> dict[int, FoldResult]:
        """Folds of an earlier run that this run has not taken over yet."""
        self._recorded.update((fold.fold, fold) for fold in self._found)
        self._found = ()
        return self._recorded

    @property
    def is_found(self) -> bool:
        """Whether an earlier run finished all remaining folds."""
        found = {fold.fold for fold in self._found} | self._recorded.keys()
        is_plain = self.path is None
        return is_plain and found.issuperset(self.held_back) and not self.queued

    @property
    def index(self) -> int:
        """Number of the candidate."""
        return self.proposed.index

    @property
    def params(self) -> Params:
        """Parameters of the candidate."""
        return self.proposed.params

    def segment(self, fold: int) -> PathSegment | None:
        """Values of the path that a fold still has to score."""
        if self.path is None:
            return None
        return self.path.segment(self.results.get(fold))

    def add(self, result: FoldResult) -> None:
        """Add the result of a fold; on a path it is joined with the earlier one."""
        if self.path is not None:
            result = self.path.joined(self.results.get(result.fold), result)
        self.results[result.fold] = result

    def lengthen(self, metric: str | None) -> None:
        """Hold back the finished folds, to continue them on their path.

        Does nothing once the mean curve over the folds has turned.
        """
        if self.path is None or any(k in self.results for k in self.held_back):
            return
        if self.path.lengthen(list(self.results.values()), metric):
            self.held_back[:0] = sorted(self.results)

    def results_at_best(self, metric: str | None) -> dict[int, FoldResult]:
        """Finished folds, at the best value of the path so far."""
        if self.path is None:
            return self.results
        return {fold.fold: fold for fold in self.pending(metric).folds}

    def pending(self, metric: str | None) -> Trial:
        """The trial with its finished folds."""
        # Each proposal asks for all open trials: hundreds, most without a fold yet.
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
        """The finished trial, with its status.

        It failed if the deciding metric has no finite score on the test part of a fold.
        Errors of other metrics and of training scores do not count.
        """
        trial = self.pending(metric)
        is_whole = len(trial.folds) == trial.n_splits
        if trial.error is None and not is_whole:
            # Kept with its path: the end of the race may continue the trial.
            return replace(trial, status=Status.STOPPED, folds=packed(trial.folds))
        status = Status.COMPLETE if trial.error is None else Status.FAILED
        if self.path is not None:
            trial = without_path(trial)
        return replace(trial, status=status, folds=packed(tuple(trial.folds)))

"""The path of an open candidate: its reach and its best value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from skbayes._evaluation.sharing.searched_path import (
    PathSegment,
    SearchedPath,
    best_size,
    has_turned,
    mean_curve,
    path_scores,
)
from skbayes._protocol import FoldResult, Trial


@dataclass(eq=False)
class OpenPath:
    """The reach of an open candidate on its path.

    Parameters
    ----------
    path : SearchedPath
        Parameter of the path and its values.
    reach : int
        Largest value that is evaluated so far.
    """

    path: SearchedPath
    reach: int

    @classmethod
    def begin(cls, path: SearchedPath, results: Iterable[FoldResult]) -> OpenPath:
        """Begin at the smallest reach of the results, else at the path's first one."""
        # The smallest of all folds: means need the same values in every fold.
        known = [max(result.path) for result in results if result.path]
        return cls(path, min(known, default=path.first_reach))

    def segment(self, earlier: FoldResult | None) -> PathSegment:
        """Values that a fold with an earlier result still needs."""
        known = () if earlier is None else tuple(earlier.path or ())
        return self.path.segment(known, self.reach)

    def joined(self, earlier: FoldResult | None, result: FoldResult) -> FoldResult:
        """Join a fold's result with its earlier results of smaller values."""
        if earlier is None or not earlier.path:
            return result
        return replace(result, path={**earlier.path, **(result.path or {})})

    def recorded(self, result: FoldResult) -> FoldResult | None:
        """Cut a recorded fold to the reach; None if it lacks a value."""
        wanted = self.path.segment((), self.reach).sizes
        found = {size: (result.path or {}).get(size) for size in wanted}
        curve = {size: one for size, one in found.items() if one is not None}
        if len(curve) < len(wanted):
            return None
        return replace(curve[wanted[-1]], path=curve)

    def lengthen(self, results: Sequence[FoldResult], metric: str | None) -> bool:
        """Extend the reach if the mean curve has not turned; return whether it did."""
        if not results or any(result.error for result in results):
            return False
        if has_turned(results, metric):
            return False
        rises = best_size(mean_curve(results, metric)) == self.reach
        reach = self.path.next_reach(self.reach, rises=rises)
        if reach is None:
            return False
        self.reach = reach
        return True

    def at_best(self, trial: Trial) -> Trial:
        """Make a candidate's record at its best value, with the times of all values.

        A candidate with a failed fold keeps the proposed value.
        """
        size = best_size(mean_curve(trial.folds, trial.metric))
        if size is None or trial.error is not None:
            return trial
        return replace(
            trial,
            params={**trial.params, self.path.parameter: size},
            proposed=trial.params,
            folds=tuple(_at(fold, size) for fold in trial.folds),
        )


def without_path(trial: Trial) -> Trial:
    """Keep of each value of the path the deciding score alone."""
    # The choice of the value can be repeated with it, and nobody asks for more.
    is_whole = trial.proposed is not None and len(trial.folds) == trial.n_splits
    return replace(
        trial,
        path_scores=path_scores(trial.folds, trial.metric) if is_whole else None,
        folds=tuple(replace(fold, path=None) for fold in trial.folds),
    )


def _at(fold: FoldResult, size: int) -> FoldResult:
    """Make a fold's result at one value of its path, with the times of all values."""
    path = fold.path or {}
    # A result counts as read from the journal only if all its values were.
    is_new = any(one.written is None for one in path.values())
    return replace(
        path[size],
        fit_time=sum(one.fit_time for one in path.values()),
        score_time=sum(one.score_time for one in path.values()),
        warnings=fold.warnings,
        written=None if is_new else path[size].written,
        path=path,
    )

"""The queue of folds to run, without those that an earlier run finished."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from skbayes._evaluation.loop.open_path import OpenPath
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.loop.protocols import FoldStore, PathOf, guarded, no_path
from skbayes._evaluation.loop.race_control import RaceControl
from skbayes._evaluation.loop.state import SearchState
from skbayes._protocol import FoldResult, Params, Trial


class FoldQueue:
    """Queues the folds of candidates, except those that an earlier run finished.

    Parameters
    ----------
    state : SearchState
        The state of the search, which learns the metric from recorded folds.
    store : FoldStore or None
        The folds that an earlier run finished.
    race : RaceControl or None
        Releases a candidate's next fold once it survives the race.
    path_of : callable
        Returns the path on which a candidate's best value is searched, if any.
    """

    def __init__(
        self,
        state: SearchState,
        store: FoldStore | None,
        race: RaceControl | None,
        path_of: PathOf = no_path,
    ) -> None:
        self._state = state
        self._store = store
        self._race = race
        self._path_of = path_of
        self._ready: deque[OpenTrial] = deque()

    def candidate(
        self, index: int, params: Params, results: Mapping[int, FoldResult]
    ) -> OpenTrial:
        """Make a candidate with these results; its other folds are in running order."""
        n_splits = self._state.n_splits
        path = self._path_of(params)
        folds = self._race.fold_order(index) if self._race else range(n_splits)
        return OpenTrial(
            Trial(index, params, n_splits),
            held_back=[k for k in folds if k not in results],
            results=dict(results),
            path=None if path is None else OpenPath.begin(path, results.values()),
        )

    def look_up(self, trial: OpenTrial) -> None:
        """Look up the folds of a candidate that an earlier run finished."""
        if self._store is None:
            return
        found: dict[int, FoldResult] = guarded(self._store.find, trial.params)
        trial.keep(found)
        # A race may have another order of folds today: the fatal one may come last.
        fatal = next((r for r in found.values() if r.is_fatal), None)
        if fatal is not None:
            self.give_up(trial, fatal)

    def when_ended(self, trial: OpenTrial) -> int:
        """When an earlier run finished the last fold of a candidate.

        Counts the folds that were taken over; before the first one, all recorded folds.
        """
        if self._store is None:
            return 0
        written = guarded(self._store.when_written, trial.params)
        folds = trial.results or trial.held_back
        return max((written[k] for k in folds if k in written), default=0)

    def extend(self, trial: OpenTrial) -> bool:
        """Queue the next folds, or take their recorded results; False if none is left.

        A race releases one fold at a time: it decides after each result, recorded ones
        included, so that a resumed search stops the candidates it stopped before.
        """
        # A resumed candidate may have queued folds: they run before others are queued.
        while not trial.queued:
            trial.lengthen(self._state.metric)
            if not self._release(trial):
                return False
        return True

    def _release(self, trial: OpenTrial) -> bool:
        """Queue folds that are held back, or take their results; False if none is.

        The race is not asked when a fold is continued on its path: the curve carries
        little information before it turns. So it is followed until then, over recorded
        results too, before the race releases the next fold.
        """
        n_before = len(trial.held_back)
        while trial.held_back:
            fold = trial.held_back[0]
            is_new = fold not in trial.results
            is_first = len(trial.held_back) == n_before
            if is_new and self._race and self._race.holds(trial, is_first=is_first):
                break
            trial.held_back.pop(0)
            result = self._recorded(trial, fold)
            if result is None:
                trial.queued.append(fold)
            else:
                trial.add(result)
                self._state.settle_metric(result)
        return len(trial.held_back) < n_before

    def _recorded(self, trial: OpenTrial, fold: int) -> FoldResult | None:
        """Result of a fold from an earlier run, as far as it is needed now."""
        if trial.path is None or fold not in trial.recorded:
            return trial.recorded.pop(fold, None)
        return trial.path.recorded(trial.recorded[fold])

    def make_ready(self, trial: OpenTrial) -> None:
        """Put a candidate at the end of the line of those with queued folds."""
        self._ready.append(trial)

    def next_ready(self, *, is_first_only: bool) -> OpenTrial | None:
        """The candidate whose fold runs next; None if there is none.

        With `is_first_only` only the first candidate of the search counts.
        """
        # After the deadline only the first candidate goes on: a search needs a result.
        if is_first_only:
            return next((trial for trial in self._ready if trial.index == 0), None)
        return self._ready[0] if self._ready else None

    def pop_fold(self, trial: OpenTrial) -> int:
        """Take out the next fold of a candidate that is ready."""
        fold = trial.queued.pop(0)
        trial.n_running += 1
        if not trial.queued:
            # A candidate is in `_ready` exactly while it has queued folds.
            self._ready.remove(trial)
        return fold

    def take_back(self, trial: OpenTrial, fold: int) -> None:
        """Queue a fold again that did not begin."""
        if not trial.queued:
            # In front: the fold was next before it was handed over.
            self._ready.appendleft(trial)
        trial.queued.insert(0, fold)

    def give_up(self, trial: OpenTrial, fatal: FoldResult) -> None:
        """Fail the remaining folds of a candidate with this fatal fold's error."""
        for fold in (*trial.queued, *trial.held_back):
            # A fatal error, such as a wrong parameter, fails in every fold: no fold is
            # run for it.
            failed = replace(fatal, fold=fold)
            trial.results[fold] = trial.recorded.pop(fold, failed)
        trial.queued.clear()
        trial.held_back.clear()
        if trial in self._ready:
            self._ready.remove(trial)

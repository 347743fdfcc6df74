"""Which folds of a candidate are to be run next, and which need not be."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from skbayes._evaluation.open_trial import OpenTrial
from skbayes._evaluation.partners import FoldStore, guarded
from skbayes._evaluation.running_race import RunningRace
from skbayes._evaluation.tally import Tally
from skbayes._protocol import FoldResult, Params


class LineUp:
    """Lines up the folds of candidates, less those that an earlier run finished.

    Parameters
    ----------
    tally : Tally
        Takes note of the metric.
    store : FoldStore or None
        Has the folds that an earlier run finished.
    race : RunningRace or None
        Holds folds back until it is clear that their candidate is to have them.
    n_splits : int
        Folds of a complete trial.
    """

    def __init__(
        self,
        tally: Tally,
        store: FoldStore | None,
        race: RunningRace | None,
        n_splits: int,
    ) -> None:
        self._tally = tally
        self._store = store
        self._race = race
        self._n_splits = n_splits

    def candidate(
        self, index: int, params: Params, results: Mapping[int, FoldResult]
    ) -> OpenTrial:
        """A candidate that has these results, and folds in the order they are run."""
        race = self._race
        folds = race.fold_order(index) if race else range(self._n_splits)
        held = deque(k for k in folds if k not in results)
        return OpenTrial(index, params, held=held, results=dict(results))

    def look_up(self, trial: OpenTrial) -> None:
        """Find what an earlier run finished of a candidate."""
        if self._store is not None:
            trial.recorded.update(guarded(self._store.find, trial.params))

    def when_ended(self, trial: OpenTrial) -> int:
        """When an earlier run finished the last fold that a candidate has."""
        if self._store is None:
            return 0
        written = guarded(self._store.when_written, trial.params)
        return max((written[k] for k in trial.results if k in written), default=0)

    def extend(self, trial: OpenTrial) -> bool:
        """Line up folds, or take in those that are recorded; False if none is left."""
        while trial.held and not (self._race and self._race.holds(trial)):
            fold = trial.held.popleft()
            if fold not in trial.recorded:
                trial.todo.append(fold)
                continue
            result = trial.recorded.pop(fold)
            trial.results[fold] = result
            self._tally.note_metric(result)
            if result.is_fatal:
                self.give_up(trial, result)
        return bool(trial.todo)

    def give_up(self, trial: OpenTrial, fatal: FoldResult) -> None:
        """Let the folds of a candidate that are left fail as this one did."""
        for fold in (*trial.todo, *trial.held):
            failed = replace(fatal, fold=fold)
            trial.results[fold] = trial.recorded.pop(fold, failed)
        trial.todo.clear()
        trial.held.clear()

"""What observers are told, when it has been recorded."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from skbayes._evaluation.executor import Task
from skbayes._evaluation.loop_settings import LoopSettings
from skbayes._evaluation.partners import Observer, guarded
from skbayes._evaluation.tally import Tally
from skbayes._protocol import FoldResult, SearchProgress, Strategy, Trial


class News:
    """Folds and trials that observers have not been told of yet.

    Observers may take long, raise or be interrupted. So records are made first, all
    of them, and told of afterwards.

    Parameters
    ----------
    observers : sequence of Observer
        Who is told.
    strategy : Strategy
        Knows how many candidates there are, and what the next one may gain.
    tally : Tally
        Knows where the search stands.
    settings : LoopSettings
        How long the search may take, and whether observers want to know what the next
        candidate is expected to gain.
    """

    def __init__(
        self,
        observers: Sequence[Observer],
        strategy: Strategy,
        tally: Tally,
        settings: LoopSettings,
    ) -> None:
        self._observers = observers
        self._strategy = strategy
        self._tally = tally
        self._estimates_improvement = settings.estimates_improvement
        self._time_budget = settings.time_budget
        self._began = time.monotonic()
        self._untold: deque[Callable[[], bool]] = deque()

    def add_fold(self, task: Task, result: FoldResult) -> None:
        """A fold was run."""
        if self._observers:
            self._untold.append(partial(self._tell_of_fold, task, result))

    def add_trial(self, trial: Trial) -> None:
        """A trial has ended; where the search stands is taken down now."""
        if self._observers:
            elapsed = time.monotonic() - self._began
            budget = self._time_budget
            progress = self._tally.progress(
                trial,
                self._strategy.n_candidates,
                elapsed,
                None if budget is None else max(budget - elapsed, 0.0),
            )
            self._untold.append(partial(self._tell_of_trial, progress))

    def tell(self) -> bool:
        """Tell all there is; whether an observer wants to end the search."""
        is_enough = False
        while self._untold:
            is_enough |= self._untold.popleft()()
        return is_enough

    def _tell_of_fold(self, task: Task, result: FoldResult) -> bool:
        for observer in self._observers:
            guarded(observer.on_fold, task.trial, task.params, result)
        return False

    def _tell_of_trial(self, progress: SearchProgress) -> bool:
        if self._estimates_improvement:
            gain = self._strategy.expected_improvement()
            progress = replace(progress, expected_improvement=gain)
        answers = [guarded(observer.on_trial, progress) for observer in self._observers]
        return any(answers)

"""Queue of observer notifications, sent after the records are written."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from skbayes._evaluation.execution.executor import Task
from skbayes._evaluation.loop.progress import Progress
from skbayes._evaluation.loop.protocols import Observer, guarded
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._protocol import FoldResult, Strategy, Trial
from skbayes._search_progress import SearchProgress


class Notifications:
    """Queues folds and trials that observers have not been notified of yet.

    Observers may take long, raise or be interrupted. So all records are made first, and
    observers are notified afterwards.

    Parameters
    ----------
    observers : sequence of Observer
        The observers.
    strategy : Strategy
        Source of the number of candidates and of the expected improvement.
    progress : Progress
        Running totals of the search.
    settings : LoopSettings
        The time budget, and whether observers need the expected improvement.
    """

    def __init__(
        self,
        observers: Sequence[Observer],
        strategy: Strategy,
        progress: Progress,
        settings: LoopSettings,
    ) -> None:
        self._observers = observers
        self._strategy = strategy
        self._progress = progress
        self._estimates_improvement = settings.estimates_improvement
        self._time_budget = settings.time_budget
        self._began = time.monotonic()
        self._unsent: deque[Callable[[], bool]] = deque()

    def add_fold(self, task: Task, result: FoldResult) -> None:
        """Queue the notification of a fold."""
        if self._observers:
            self._unsent.append(partial(self._notify_of_fold, task, result))

    def add_trial(self, trial: Trial) -> None:
        """Queue the notification of a trial, with the totals as they are now."""
        if self._observers:
            elapsed = time.monotonic() - self._began
            budget = self._time_budget
            progress = self._progress.after(
                trial,
                self._strategy.n_candidates,
                elapsed,
                None if budget is None else max(budget - elapsed, 0.0),
            )
            self._unsent.append(partial(self._notify_of_trial, progress))

    def send(self) -> bool:
        """Notify observers; return whether one of them ends the search."""
        is_enough = False
        while self._unsent:
            # Removed before it is sent: if an observer raises, it is not sent again.
            is_enough |= self._unsent.popleft()()
        return is_enough

    def _notify_of_fold(self, task: Task, result: FoldResult) -> bool:
        for observer in self._observers:
            guarded(observer.on_fold, task.trial, task.params, result)
        return False

    def _notify_of_trial(self, progress: SearchProgress) -> bool:
        if self._estimates_improvement:
            gain = self._strategy.expected_improvement()
            progress = replace(progress, expected_improvement=gain)
        # A list, not a generator in any(): all are notified, whatever the first
        # returns.
        answers = [guarded(observer.on_trial, progress) for observer in self._observers]
        return any(answers)

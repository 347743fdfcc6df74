"""Let one of several drivers of a search run each task."""

from __future__ import annotations

import time
from collections.abc import Sequence

from skbayes._evaluation.execution.executor import Executor, Outcome, Task
from skbayes._evaluation.execution.executor_wrapper import ExecutorWrapper
from skbayes._evaluation.loop.protocols import ClaimStore, guarded

#: Seconds between two polls of other drivers: the first pause, the longest, the growth.
_FIRST_PAUSE = 0.01
_LAST_PAUSE = 0.5
_GROWTH = 1.5


class ClaimingExecutor(ExecutorWrapper):
    """Claims each task before it submits it, and waits for the tasks of other drivers.

    A task that another driver has finished is returned as finished. A task that another
    driver runs is polled until its result is written. If that driver has died, this one
    runs the task.

    Parameters
    ----------
    executor : Executor
        Runs the tasks that are claimed.
    store : ClaimStore
        Knows which driver runs a task.
    """

    def __init__(self, executor: Executor, store: ClaimStore) -> None:
        super().__init__(executor)
        self._store = store
        self._elsewhere: list[Task] = []
        self._pause = _FIRST_PAUSE
        self._next_look = 0.0

    @property
    def n_elsewhere(self) -> int:
        """Tasks that other drivers of the search run."""
        return len(self._elsewhere)

    def submit(self, tasks: Sequence[Task]) -> None:
        """Submit the tasks of a batch that this driver could claim."""
        mine = [task for task in tasks if self._claims(task)]
        if mine:
            self._executor.submit(mine)

    def _claims(self, task: Task) -> bool:
        """Claim a task; if another driver has it, take its result or poll for it."""
        what = task.params, task.fold, task.segment
        if guarded(self._store.claim, task.trial, *what):
            return True
        result = guarded(self._store.result, *what)
        if result is not None:
            self.finished.append(Outcome(task, result))
        else:
            self._elsewhere.append(task)
        return False

    def wait(self, seconds: float | None = None) -> None:
        """Block until a task has ended, here or elsewhere, or for a short time."""
        if self.finished:
            return
        if not self._elsewhere:
            self._executor.wait(seconds)
            return
        pause = self._pause if seconds is None else min(seconds, self._pause)
        if self._executor.n_waiting:
            self._executor.wait(pause)
        else:
            time.sleep(pause)
        self._look()

    def _look(self) -> None:
        """Poll the other drivers; the pause grows while none finishes a task."""
        now = time.monotonic()
        if now < self._next_look:
            return
        watched, self._elsewhere = self._elsewhere, []
        for task in watched:
            self.submit([task])
        is_news = len(self._elsewhere) < len(watched)
        self._pause = (
            _FIRST_PAUSE if is_news else min(_GROWTH * self._pause, _LAST_PAUSE)
        )
        self._next_look = now + self._pause

    def release_held(self) -> None:
        """Return held tasks, and those of other drivers, as not begun."""
        self._executor.release_held()
        self.finished.extend(Outcome(task, None) for task in self._elsewhere)
        self._elsewhere.clear()

    def abort(self) -> None:
        """Give up the running tasks, and keep the finished ones."""
        self._elsewhere.clear()
        self._executor.abort()


def claiming(executor: Executor, store: ClaimStore | None) -> Executor:
    """Make an executor that claims its tasks, if the search has a store for claims."""
    return executor if store is None else ClaimingExecutor(executor, store)

"""Tasks of a search that several drivers work at: each is run by one of them."""

from __future__ import annotations

import time
from collections.abc import Sequence

from skbayes._evaluation.execution.executor import Executor, Outcome, Task
from skbayes._evaluation.execution.executor_within import ExecutorWithin
from skbayes._evaluation.loop.protocols import ClaimStore, guarded

#: Seconds between two looks at what other drivers run, at first and at most.
_FIRST_PAUSE = 0.01
_LAST_PAUSE = 0.5
_GROWTH = 1.5


class ClaimingExecutor(ExecutorWithin):
    """Claims each task before it is handed over; those of others it waits for.

    What another driver has finished comes out as finished. What one runs is looked at
    now and then: its result comes out when it is there, and if the driver has died
    meanwhile, the task is run here.

    Parameters
    ----------
    executor : Executor
        Runs the tasks that are claimed.
    store : ClaimStore
        Knows who runs what.
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
        """Hand over those of a batch that are claimed."""
        mine = [task for task in tasks if self._claims(task)]
        if mine:
            self._executor.submit(mine)

    def _claims(self, task: Task) -> bool:
        """Whether a task is to be run here; if not, it has ended or runs elsewhere."""
        what = task.params, task.fold, task.stretch
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
        """Look at what others run, less often the longer nothing has happened."""
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
        """Give back what is held, and what others run, as not begun."""
        self._executor.release_held()
        self.finished.extend(Outcome(task, None) for task in self._elsewhere)
        self._elsewhere.clear()

    def abort(self) -> None:
        """Give up what is running, but nothing that has ended."""
        self._elsewhere.clear()
        self._executor.abort()


def claiming(executor: Executor, store: ClaimStore | None) -> Executor:
    """An executor that claims what it runs, if there is where to."""
    return executor if store is None else ClaimingExecutor(executor, store)

"""Run tasks in the order that shares most of their work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Sequence
from itertools import takewhile
from typing import Any

from skbayes._evaluation.execution.executor import Executor, Outcome, Task
from skbayes._evaluation.execution.executor_wrapper import ExecutorWrapper
from skbayes._evaluation.sharing.plan import SharingPlan

#: Tasks held at once. More tasks to choose from give a better order; a task takes
#: about a kilobyte.
WINDOW = 10_000


class OrderedExecutor(ExecutorWrapper):
    """Holds tasks and hands them to an executor in an order of its own.

    Candidates with the same head of a pipeline follow each other, so that workers still
    have its output. Candidates on one path (equal but for the size of an ensemble) go
    to one worker together, fold by fold and largest first: the worker fits once and
    takes the smaller ones from that fit.

    Parameters
    ----------
    executor : Executor
        Runs the tasks.
    plan : SharingPlan
        Returns the group of a candidate.
    max_batches : callable
        Returns how many batches to have handed over at once.
    may_batch : bool
        Whether the folds of one path may be handed over together.
    """

    def __init__(
        self,
        executor: Executor,
        plan: SharingPlan,
        max_batches: Callable[[], int],
        may_batch: bool,
    ) -> None:
        super().__init__(executor)
        self._plan = plan
        self._max_batches = max_batches
        self._may_batch = may_batch
        self._groups: dict[int, tuple[Hashable, Hashable, float]] = {}
        self._new: list[Task] = []
        self._queue: deque[Task] = deque()

    @property
    def batch_size(self) -> int:
        """One: this executor makes the batches itself."""
        return 1

    @property
    def n_waiting(self) -> int:
        """Tasks held, and batches handed over and not yet returned."""
        return len(self._new) + len(self._queue) + self._executor.n_waiting

    def submit(self, tasks: Sequence[Task]) -> None:
        self._new.extend(tasks)

    def wait(self, seconds: float | None = None) -> None:
        """Hand over the next tasks, and block until a task has ended."""
        # Hand over few batches at once: a task handed over cannot be reordered any
        # more.
        while self._executor.n_waiting < self._max_batches():
            self._sort_in()
            if not self._queue:
                break
            self._executor.submit(self._next_batch())
        self._executor.wait(seconds)

    def abort(self) -> None:
        """Give up running and held tasks; keep those that have ended."""
        self._new.clear()
        self._queue.clear()
        self._executor.abort()

    def release_held(self) -> None:
        """Put the tasks that are held into `finished`, without a result."""
        held = [*self._queue, *self._new]
        self._queue.clear()
        self._new.clear()
        self._executor.release_held()
        self.finished.extend(Outcome(task, None) for task in held)

    def _sort_in(self) -> None:
        """Sort the held tasks: heads and paths by their first task, largest first.

        Not for each new task: of a large grid ten thousand tasks are held.
        """
        if not self._new or len(self._new) < len(self._queue):
            return
        # Sort once per wait, not per submit: the loop submits tasks one by one.
        tasks = [*self._queue, *self._new]
        self._new.clear()
        first: dict[Hashable, int] = {}
        keys = [self._key(task, first) for task in tasks]
        order = sorted(range(len(tasks)), key=keys.__getitem__)
        self._queue = deque(tasks[i] for i in order)
        held = {task.trial for task in tasks}
        self._groups = {i: group for i, group in self._groups.items() if i in held}

    def _key(self, task: Task, first: dict[Hashable, int]) -> tuple[Any, ...]:
        head, path, size = self._group(task)
        # Groups are numbered by their first task, so that early candidates stay early.
        positions = (
            first.setdefault(("head", head), task.trial),
            first.setdefault(("path", path), task.trial),
        )
        if self._may_batch and self._plan.is_on_path(task.params):
            return (*positions, task.fold, size, task.trial)
        return (*positions, size, task.trial, task.fold)

    def _group(self, task: Task) -> tuple[Hashable, Hashable, float]:
        if task.trial not in self._groups:
            self._groups[task.trial] = self._plan.group(task.params)
        return self._groups[task.trial]

    def _next_batch(self) -> list[Task]:
        """The next task, with the same fold of the others on its path."""
        first = self._queue.popleft()
        # A batch reports when its last task ends, so that only folds of one path are
        # worth it.
        if not self._may_batch or not self._plan.is_on_path(first.params):
            return [first]
        path = self._group(first)[1]
        others = list(
            takewhile(
                lambda task: task.fold == first.fold and self._group(task)[1] == path,
                self._queue,
            )
        )
        for _ in others:
            self._queue.popleft()
        return [first, *others]

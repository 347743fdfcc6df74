"""Executors run folds: their protocol, and one that runs them in this process."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol, Self

from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._evaluation.fold.fit_problems import Kind, run_fold_recording_warnings
from skbayes._evaluation.sharing.searched_path import PathSegment
from skbayes._interrupts import interrupts_held
from skbayes._protocol import FoldResult, Params


@dataclass(frozen=True, slots=True)
class Task:
    """One fold of one trial, run unless its deadline passes before it begins.

    The deadline is a time of this machine's monotonic clock. A segment has the values
    of a path that are to be scored.
    """

    trial: int
    fold: int
    params: Params
    context: Any = None
    deadline: float | None = None
    segment: PathSegment | None = None

    def arguments(self, evaluation: Evaluation) -> tuple[Any, ...]:
        """Arguments of `run_segment` in this process."""
        own = evaluation.arguments(self.params, self.fold, self.context)
        return (*own, self.segment)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task and its result; None if its deadline passed before it began."""

    task: Task
    result: FoldResult | None


class Executor(Protocol):
    """Runs tasks. The loop needs no more, so tests can simulate workers with it."""

    @property
    def finished(self) -> deque[Outcome]:
        """Tasks that have ended, oldest first.

        They stay here until the loop takes them, so that an interrupt loses none.
        """

    @property
    def n_workers(self) -> int:
        """Tasks that can run at once now; it changes with the size of a cluster."""

    @property
    def is_far(self) -> bool:
        """Whether sending a task to a worker takes long, as on another machine."""

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet returned."""

    @property
    def n_elsewhere(self) -> int:
        """Tasks that other drivers of the search run, whose results are waited for."""

    @property
    def batch_size(self) -> int:
        """Number of tasks worth handing over together."""

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""

    def wait(self, seconds: float | None = None) -> None:
        """Block until a task has ended, if there are any, or for some seconds.

        Where tasks are run in this process, one is run to its end.
        """

    def release_held(self) -> None:
        """Put tasks that have not begun into `finished`, without a result."""

    def abort(self) -> None:
        """Give up running tasks; keep those that have ended."""


def has_tasks(executor: Executor) -> bool:
    """Whether some tasks have not been taken in, or another driver runs some."""
    return bool(executor.n_waiting or executor.n_elsewhere or executor.finished)


def abort_and_receive(executor: Executor, receive: Callable[[Outcome], object]) -> None:
    """Abort the running tasks, and pass on those that have finished.

    Neither a second Ctrl-C nor an error of the workers may lose these.
    """
    with suppress(Exception, KeyboardInterrupt, SystemExit):
        executor.abort()
    with suppress(KeyboardInterrupt, SystemExit), interrupts_held():
        while executor.finished:
            receive(executor.finished.popleft())


class SerialExecutor:
    """Runs each task in this process and thread, when the loop waits for it.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds and settings.
    is_new : callable or None
        Returns whether a warning of a fit is shown at once.
    """

    # Class attributes that never change here; other executors compute them.
    n_workers = 1
    n_elsewhere = 0
    batch_size = 1
    is_far = False

    def __init__(
        self, evaluation: Evaluation, is_new: Callable[[Kind], bool] | None = None
    ) -> None:
        self._evaluation = evaluation
        self._is_new = is_new
        self._tasks: deque[Task] = deque()
        self.finished: deque[Outcome] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet returned."""
        return len(self._tasks)

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""
        # Keep the order: a seed must give the same search.
        self._tasks.extend(tasks)

    def wait(self, seconds: float | None = None) -> None:
        """Run the next task, however long it takes."""
        if not self._tasks:
            return
        # Run here and not in `submit`: the loop can then still be interrupted between
        # tasks, and hands over one at a time.
        task = self._tasks.popleft()
        arguments = task.arguments(self._evaluation)
        result = run_fold_recording_warnings(*arguments, is_new=self._is_new)
        self.finished.append(Outcome(task, result))

    def release_held(self) -> None:
        """Do nothing: a task that was handed over runs next."""

    def abort(self) -> None:
        """Drop the tasks that have not begun."""
        self._tasks.clear()

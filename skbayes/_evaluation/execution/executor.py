"""What runs folds: the words for it, and the one that runs them in this process."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

from skbayes._evaluation.fit_warnings import run_fold_noting_warnings
from skbayes._evaluation.fold import Evaluation
from skbayes._protocol import FoldResult, Params


@dataclass(frozen=True, slots=True)
class Task:
    """One fold of one trial, to be run unless it waits beyond its deadline.

    The deadline is a time of this machine's monotonic clock.
    """

    trial: int
    fold: int
    params: Params
    context: Any = None
    deadline: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task and what it gave; None if its deadline passed before it was begun."""

    task: Task
    result: FoldResult | None


class Executor(Protocol):
    """Runs tasks; the loop needs no more than this, nor does a simulation of it."""

    #: Tasks that have ended, oldest first. They stay here until they are taken, so
    #: that an interrupt does not lose any.
    finished: deque[Outcome]

    @property
    def n_workers(self) -> int:
        """Tasks that can run at once."""

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet back."""

    @property
    def batch_size(self) -> int:
        """Tasks worth handing over together."""

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""

    def wait(self) -> None:
        """Block until a task has ended, if there are any."""

    def abort(self) -> None:
        """Give up what is running, but nothing that has ended."""


class SerialExecutor:
    """Runs each task when it is waited for, in this process and thread.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds and settings.
    """

    n_workers = 1
    batch_size = 1

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._tasks: deque[Task] = deque()
        self.finished: deque[Outcome] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet back."""
        return len(self._tasks)

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""
        self._tasks.extend(tasks)

    def wait(self) -> None:
        """Run the next task."""
        if not self._tasks:
            return
        task = self._tasks.popleft()
        arguments = self._evaluation.arguments(task.params, task.fold, task.context)
        self.finished.append(Outcome(task, run_fold_noting_warnings(*arguments)))

    def abort(self) -> None:
        """Forget what has not begun."""
        self._tasks.clear()

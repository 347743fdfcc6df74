"""The base class of executors that hand their tasks to another executor."""

from __future__ import annotations

from collections import deque

from skbayes._evaluation.execution.executor import Executor, Outcome


class ExecutorWrapper:
    """Passes all questions on to the executor that runs the tasks.

    Parameters
    ----------
    executor : Executor
        Runs the tasks.
    """

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    @property
    def finished(self) -> deque[Outcome]:
        """Tasks that have ended, oldest first."""
        return self._executor.finished

    @property
    def n_workers(self) -> int:
        """Tasks that can run at once."""
        return self._executor.n_workers

    @property
    def is_far(self) -> bool:
        """Whether sending a task to a worker takes long, as on another machine."""
        return self._executor.is_far

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet returned."""
        return self._executor.n_waiting

    @property
    def n_elsewhere(self) -> int:
        """Tasks that other drivers of the search run."""
        return self._executor.n_elsewhere

    @property
    def batch_size(self) -> int:
        """Tasks worth handing over together."""
        return self._executor.batch_size

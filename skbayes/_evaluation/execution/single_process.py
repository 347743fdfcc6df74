"""Run folds in one worker process, so that fits can be stopped by force.

Only `fit_timeout` asks for another process. So a fold that cannot be pickled, or cannot
be loaded there, is run here, where a fit can be stopped only between instructions.
"""

from __future__ import annotations

import pickle
from collections import deque
from collections.abc import Sequence

from skbayes._evaluation.execution.executor import Outcome, Task
from skbayes._evaluation.execution.pool_executor import PoolExecutor
from skbayes._evaluation.execution.remote_fold import Answer
from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._evaluation.fold.fit_problems import run_fold_recording_warnings
from skbayes._joblib.pool import Pool
from skbayes._protocol import FoldResult


class SingleProcessExecutor(PoolExecutor):
    """Runs tasks in one worker process, or in this one if they cannot be sent there.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds and settings.
    pool : Pool
        The one worker, not yet entered.
    """

    def __init__(self, evaluation: Evaluation, pool: Pool) -> None:
        super().__init__(evaluation, pool)
        self._to_run_here: deque[Task] = deque()

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet returned."""
        return super().n_waiting + len(self._to_run_here)

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""
        try:
            super().submit(tasks)
        except pickle.PicklingError:
            self._to_run_here.extend(tasks)

    def wait(self, seconds: float | None = None) -> None:
        """Block until a task has ended, if there are any, or for some seconds."""
        super().wait(seconds)
        if self._to_run_here and not self.finished:
            task = self._to_run_here.popleft()
            self.finished.append(Outcome(task, self._run_here(task)))

    def abort(self) -> None:
        """Kill the worker, and with it the running task."""
        self._to_run_here.clear()
        super().abort()

    def _opened(self, task: Task, answer: Answer) -> FoldResult | None:
        if answer.not_loaded is not None or answer.is_fold_only:
            return self._run_here(task)
        return super()._opened(task, answer)

    def _run_here(self, task: Task) -> FoldResult:
        return run_fold_recording_warnings(*task.arguments(self._evaluation))

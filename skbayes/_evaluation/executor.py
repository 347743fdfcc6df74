"""Where folds run: in this process, or on the workers of joblib's active backend.

Tasks go in one batch at a time and come out in whatever order they end; several
short folds share a batch, so that handing them over costs less than running them.
"""

from __future__ import annotations

import os
import queue
import tempfile
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from joblib import effective_n_jobs

from skbayes._compat import BrokenProcessPool, JoblibPool, with_configuration
from skbayes._evaluation.fold import Evaluation, run_fold
from skbayes._evaluation.worker_warnings import run_fold_noting_warnings
from skbayes._protocol import FoldResult, Params

#: Seconds of work that are worth handing over: a round trip to a worker process
#: costs about a millisecond, and a longer batch would only make the ends ragged.
BATCH_SECONDS = 0.1

#: Weight of the newest fold in the running mean of the seconds a fold takes.
_SMOOTHING = 0.2


@dataclass(frozen=True, slots=True)
class Task:
    """One fold of one trial, to be run."""

    trial: int
    fold: int
    params: Params
    context: Any = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task and what it gave."""

    task: Task
    result: FoldResult


class Executor(Protocol):
    """Runs tasks; the loop needs no more than this, nor does a simulation of it."""

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

    def wait(self, timeout: float | None = None) -> list[Outcome]:
        """Tasks that have ended; blocks until there is one, or `timeout` seconds."""

    def abort(self) -> None:
        """Give up what is running."""


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

    def wait(self, timeout: float | None = None) -> list[Outcome]:
        """Run the next task."""
        if not self._tasks:
            return []
        task = self._tasks.popleft()
        arguments = self._evaluation.arguments(task.params, task.fold, task.context)
        return [Outcome(task, run_fold(*arguments))]

    def abort(self) -> None:
        """Forget what has not begun."""
        self._tasks.clear()


class PoolExecutor:
    """Runs tasks on the workers of joblib's active backend.

    A worker that dies takes the tasks in flight with it. They are run again one at
    a time, so that the one that kills its worker is found; it is reported as failed,
    and is not run a third time.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds and settings.
    n_jobs : int or None
        As in joblib.
    """

    def __init__(self, evaluation: Evaluation, n_jobs: int | None) -> None:
        self._evaluation = evaluation
        # Workers are to have this thread's configuration of scikit-learn.
        self._run_fold = with_configuration(
            partial(run_fold_noting_warnings, os.getpid())
        )
        needs_process = evaluation.settings.fit_timeout is not None
        self._pool = JoblibPool(n_jobs, needs_process=needs_process)
        self._done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._in_flight: dict[int, tuple[Task, ...]] = {}
        self._reports: Path | None = None
        self._n_submitted = 0
        self._seconds: float | None = None
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._pool)
        is_limited = self._evaluation.settings.fit_timeout is not None
        if is_limited and self._pool.can_lose_workers:
            folder = tempfile.TemporaryDirectory(prefix="skbayes-")
            self._reports = Path(self._stack.enter_context(folder))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._in_flight:
            self._pool.abort()
        self._stack.close()

    @property
    def n_workers(self) -> int:
        """Tasks that can run at once."""
        return self._pool.n_workers

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet back."""
        return len(self._in_flight)

    @property
    def batch_size(self) -> int:
        """Tasks worth handing over together, from how long they have taken so far."""
        if self._seconds is None or self._evaluation.settings.fit_timeout is not None:
            return 1
        return max(1, int(BATCH_SECONDS / max(self._seconds, 1e-6)))

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""
        number = self._n_submitted
        self._n_submitted += 1
        self._in_flight[number] = tuple(tasks)
        done = self._done
        self._pool.submit(
            [(self._run_fold, self._arguments(task), {}) for task in tasks],
            lambda outcome: done.put((number, outcome)),
        )

    def wait(self, timeout: float | None = None) -> list[Outcome]:
        """Tasks that have ended; blocks until there is one, or `timeout` seconds."""
        outcomes: list[Outcome] = []
        self._pool.run_held()
        while self._in_flight:
            try:
                number, outcome = self._done.get(not outcomes, timeout)
            except queue.Empty:
                break
            tasks = self._in_flight.get(number, ())
            try:
                outcomes += self._note(tasks, self._pool.result(outcome))
            except BrokenProcessPool:
                return outcomes + self._recover()
            del self._in_flight[number]
        return outcomes

    def abort(self) -> None:
        """Kill the workers, and with them what is running."""
        if self._in_flight:
            self._forget()
            self._pool.abort()

    def _arguments(self, task: Task) -> tuple[Any, ...]:
        report = self._report(task)
        return self._evaluation.arguments(
            task.params, task.fold, task.context, str(report) if report else None
        )

    def _report(self, task: Task) -> Path | None:
        """File that tells where a task hung, if its process had to be ended."""
        return self._reports and self._reports / f"{task.trial}-{task.fold}"

    def _note(
        self, tasks: Sequence[Task], results: Sequence[FoldResult]
    ) -> list[Outcome]:
        """Pair tasks with results, and learn how long a fold takes."""
        for result in results:
            seconds = result.fit_time + result.score_time
            old = seconds if self._seconds is None else self._seconds
            self._seconds = old + _SMOOTHING * (seconds - old)
        return [Outcome(t, r) for t, r in zip(tasks, results, strict=True)]

    def _recover(self) -> list[Outcome]:
        """Start new workers and run what was in flight again.

        If it is not known which task ended its worker, one task at a time.
        """
        lost = [task for batch in self._in_flight.values() for task in batch]
        self._forget()
        self._pool.restart()
        results = [(task, self._overdue(task)) for task in lost]
        overdue = [Outcome(task, result) for task, result in results if result]
        lost = [task for task, result in results if not result]
        if not overdue:
            return self._run_one_by_one(lost)
        for task in lost:
            self.submit([task])
        return overdue

    def _run_one_by_one(self, lost: Sequence[Task]) -> list[Outcome]:
        """Find out which tasks end their worker, and run the others."""
        outcomes: list[Outcome] = []
        guilty: dict[int, FoldResult] = {}
        for task in sorted(lost, key=lambda task: (task.trial, task.fold)):
            if task.trial in guilty:
                result = replace(guilty[task.trial], fold=task.fold)
            else:
                result = self._run_alone(task)
            if result.is_fatal:
                guilty[task.trial] = result
            outcomes.append(Outcome(task, result))
        return outcomes

    def _overdue(self, task: Task) -> FoldResult | None:
        """The record of a task whose worker was ended because it took too long."""
        report = self._report(task)
        if report is None or not report.exists() or not report.stat().st_size:
            return None
        limit = self._evaluation.settings.fit_timeout
        error = (
            f"{report.read_text(errors='replace')}"
            f"FitTimeout: The fit did not stop after fit_timeout={limit:g} seconds."
        )
        report.unlink()
        return failed_fold(task.fold, error, self._evaluation)

    def _forget(self) -> None:
        """Expect nothing more of what is in flight."""
        self._in_flight.clear()
        self._done = queue.SimpleQueue()

    def _run_alone(self, task: Task) -> FoldResult:
        """Run a task with nothing beside it: if the worker dies now, it did it."""
        done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._pool.submit([(self._run_fold, self._arguments(task), {})], done.put)
        try:
            result: FoldResult = self._pool.result(done.get())[0]
        except BrokenProcessPool as error:
            self._pool.restart()
            # The last line is what `cv_results_` shows.
            died = f"{error}\nThe worker died: it was killed, ended itself or crashed."
            return self._overdue(task) or failed_fold(task.fold, died, self._evaluation)
        return result


def failed_fold(fold: int, error: str, evaluation: Evaluation) -> FoldResult:
    """The record of a fold that left none of its own: it took its worker with it."""
    score = evaluation.settings.error_score
    if score == "raise":
        raise RuntimeError(error)
    return FoldResult(
        fold=fold,
        test_scores=dict.fromkeys(evaluation.metric_names, score),
        train_scores=dict.fromkeys(evaluation.metric_names, score)
        if evaluation.settings.return_train_score
        else None,
        error=error,
        is_fatal=True,
    )


def open_executor(
    evaluation: Evaluation, n_jobs: int | None
) -> SerialExecutor | PoolExecutor:
    """The executor for `n_jobs` on the active backend.

    A single worker needs no pool, unless a fit may have to be stopped by force.
    """
    is_limited = evaluation.settings.fit_timeout is not None
    if effective_n_jobs(n_jobs) == 1 and not is_limited:
        return SerialExecutor(evaluation)
    return PoolExecutor(evaluation, n_jobs)

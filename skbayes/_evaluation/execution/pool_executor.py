"""Run folds on the workers of joblib's active backend.

Tasks are handed over one batch at a time and return in the order in which they end.
Several short folds share a batch, so that the transfer costs less than the fits.
"""

from __future__ import annotations

import math
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from skbayes._evaluation.execution.executor import Outcome, Task
from skbayes._evaluation.execution.failed_fold import failed_fold
from skbayes._evaluation.execution.fold_calls import FoldCalls
from skbayes._evaluation.execution.inbox import Inbox
from skbayes._evaluation.execution.oversubscription import OversubscriptionCheck
from skbayes._evaluation.execution.remote_fold import (
    Answer,
    TaskPart,
    error_of,
    read_result,
)
from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._interrupts import interrupts_held
from skbayes._joblib.pool import Pool, TaskNotLoaded, WorkerLost
from skbayes._protocol import FoldResult
from skbayes.exceptions import FitTimeout

#: Seconds of work that are worth handing over. A round trip to a worker process costs
#: about a millisecond; longer batches would let workers idle at the end.
BATCH_SECONDS = 0.1

#: Weight of the newest fold in the running mean of the seconds a fold takes.
_SMOOTHING = 0.2

#: Seconds between two checks that the workers are alive, while nothing is returned.
_CHECK_SECONDS = 0.5


class PoolExecutor:
    """Runs tasks on the workers of a pool.

    A worker that dies loses the tasks in flight. They are run again one at a time,
    which identifies the task that kills its worker. That task is reported as failed and
    is not run a third time.

    Parameters
    ----------
    evaluation : Evaluation
        Data, folds and settings.
    pool : Pool
        The workers, not yet entered.
    may_batch : bool, default=True
        Whether short folds may be handed over together. They return together too: if
        the worker dies, the folds it had finished are lost, a tenth of a second of
        work.
    """

    def __init__(
        self, evaluation: Evaluation, pool: Pool, *, may_batch: bool = True
    ) -> None:
        self._evaluation = evaluation
        self._is_limited = evaluation.settings.fit_timeout is not None
        self._pool = pool
        self._calls = FoldCalls(evaluation, pool)
        self._oversubscription = OversubscriptionCheck(evaluation.settings.estimator)
        self.finished: deque[Outcome] = deque()
        self._inbox = Inbox()
        self._in_flight: dict[int, tuple[Task, ...]] = {}
        self._lost: list[Task] = []
        self._reports: Path | None = None
        self._n_submitted = 0
        self._seconds: float | None = None
        # A process that is ended for one fold must not end others with it.
        self._may_batch = may_batch and not self._is_limited
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self._pool)
        if self._is_limited and self._pool.can_lose_workers:
            folder = tempfile.TemporaryDirectory(prefix="skbayes-")
            self._reports = Path(self._stack.enter_context(folder))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Only after an exception: a search that ends normally has nothing in flight.
        if self._in_flight:
            self._pool.abort()
        self._stack.close()

    @property
    def n_workers(self) -> int:
        """Tasks that can run at once."""
        return self._pool.n_workers

    @property
    def is_far(self) -> bool:
        """Whether sending a task to a worker takes long, as on another machine."""
        return self._pool.is_far

    #: Nobody else's tasks are known here.
    n_elsewhere = 0

    @property
    def n_waiting(self) -> int:
        """Batches handed over and not yet returned."""
        return len(self._in_flight)

    @property
    def batch_size(self) -> int:
        """Number of tasks worth handing over together, from their times so far."""
        # Handing a fold to a thread costs nothing that a batch would save.
        if self._seconds is None or not self._may_batch or self._pool.shares_memory:
            return 1
        return max(1, int(BATCH_SECONDS / max(self._seconds, 1e-6)))

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""
        if self._pool.is_on_this_machine:
            for task in tasks:
                self._oversubscription.look_at(task.params, self.n_workers)
        calls = [self._calls.call(task, self._report(task)) for task in tasks]
        number = self._n_submitted
        self._n_submitted += 1
        # Noted before it is submitted: a thread may return the batch at once.
        self._in_flight[number] = tuple(tasks)
        self._pool.submit(calls, partial(self._inbox.put, number))

    def wait(self, seconds: float | None = None) -> None:
        """Block until a task has ended, if there are any, or for some seconds."""
        self._pool.run_held()
        deadline = math.inf if seconds is None else time.monotonic() + seconds
        while self._in_flight and not self.finished and time.monotonic() < deadline:
            self._advance(deadline)
        if self._lost:
            # Lost tasks are run with nothing beside them, so that the culprit is known.
            while self._in_flight:
                self._advance()
            self._recover()

    def release_held(self) -> None:
        """Do nothing: tasks handed over are with the workers."""

    def abort(self) -> None:
        """Kill the workers, and with them the running tasks."""
        self._lost.clear()
        if not self._in_flight:
            return
        try:
            self._pool.abort()
        finally:
            with interrupts_held():
                self._open_inbox()
                self._forget_in_flight()

    def _advance(self, deadline: float = math.inf) -> None:
        """Wait for a batch, collect its results, and set the lost tasks aside."""
        error = self._wait_and_collect(deadline)
        if isinstance(error, WorkerLost):
            if not self._pool.loses_single_tasks:
                with interrupts_held():
                    self._lost += self._forget_in_flight()
        elif error is not None:
            raise error

    def _wait_and_collect(self, deadline: float = math.inf) -> BaseException | None:
        """Wait for a batch and collect its results; return the first error, if any."""
        is_broken = self._pool.look()
        while not is_broken and not self._inbox.wait(_check_seconds(deadline)):
            if time.monotonic() >= deadline:
                return None
            is_broken = self._pool.look()
        with interrupts_held():
            error = self._open_inbox()
        # Collected first: a batch may have been returned before its worker died.
        if error is None and is_broken and self._in_flight:
            error = WorkerLost("A process of the pool has ended.")
        return error

    def _open_inbox(self) -> BaseException | None:
        """Collect the returned batches; the first error among them, if any.

        Tasks lost with their own worker are set aside if other workers go on.
        """
        first: BaseException | None = None
        while batch := self._inbox.take():
            number, outcome = batch
            try:
                results = self._pool.result(outcome)
            except TaskNotLoaded as error:
                text = f"{error.__cause__}\n{error}"
                answer = Answer(traceback=text, not_loaded=TaskPart.ANYTHING)
                # Later batches are still collected: their results must not be lost.
                first = first or error_of(answer)
            except WorkerLost as error:
                first = first or error
                if self._pool.loses_single_tasks:
                    self._lost += self._in_flight.pop(number)
            except BaseException as error:
                first = first or error
            else:
                first = first or self._note(self._in_flight.pop(number), results)
        return first

    def _report(self, task: Task) -> Path | None:
        """File with the traceback of a task whose process had to be ended."""
        return self._reports and self._reports / f"{task.trial}-{task.fold}"

    def _note(
        self, tasks: Sequence[Task], results: Sequence[Answer | FoldResult | None]
    ) -> BaseException | None:
        """Pair tasks with results; the first error that ends the search, if any."""
        first: BaseException | None = None
        for task, result in zip(tasks, results, strict=True):
            try:
                if isinstance(result, Answer):
                    result = self._opened(task, result)
            except BaseException as error:
                first = first or error
                continue
            self._learn_seconds(result)
            self.finished.append(Outcome(task, result))
        return first

    def _opened(self, task: Task, answer: Answer) -> FoldResult | None:
        """The result of a fold that another process ran.

        Raises
        ------
        BaseException
            The error that ended the fold, if it ends the search too.
        """
        if answer.traceback is None:
            try:
                return read_result(answer)
            except Exception as unreadable:
                return failed_fold(task.fold, unreadable, self._evaluation)
        error = error_of(answer)
        if answer.not_loaded is TaskPart.TASK or answer.is_fold_only:
            # The fault is this candidate's; others may be loaded.
            return failed_fold(
                task.fold, error, self._evaluation, details=answer.traceback
            )
        raise error

    def _learn_seconds(self, result: FoldResult | None) -> None:
        if result is not None:
            seconds = result.fit_time + result.score_time
            old = seconds if self._seconds is None else self._seconds
            self._seconds = old + _SMOOTHING * (seconds - old)

    def _forget_in_flight(self) -> list[Task]:
        """Give up the tasks in flight and return them."""
        lost = [task for batch in self._in_flight.values() for task in batch]
        self._in_flight.clear()
        # A new inbox: late callbacks of the old batches still hold the old one.
        self._inbox = Inbox()
        return lost

    def _recover(self) -> None:
        """Start new workers and run the lost tasks again.

        One at a time, unless a report names the task that ended its worker.
        """
        lost, self._lost = self._lost, []
        self._pool.restart()
        results = [(task, self._overdue(task)) for task in lost]
        overdue = [Outcome(task, result) for task, result in results if result]
        self.finished.extend(overdue)
        lost = [task for task, result in results if not result]
        if not overdue:
            self._run_one_by_one(lost)
        else:
            for task in lost:
                self.submit([task])

    def _run_one_by_one(self, lost: Sequence[Task]) -> None:
        """Run lost tasks alone, to find those that end their worker."""
        culprit: dict[int, FoldResult] = {}
        # Sorted, so that a repeated search finds the same culprit first.
        for task in sorted(lost, key=lambda task: (task.trial, task.fold)):
            if task.trial in culprit:
                result = replace(culprit[task.trial], fold=task.fold)
                self.finished.append(Outcome(task, result))
                continue
            self._run_alone(task)
            last = self.finished[-1].result
            if last is not None and last.is_fatal:
                culprit[task.trial] = last

    def _overdue(self, task: Task) -> FoldResult | None:
        """The record of a task whose worker was ended by its time limit; else None."""
        report = self._report(task)
        if report is None or not report.exists() or not report.stat().st_size:
            return None
        where = report.read_text(errors="replace")
        report.unlink()
        limit = self._evaluation.settings.fit_timeout
        error = FitTimeout(f"The fit did not stop after fit_timeout={limit:g} seconds.")
        return failed_fold(task.fold, error, self._evaluation, details=where)

    def _run_alone(self, task: Task) -> None:
        """Run a task with nothing beside it; if a worker dies, the task killed it."""
        self.submit([task])
        error = self._wait_and_collect()
        if isinstance(error, WorkerLost):
            with interrupts_held():
                self._forget_in_flight()
                self._lost.clear()
            self._pool.restart()
            # The last line is what `cv_results_` shows.
            died = f"{error}\nThe worker died: it was killed, ended itself or crashed."
            result = self._overdue(task) or failed_fold(
                task.fold, RuntimeError(died), self._evaluation
            )
            self.finished.append(Outcome(task, result))
        elif error is not None:
            raise error


def _check_seconds(deadline: float) -> float:
    """Seconds until the next check of the workers."""
    return max(0.0, min(_CHECK_SECONDS, deadline - time.monotonic()))

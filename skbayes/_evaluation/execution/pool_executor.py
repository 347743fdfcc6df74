"""Folds run by the workers of joblib's active backend.

Tasks go in one batch at a time and come out in whatever order they end; several
short folds share a batch, so that handing them over costs less than running them.
"""

from __future__ import annotations

import pickle
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from joblib import effective_n_jobs

from skbayes._backends import BrokenProcessPool, JoblibPool
from skbayes._compat import is_multimetric, with_configuration
from skbayes._evaluation.deadline import run_fold_in_time
from skbayes._evaluation.executor import Outcome, SerialExecutor, Task
from skbayes._evaluation.fold import Evaluation
from skbayes._evaluation.interrupts import interrupts_held
from skbayes._protocol import FoldResult
from skbayes.exceptions import FitTimeout

#: Seconds of work that are worth handing over: a round trip to a worker process
#: costs about a millisecond, and a longer batch would only make the ends ragged.
BATCH_SECONDS = 0.1

#: Weight of the newest fold in the running mean of the seconds a fold takes.
_SMOOTHING = 0.2


#: Seconds between two looks at whether the workers are alive, where nothing comes in.
_LOOK_SECONDS = 0.5


class _Inbox:
    """Batches that are back; waiting for one does not take it out."""

    def __init__(self) -> None:
        self._batches: deque[tuple[int, Any]] = deque()
        self._bell = threading.Event()

    def put(self, number: int, outcome: Any) -> None:
        self._batches.append((number, outcome))
        self._bell.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a batch: whether there is one."""
        if not self._batches:
            self._bell.wait(seconds)
        self._bell.clear()
        return bool(self._batches)

    def take(self) -> tuple[int, Any] | None:
        """The oldest batch, None if there is none."""
        return self._batches.popleft() if self._batches else None


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
    may_batch : bool, default=True
        Whether short folds may be handed over together. They come back together too,
        and what their worker had finished is lost with it: a tenth of a second.
    """

    def __init__(
        self, evaluation: Evaluation, n_jobs: int | None, *, may_batch: bool = True
    ) -> None:
        self._evaluation = evaluation
        # Workers are to have this thread's configuration of scikit-learn.
        self._run_fold = with_configuration(run_fold_in_time)
        self._is_limited = evaluation.settings.fit_timeout is not None
        self._pool = JoblibPool(n_jobs, needs_process=self._is_limited)
        self.finished: deque[Outcome] = deque()
        self._inbox = _Inbox()
        self._in_flight: dict[int, tuple[Task, ...]] = {}
        self._reports: Path | None = None
        self._n_submitted = 0
        self._seconds: float | None = None
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
        # Handing a fold to a thread costs nothing that a batch would save.
        if self._seconds is None or not self._may_batch or self._pool.shares_memory:
            return 1
        return max(1, int(BATCH_SECONDS / max(self._seconds, 1e-6)))

    def submit(self, tasks: Sequence[Task]) -> None:
        """Hand over a batch."""
        number = self._n_submitted
        self._n_submitted += 1
        self._in_flight[number] = tuple(tasks)
        self._pool.submit(
            [self._call(task) for task in tasks],
            partial(self._inbox.put, number),
        )

    def wait(self) -> None:
        """Block until a task has ended, if there are any."""
        self._pool.run_held()
        while self._in_flight and not self.finished:
            error = self._take_news()
            if isinstance(error, BrokenProcessPool):
                self._recover()
            elif error is not None:
                self._explain(error)
                raise error

    def abort(self) -> None:
        """Kill the workers, and with them what is running."""
        if not self._in_flight:
            return
        try:
            self._pool.abort()
        finally:
            with interrupts_held():
                self._open_inbox()
                self._forget_in_flight()

    def _explain(self, error: BaseException) -> None:
        """Say what it was that could not be sent to a worker."""
        if isinstance(error, pickle.PicklingError):
            error.add_note(
                "Workers that are processes are sent the estimator "
                f"{self._evaluation.settings.estimator!r}, a candidate's parameters, "
                "the scorer, what is passed to fit, and the data. All of these must "
                "be such as pickle can write; else use n_jobs=1, or threads: "
                'joblib.parallel_config("threading").'
            )

    def _take_news(self) -> BaseException | None:
        """Wait for a batch and take in what is back: the first error, if any."""
        is_broken = self._pool.has_lost_worker
        while not is_broken and not self._inbox.wait(_LOOK_SECONDS):
            self._pool.check_cluster()
            is_broken = self._pool.has_lost_worker
        with interrupts_held():
            error = self._open_inbox()
        if error is None and is_broken and self._in_flight:
            error = BrokenProcessPool("A process of the pool has ended.")
        return error

    def _open_inbox(self) -> BaseException | None:
        """Take in the batches that are back; the first error among them, if any."""
        first: BaseException | None = None
        while batch := self._inbox.take():
            number, outcome = batch
            try:
                results = self._pool.result(outcome)
            except BaseException as error:
                first = first or error
                continue
            self._note(self._in_flight.pop(number), results)
        return first

    def _call(self, task: Task) -> tuple[Any, ...]:
        """Function, arguments and keyword arguments, as joblib has them."""
        report = self._report(task)
        arguments = self._evaluation.arguments(
            task.params, task.fold, task.context, str(report) if report else None
        )
        # The clocks of other machines show other times.
        deadline = task.deadline if self._pool.is_on_this_machine else None
        return self._run_fold, arguments, {"deadline": deadline}

    def _report(self, task: Task) -> Path | None:
        """File that tells where a task hung, if its process had to be ended."""
        return self._reports and self._reports / f"{task.trial}-{task.fold}"

    def _note(
        self, tasks: Sequence[Task], results: Sequence[FoldResult | None]
    ) -> None:
        """Pair tasks with results, and learn how long a fold takes."""
        for task, result in zip(tasks, results, strict=True):
            if result is not None:
                seconds = result.fit_time + result.score_time
                old = seconds if self._seconds is None else self._seconds
                self._seconds = old + _SMOOTHING * (seconds - old)
            self.finished.append(Outcome(task, result))

    def _forget_in_flight(self) -> list[Task]:
        """Expect nothing more of what is in flight: those tasks."""
        lost = [task for batch in self._in_flight.values() for task in batch]
        self._in_flight.clear()
        self._inbox = _Inbox()
        return lost

    def _recover(self) -> None:
        """Start new workers and run what was in flight again.

        If it is not known which task ended its worker, one task at a time.
        """
        with interrupts_held():
            lost = self._forget_in_flight()
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
        """Find out which tasks end their worker, and run the others."""
        guilty: dict[int, FoldResult] = {}
        for task in sorted(lost, key=lambda task: (task.trial, task.fold)):
            if task.trial in guilty:
                result = replace(guilty[task.trial], fold=task.fold)
                self.finished.append(Outcome(task, result))
                continue
            self._run_alone(task)
            last = self.finished[-1].result
            if last is not None and last.is_fatal:
                guilty[task.trial] = last

    def _overdue(self, task: Task) -> FoldResult | None:
        """The record of a task whose worker was ended because it took too long."""
        report = self._report(task)
        if report is None or not report.exists() or not report.stat().st_size:
            return None
        where = report.read_text(errors="replace")
        report.unlink()
        limit = self._evaluation.settings.fit_timeout
        error = FitTimeout(f"The fit did not stop after fit_timeout={limit:g} seconds.")
        return failed_fold(task.fold, error, self._evaluation, details=where)

    def _run_alone(self, task: Task) -> None:
        """Run a task with nothing beside it: if the worker dies now, it did it."""
        self.submit([task])
        error = self._take_news()
        if isinstance(error, BrokenProcessPool):
            with interrupts_held():
                self._forget_in_flight()
            self._pool.restart()
            # The last line is what `cv_results_` shows.
            died = f"{error}\nThe worker died: it was killed, ended itself or crashed."
            result = self._overdue(task) or failed_fold(
                task.fold, RuntimeError(died), self._evaluation
            )
            self.finished.append(Outcome(task, result))
        elif error is not None:
            raise error


def failed_fold(
    fold: int, error: Exception, evaluation: Evaluation, *, details: str = ""
) -> FoldResult:
    """The record of a fold that left none of its own: it took its worker with it."""
    score = evaluation.settings.error_score
    if score == "raise":
        if details:
            error.add_note(details)
        raise error
    return FoldResult(
        fold=fold,
        test_scores=dict.fromkeys(evaluation.metric_names, score),
        train_scores=dict.fromkeys(evaluation.metric_names, score)
        if evaluation.settings.return_train_score
        else None,
        error=f"{details}{type(error).__name__}: {error}",
        is_multimetric=is_multimetric(evaluation.settings.scorer),
        is_fatal=True,
    )


def open_executor(
    evaluation: Evaluation, n_jobs: int | None, *, may_batch: bool = True
) -> SerialExecutor | PoolExecutor:
    """The executor for `n_jobs` on the active backend.

    A single worker needs no pool, unless a fit may have to be stopped by force.
    """
    is_limited = evaluation.settings.fit_timeout is not None
    if effective_n_jobs(n_jobs) == 1 and not is_limited:
        return SerialExecutor(evaluation)
    return PoolExecutor(evaluation, n_jobs, may_batch=may_batch)

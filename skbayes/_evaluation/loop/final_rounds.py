"""Repeat the cross-validation for the few candidates that may still be the best.

The repeats begin when the loop has ended. All finalists run one repeat before the next
one begins, so that the remaining finalists have the same folds.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from skbayes._evaluation.execution.executor import (
    Executor,
    Outcome,
    Task,
    abort_and_receive,
    has_tasks,
)
from skbayes._evaluation.fold.kept_output import without_output
from skbayes._evaluation.loop.progress import Progress
from skbayes._evaluation.loop.protocols import (
    Context,
    FoldStore,
    Observer,
    ObserverError,
    guarded,
)
from skbayes._evaluation.racing.finalists import finalists, true_variance
from skbayes._interrupts import interrupts_held
from skbayes._protocol import FoldResult, Status, Trial


@dataclass(frozen=True)
class FinalSettings:
    """Settings of the repeats.

    Parameters
    ----------
    n_repeats : int
        Largest number of repeats.
    n_total : int or None
        Largest number of candidates of the search, if known.
    began : float
        Monotonic time at which the search began.
    time_budget : float or None
        Seconds since then after which no new fit starts.
    test_share : float or None
        Share of the data that a fold holds out, on average.
    """

    n_repeats: int
    n_total: int | None
    began: float
    time_budget: float | None = None
    test_share: float | None = None

    @property
    def deadline(self) -> float | None:
        """Monotonic time after which no fit starts."""
        return None if self.time_budget is None else self.began + self.time_budget


class FinalRounds:
    """Runs repeats of the cross-validation for the finalists of a search.

    Parameters
    ----------
    executor : Executor
        Runs folds; the folds of repeat `r` have numbers from ``(1 + r) * n_splits`` on.
    settings : FinalSettings
        Number of repeats and the deadline.
    observers : sequence of Observer
        Notified of folds, and of a candidate after each of its repeats. Their answers
        end nothing, because the search has ended.
    context : callable or None
        Returns the callback context of a fold.
    store : FoldStore or None
        Keeps finished folds, and finds those of earlier runs.
    """

    def __init__(
        self,
        executor: Executor,
        settings: FinalSettings,
        *,
        observers: Sequence[Observer] = (),
        context: Context | None = None,
        store: FoldStore | None = None,
    ) -> None:
        self._executor = executor
        self._settings = settings
        self._observers = observers
        self._context = context
        self._store = store
        self._progress = Progress(settings.test_share)
        self._results: dict[int, dict[int, FoldResult]] = {}
        #: The error that ended the repeats early: Ctrl-C, or one of an observer or
        #: worker.
        self.interruption: BaseException | None = None

    def run(self, trials: Sequence[Trial]) -> list[Trial]:
        """Run the repeats; return the trials, finalists with their complete repeats."""
        out = list(trials)
        for trial in trials:
            self._progress.count_trial(trial)
            for fold in trial.folds:
                # Folds from a journal took no time of this run.
                if fold.written is None:
                    self._progress.count_fold(fold)
        try:
            self._run(out)
        except ObserverError as error:
            self._interrupt(error.__cause__ or error)
        except BaseException as error:
            self._interrupt(error)
        return out

    def _run(self, out: list[Trial]) -> None:
        rows = [i for i, trial in enumerate(out) if trial.status is Status.COMPLETE]
        # Estimated once from all candidates: the finalists alone are too few.
        scores = np.array([out[i].scores_with_repeats() for i in rows])
        variance = true_variance(scores) if rows else 0.0
        for number in range(self._settings.n_repeats):
            if len(rows) < 2:
                return
            scores = np.array([out[i].scores_with_repeats() for i in rows])
            rows = [rows[k] for k in finalists(scores, variance)]
            # A repeat that was cut short counts for nobody: means over different folds
            # cannot be compared.
            if len(rows) < 2 or not self._run_round(out, rows, number):
                return
            for i in rows:
                out[i] = self._with_repeat(out[i], number)
                self._notify_of_trial(out[i])
            n_folds = (number + 2) * out[rows[0]].n_splits
            rows = [i for i in rows if len(out[i].scores_with_repeats()) == n_folds]

    def _with_repeat(self, trial: Trial, number: int) -> Trial:
        """Add the folds of one repeat to a trial."""
        found = self._results[trial.index]
        folds = _folds_of(trial, number)
        new = tuple(found[fold] for fold in folds if fold in found)
        return replace(trial, repeats=(*trial.repeats, *new))

    def _run_round(self, out: list[Trial], rows: list[int], number: int) -> bool:
        """Run a repeat of these candidates; False if it did not end."""
        queue: deque[Task] = deque()
        for trial in (out[i] for i in rows):
            known = {} if self._store is None else self._look_up(trial)
            self._results.setdefault(trial.index, {}).update(known)
            queue.extend(
                self._task(trial, fold)
                for fold in _folds_of(trial, number)
                if fold not in known
            )
        return self._run_tasks(queue)

    def _run_tasks(self, queue: deque[Task]) -> bool:
        """Run tasks; False if one did not begin in time."""
        is_whole = True
        # One batch in reserve, so that a worker need not wait for the next one.
        most = self._executor.n_workers + (self._executor.n_workers > 1)
        while queue or has_tasks(self._executor):
            while queue and self._executor.n_waiting < most and not self._is_late():
                share = math.ceil(len(queue) / self._executor.n_workers)
                size = max(1, min(self._executor.batch_size, share))
                batch = [queue.popleft() for _ in range(min(size, len(queue)))]
                self._executor.submit(batch)
            if self._is_late():
                self._executor.release_held()
            if not has_tasks(self._executor):
                return is_whole and not queue
            self._executor.wait()
            while self._executor.finished:
                with interrupts_held():
                    result = self._receive(self._executor.finished.popleft())
                is_whole &= result is not None
                if result is not None:
                    self._give_up_if_fatal(result, queue)
        return is_whole

    def _look_up(self, trial: Trial) -> dict[int, FoldResult]:
        """Look up the folds of the repeats that an earlier run finished."""
        assert self._store is not None
        found: dict[int, FoldResult] = guarded(self._store.find, trial.params)
        return {
            k: without_output(one) for k, one in found.items() if k >= trial.n_splits
        }

    def _task(self, trial: Trial, fold: int) -> Task:
        context = self._context and self._context(trial.index, fold)
        return Task(trial.index, fold, trial.params, context, self._settings.deadline)

    def _is_late(self) -> bool:
        deadline = self._settings.deadline
        return deadline is not None and time.monotonic() >= deadline

    def _receive(self, outcome: Outcome) -> Outcome | None:
        """Record a fold; None if it did not begin."""
        task, result = outcome.task, outcome.result
        if result is None:
            return None
        self._results[task.trial][task.fold] = bare = without_output(result)
        if result.written is not None:
            return outcome  # another driver has run it
        self._progress.count_fold(bare)
        # Written before observers see it, as in the search loop.
        if self._store is not None:
            guarded(self._store.write, task.trial, task.params, result)
        for observer in self._observers:
            guarded(observer.on_fold, task.trial, task.params, bare)
        return outcome

    def _give_up_if_fatal(self, outcome: Outcome, queue: deque[Task]) -> None:
        """Drop the remaining folds of a candidate with a fatal fold."""
        if outcome.result is None or not outcome.result.is_fatal:
            return
        kept = [task for task in queue if task.trial != outcome.task.trial]
        queue.clear()
        queue.extend(kept)

    def _notify_of_trial(self, trial: Trial) -> None:
        elapsed = time.monotonic() - self._settings.began
        budget = self._settings.time_budget
        left = None if budget is None else max(budget - elapsed, 0.0)
        n_total = self._settings.n_total
        progress = self._progress.after(trial, n_total, elapsed, left)
        for observer in self._observers:
            guarded(observer.on_trial, progress)

    def _interrupt(self, error: BaseException) -> None:
        """Abort the running folds, and record the finished ones."""
        self.interruption = error
        with suppress(ObserverError):
            abort_and_receive(self._executor, self._receive)


def _folds_of(trial: Trial, number: int) -> range:
    """Numbers of one repeat's folds."""
    first = (1 + number) * trial.n_splits
    return range(first, first + trial.n_splits)

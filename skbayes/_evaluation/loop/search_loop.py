"""The loop of every search: ask for candidates, run their folds, tell the results.

A candidate is opened when a worker would otherwise have nothing to do. Its folds are
handed out in order, and it ends when none of them is left to run. `tell_order` decides
which trials the strategy has been told when it is asked.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from skbayes._evaluation.execution.executor import (
    Executor,
    Outcome,
    Task,
    abort_and_receive,
    has_tasks,
)
from skbayes._evaluation.fold.kept_output import without_output
from skbayes._evaluation.loop.candidate_sequence import CandidateSequence
from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.fold_queue import FoldQueue
from skbayes._evaluation.loop.notifications import Notifications
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.loop.progress import Progress
from skbayes._evaluation.loop.protocols import (
    Context,
    FoldStore,
    Observer,
    ObserverError,
    PathOf,
    Race,
    SequenceStore,
    guarded,
    no_path,
)
from skbayes._evaluation.loop.race_control import RaceControl
from skbayes._evaluation.loop.resume import ResumedCandidates
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.loop.state import SearchState
from skbayes._evaluation.loop.tell_order import TellOrder
from skbayes._interrupts import interrupts_held
from skbayes._protocol import Params, Strategy, Trial


class SearchLoop:
    """Runs a strategy's candidates to the end of the search.

    Parameters
    ----------
    strategy : Strategy
        Proposes candidates.
    executor : Executor
        Runs folds.
    settings : LoopSettings
        Settings of the loop.
    observers : sequence of Observer
        Notified of folds and trials; may end the search.
    context : callable or None
        Returns the callback context of a trial's fold.
    store : FoldStore or None
        Keeps finished folds.
    replay : sequence of dict
        Candidates of an earlier run to continue; they come first.
    n_recorded : int
        Number of recorded candidates, if the strategy proposes them anew.
    race : Race or None
        Stops losing candidates between folds.
    sequence : SequenceStore or None
        Holds the candidates that other drivers of the search have begun.
    path_of : callable
        Returns the path on which a candidate's best value is searched, if any.
    """

    #: All trials in the order they were proposed, once the search has ended.
    trials: Sequence[Trial] = ()

    def __init__(
        self,
        strategy: Strategy,
        executor: Executor,
        settings: LoopSettings,
        *,
        observers: Sequence[Observer] = (),
        context: Context | None = None,
        store: FoldStore | None = None,
        replay: Sequence[Params] = (),
        n_recorded: int = 0,
        race: Race | None = None,
        sequence: SequenceStore | None = None,
        path_of: PathOf = no_path,
    ) -> None:
        self._strategy = strategy
        self._executor = executor
        self._settings = settings
        self._context = context
        self._store = store
        self._is_stopping = False
        self._is_used_up = False
        budget = settings.time_budget
        self._deadline = None if budget is None else time.monotonic() + budget
        duplicates = Duplicates(are_shared=settings.reuse_duplicates)
        state = SearchState(settings.n_splits, settings.metric, duplicates)
        self._state = state
        self._progress = progress = Progress(settings.test_share)
        self._race = (
            RaceControl(race, state, settings.lag, settings.rungs) if race else None
        )
        self._queue = queue = FoldQueue(state, store, self._race, path_of)
        self._order = order = TellOrder(strategy, state, settings)
        self._candidates = CandidateSequence(
            order, strategy.n_candidates, replay, n_recorded, sequence
        )
        self._resumed = ResumedCandidates(state, order, queue, is_race=race is not None)
        self._notifications = Notifications(observers, strategy, progress, settings)
        self._failure: ObserverError | None = None
        #: The error that ended the search early: Ctrl-C, or one outside the fits.
        self.interruption: BaseException | None = None

    def run(self) -> list[Trial]:
        """Run the search; return all trials in the order they were proposed.

        Ctrl-C and errors end the search. The finished trials are returned, and the
        error is kept in `interruption`.
        """
        try:
            self._resume()
            self._run()
        except ObserverError as error:
            self._interrupt(error.__cause__ or error)
        except BaseException as error:
            self._interrupt(error)
        with interrupts_held():
            self._close_unfinished()
            ended = (self._state.ended[i] for i in sorted(self._state.ended))
            # Candidates that were opened but never run have no row: numbers close up.
            trials = [
                t if t.index == i else replace(t, index=i) for i, t in enumerate(ended)
            ]
            self.trials = trials
        return trials

    def _resume(self) -> None:
        """Restore the trials of earlier runs, in the order in which they ended.

        Observers are notified as before, and may end the search where they did, before
        any fit.
        """
        for index in range(self._candidates.n_recorded):
            params = self._candidates.params(index)
            if params is None:
                break
            self._resumed.add(self._enter(params))
        highest = 0
        for trial in self._resumed.ends():
            with interrupts_held():
                self._set_off(trial)
            # Restore which trials the strategy had been told, as far as it can be
            # known.
            highest = max(highest, trial.index)
            self._order.make_ready(highest)
            self._notify()

    def _run(self) -> None:
        while True:
            self._hand_out()
            if not has_tasks(self._executor):
                if self._is_stopping or not self._catch_up():
                    return
                self._notify()
                continue
            if self._is_stopping:
                self._executor.release_held()
            # Only this call blocks. One outcome at a time is removed and recorded with
            # Ctrl-C delayed, and observers are notified outside of that.
            self._executor.wait()
            while self._executor.finished:
                with interrupts_held():
                    self._receive(self._executor.finished.popleft())
                self._notify()

    def _hand_out(self) -> None:
        while self._executor.n_waiting < self._max_batches():
            size = self._batch_size()
            batch: list[Task] = []
            while len(batch) < size and (task := self._next_task()) is not None:
                batch.append(task)
            if not batch:
                return
            self._executor.submit(batch)

    def _max_batches(self) -> int:
        """Batches in flight at most; none in reserve once the time is up."""
        most = self._settings.max_batches
        if self._settings.concurrency is not None:
            n_workers = self._executor.n_workers
            most = self._settings.concurrency.batches(n_workers)
            self._order.allow(self._settings.concurrency.candidates(n_workers))
        return min(most, self._executor.n_workers) if self._is_time_up() else most

    def _batch_size(self) -> int:
        """The executor's batch size, cut so that no other worker idles."""
        size = self._executor.batch_size
        if size == 1:
            return 1
        n_workers = self._executor.n_workers
        total = self._strategy.n_candidates
        if self._settings.lag is not None or total is None:
            share = math.ceil(self._settings.n_splits / n_workers)
        else:
            n_left = total - self._state.n_opened + len(self._resumed)
            left = n_left * self._settings.n_splits
            # Half a worker's share: the last batches then end at about the same time.
            share = math.ceil(left / (2 * n_workers))
        return max(1, min(size, share))

    def _next_task(self) -> Task | None:
        """The next fold to run, of an open candidate if there is one."""
        is_late = self._is_time_up()
        # The first candidate is finished in any case, so that there is a result.
        self._is_stopping |= is_late and self._state.has_outcome
        if self._is_stopping:
            return None
        while (trial := self._queue.next_ready(is_first_only=is_late)) is None:
            is_first_set_off = self._state.n_opened and not self._resumed.has_first
            if is_late and is_first_set_off:
                return None
            # Opening may notify observers of recorded folds, which may end the search.
            if not self._open_next() or self._is_stopping:
                return None
        fold = self._queue.pop_fold(trial)
        context = self._context and self._context(trial.index, fold)
        deadline = None if is_late else self._deadline
        segment = trial.segment(fold)
        return Task(trial.index, fold, trial.params, context, deadline, segment)

    def _is_time_up(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _open_next(self) -> bool:
        """Start a resumed candidate, else a new one; False if there is none now."""
        n_opened = self._state.n_opened
        if self._resumed:
            trial = self._resumed.pop()
            if trial is None:
                return False
        elif self._is_used_up or not self._order.make_ready(n_opened):
            return False
        elif (params := self._candidates.params(n_opened)) is None:
            self._is_used_up = True
            return False
        else:
            trial = self._enter(params)
        with interrupts_held():
            self._set_off(trial)
        self._notify()
        return True

    def _enter(self, params: Params) -> OpenTrial:
        """Open a candidate, with the folds that an earlier run finished."""
        trial = self._queue.candidate(self._state.n_opened, params, {})
        if self._state.first_like(trial) is None:
            self._queue.look_up(trial)
        self._state.open[trial.index] = trial
        self._state.n_opened += 1
        return trial

    def _set_off(self, trial: OpenTrial) -> None:
        """Queue a candidate's folds, unless it is a duplicate."""
        first = self._state.first_like(trial)
        if first is None:
            self._go_on(trial)
        elif first in self._state.ended:
            self._end_duplicate(trial, self._state.ended[first])
        else:
            self._state.duplicates.wait_for(first, trial)

    def _go_on(self, trial: OpenTrial) -> None:
        """Queue the remaining folds of a candidate, or end it."""
        if self._queue.extend(trial):
            self._queue.make_ready(trial)
        else:
            self._end(trial)

    def _catch_up(self) -> bool:
        """Queue the missing folds of the likeliest stopped candidates, once."""
        if self._race is None:
            return False
        chosen = self._race.catch_up()
        with interrupts_held():
            for index in chosen:
                self._reopen(self._state.ended[index])
        return bool(chosen)

    def _reopen(self, stopped: Trial) -> None:
        results = {fold.fold: fold for fold in (*stopped.folds, *stopped.rungs)}
        trial = self._queue.candidate(stopped.index, stopped.asked, results)
        first = self._state.first_like(trial)
        if first is not None:
            # A duplicate keeps its record until the first one has ended again.
            self._state.duplicates.wait_for(first, trial)
            return
        self._queue.look_up(trial)
        del self._state.ended[trial.index]
        self._state.open[trial.index] = trial
        self._go_on(trial)

    def _receive(self, outcome: Outcome) -> None:
        task, result = outcome.task, outcome.result
        # The order below: records, then totals, then the journal, then observers.
        trial = self._state.open[task.trial]
        trial.n_running -= 1
        if result is None:
            self._take_back(trial, task.fold)
            return
        if task.fold >= self._settings.n_splits:
            result = without_output(result)
        trial.add(result)
        if result.is_fatal:
            self._queue.give_up(trial, result)
        self._is_stopping |= result.stop
        self._state.settle_metric(result)
        if result.written is None:  # else another driver has run it
            self._progress.count_fold(result)
            self._write(lambda store: store.write(task.trial, task.params, result))
            self._notifications.add_fold(task, result)
        if not trial.n_running and not trial.queued:
            self._go_on(trial)

    def _take_back(self, trial: OpenTrial, fold: int) -> None:
        """Queue a fold again that did not begin, unless its candidate is given up."""
        self._queue.take_back(trial, fold)
        fatal = next((r for r in trial.results.values() if r.is_fatal), None)
        if fatal is not None:
            self._queue.give_up(trial, fatal)
            if not trial.n_running:
                self._go_on(trial)

    def _notify(self) -> None:
        """Notify observers of the new records; they may end the search."""
        # Raised here and not where it occurred: the record was to be completed first.
        if self._failure is not None:
            raise self._failure
        self._is_stopping |= self._notifications.send()

    def _end(self, trial: OpenTrial) -> None:
        """Close a candidate, and with it its duplicates."""
        closed = trial.close(self._state.metric)
        self._record(closed)
        for duplicate in self._state.duplicates.pop(trial.index):
            self._end_duplicate(duplicate, closed)

    def _end_duplicate(self, duplicate: OpenTrial, first: Trial) -> None:
        params = duplicate.params if first.proposed is None else first.params
        self._record(replace(first, index=duplicate.index, params=params))

    def _record(self, trial: Trial) -> None:
        # Recorded before it is written, and written before the strategy builds on it;
        # observers come last, because they may raise.
        self._state.end(trial)
        self._progress.count_trial(trial)
        self._store_end(trial)
        self._order.note_end(trial)
        self._notifications.add_trial(trial)

    def _store_end(self, trial: Trial) -> None:
        self._write(lambda store: store.finish(trial.index, trial.asked, trial.status))
        if trial.proposed is not None:
            self._write(lambda store: store.settle(trial.asked, trial.params))

    def _write(self, write: Callable[[FoldStore], None]) -> None:
        """Write to the store; after a failure write no more and end the search."""
        if self._store is None:
            return
        try:
            guarded(write, self._store)
        except ObserverError as error:
            self._store = None
            self._failure = error

    def _interrupt(self, error: BaseException) -> None:
        """Abort the running folds, and record the finished ones."""
        self.interruption = error
        abort_and_receive(self._executor, self._receive)
        if self._failure is not None and self._failure.__cause__ is not error:
            error.add_note(f"Some of what was finished is not written: {self._failure}")

    def _close_unfinished(self) -> None:
        """Close candidates that the end of the search cut off, and tell the rest."""
        state = self._state
        for duplicate in state.duplicates.waiting():
            state.open.pop(duplicate.index, None)
        for _, trial in sorted(state.open.items()):
            if trial.results:
                state.end(trial.close(state.metric))
        state.open.clear()
        self._order.tell_rest()

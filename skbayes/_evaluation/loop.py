"""The one loop of all searches: ask for candidates, run their folds, tell.

A candidate is opened when a worker would otherwise have nothing to do, its folds
are handed out in order, and it ends when none of them is left to run. What the
strategy knows when it is asked is settled in `telling`.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from heapq import heappop, heappush
from typing import Any

from skbayes._evaluation.executor import Executor, Outcome, Task
from skbayes._evaluation.interrupts import interrupts_held
from skbayes._evaluation.loop_settings import LoopSettings
from skbayes._evaluation.open_trial import OpenTrial
from skbayes._evaluation.partners import (
    Context,
    FoldStore,
    Observer,
    ObserverError,
    Race,
    guarded,
)
from skbayes._evaluation.running_race import RunningRace
from skbayes._evaluation.tally import Tally
from skbayes._evaluation.telling import OrderOfTelling
from skbayes._evaluation.twins import Twins
from skbayes._protocol import (
    FoldResult,
    Params,
    SearchProgress,
    Status,
    Strategy,
    Trial,
)


class SearchLoop:
    """Runs a strategy's candidates to the end of the search.

    Parameters
    ----------
    strategy : Strategy
        Proposes candidates.
    executor : Executor
        Runs folds.
    settings : LoopSettings
        How the search is run.
    observers : sequence of Observer
        Told of folds and trials; may end the search.
    context : callable or None
        Gives the callback context of a trial's fold.
    store : FoldStore or None
        Keeps finished folds.
    replay : sequence of dict
        Candidates of an earlier run that this one continues; they come first.
    n_recorded : int
        Candidates that an earlier run has begun, where the strategy proposes them anew.
    race : Race or None
        Stops losing candidates between folds.
    """

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
    ) -> None:
        self._strategy = strategy
        self._executor = executor
        self._settings = settings
        self._observers = observers
        self._context = context
        self._store = store
        self._replay = replay
        total = strategy.n_candidates
        self._n_replayed = min(len(replay), len(replay) if total is None else total)
        self._n_recorded = n_recorded
        self._recalled: deque[OpenTrial] = deque()
        self._open: dict[int, OpenTrial] = {}
        self._ready: deque[OpenTrial] = deque()
        self._ended: dict[int, Trial] = {}
        self._twins = Twins()
        self._n_opened = 0
        self._is_stopping = False
        self._is_used_up = False
        self._began = time.monotonic()
        self._tally = Tally(settings.metric)
        self._order = OrderOfTelling(
            strategy,
            self._tally,
            self._open,
            self._ended,
            n_splits=settings.n_splits,
            lag=settings.lag,
            in_order=settings.in_order,
        )
        self._race: RunningRace | None = None
        if race is not None:
            self._race = RunningRace(
                race,
                self._tally,
                self._ended,
                n_splits=settings.n_splits,
                lag=settings.lag,
            )
        #: What observers are to be told next.
        self._news: deque[Callable[[], None]] = deque()
        self._failure: ObserverError | None = None
        #: What cut the search short from outside: Ctrl-C, or an error in a callback.
        self.interruption: BaseException | None = None

    def run(self) -> list[Trial]:
        """All trials, in the order they were proposed.

        Ctrl-C and errors in observers end the search; what is finished is returned
        and the error is kept in `interruption`.
        """
        try:
            self._run()
        except KeyboardInterrupt as error:
            self._interrupt(error)
        except ObserverError as error:
            self._interrupt(error.__cause__ or error)
        except BaseException:
            self._save_what_ended()
            raise
        self._close_unfinished()
        ended = (self._ended[i] for i in sorted(self._ended))
        # A candidate that was opened but never run leaves no row behind.
        return [t if t.index == i else replace(t, index=i) for i, t in enumerate(ended)]

    # -------------------------------------------------------------- recalling

    def _recall(self) -> None:
        """Take in what earlier runs have finished, in the order in which they did.

        Observers are then told what they were told, and may end the search where they
        did, before any fit.
        """
        for _ in range(max(self._n_replayed, self._n_recorded)):
            params = self._next_params()
            if params is None:
                break
            self._recalled.append(self._enter(params))
        highest = 0
        for trial in self._recalled_ends():
            with interrupts_held():
                self._set_off(trial)
            # What the strategy knew then, as far as that can be told.
            highest = max(highest, trial.index)
            self._order.make_ready(highest)
            self._announce()

    def _recalled_ends(self) -> Iterator[OpenTrial]:
        """Candidates of which nothing is left to run; the others stay recalled."""
        unfinished: deque[OpenTrial] = deque()
        ends: list[tuple[int, int]] = []
        newest = 0
        while True:
            while self._recalled and self._may_set_off(self._recalled[0]):
                trial = self._recalled.popleft()
                if self._first_twin(trial) is not None:
                    # Those before it had ended when it was proposed, most likely.
                    heappush(ends, (newest, trial.index))
                elif self._line_up(trial):
                    unfinished.append(trial)
                else:
                    end = self._end_in_store(trial)
                    newest = max(newest, end)
                    heappush(ends, (end, trial.index))
            if not ends:
                break
            yield self._open[heappop(ends)[1]]
        self._recalled.extendleft(reversed(unfinished))

    def _end_in_store(self, trial: OpenTrial) -> int:
        """When the last of a candidate's folds was kept."""
        if self._store is None:
            return 0
        written = guarded(self._store.when_written, trial.params)
        return max((written[k] for k in trial.results if k in written), default=0)

    # ------------------------------------------------------------ handing out

    def _run(self) -> None:
        self._recall()
        while True:
            self._hand_out()
            if not self._executor.n_waiting:
                if self._is_stopping or not self._catch_up():
                    return
                self._announce()
                continue
            self._executor.wait()
            while self._executor.finished:
                with interrupts_held():
                    self._receive(self._executor.finished.popleft())
                self._announce()

    def _hand_out(self) -> None:
        while self._executor.n_waiting < self._settings.max_batches:
            size = self._batch_size()
            batch: list[Task] = []
            while len(batch) < size and (task := self._next_task()) is not None:
                batch.append(task)
            if not batch:
                return
            self._executor.submit(batch)

    def _batch_size(self) -> int:
        """As the executor likes, but never so large that another worker idles."""
        size = self._executor.batch_size
        if size == 1:
            return 1
        n_workers = self._executor.n_workers
        total = self._strategy.n_candidates
        if self._settings.lag is not None or total is None:
            share = math.ceil(self._settings.n_splits / n_workers)
        else:
            n_left = total - self._n_opened + len(self._recalled)
            left = n_left * self._settings.n_splits
            share = math.ceil(left / (2 * n_workers))
        return max(1, min(size, share))

    def _next_task(self) -> Task | None:
        """The next fold to run, of an open candidate if there is one."""
        if self._is_over_budget():
            self._is_stopping = True
        if self._is_stopping:
            return None
        while not self._ready:
            # What was only looked up may have ended the search.
            if not self._open_next() or self._is_stopping:
                return None
        trial = self._ready[0]
        fold = trial.todo.popleft()
        trial.n_running += 1
        if not trial.todo:
            self._ready.popleft()
        context = self._context and self._context(trial.index, fold)
        return Task(trial.index, fold, trial.params, context)

    def _is_over_budget(self) -> bool:
        """Whether the time is up; the first complete candidate is waited for."""
        budget = self._settings.time_budget
        return (
            budget is not None
            and self._tally.n_complete > 0
            and time.monotonic() - self._began >= budget
        )

    def _open_next(self) -> bool:
        """Set a candidate off, or ask for one; False if there is none to be had now."""
        if self._recalled:
            if not self._may_set_off(self._recalled[0]):
                return False
            trial = self._recalled.popleft()
        elif self._is_used_up or not self._order.make_ready(self._n_opened):
            return False
        elif (params := self._next_params()) is None:
            self._is_used_up = True
            return False
        else:
            trial = self._enter(params)
        with interrupts_held():
            self._set_off(trial)
        self._announce()
        return True

    def _next_params(self) -> Params | None:
        """The next candidate: of the run that is continued, else a new one."""
        if self._n_opened < self._n_replayed:
            return self._replay[self._n_opened]
        return self._order.ask(self._n_opened)

    def _enter(self, params: Params) -> OpenTrial:
        """Open a candidate, with what an earlier run finished of it."""
        index = self._n_opened
        n_splits = self._settings.n_splits
        folds = self._race.fold_order(index) if self._race else range(n_splits)
        trial = OpenTrial(index, params, held=deque(folds))
        if self._store is not None and self._first_twin(trial) is None:
            trial.recorded.update(guarded(self._store.find, params))
        self._open[index] = trial
        self._n_opened += 1
        return trial

    def _may_set_off(self, trial: OpenTrial) -> bool:
        """Whether all that a race is to know of before has ended."""
        return self._race is None or self._order.is_certain(trial.index)

    def _set_off(self, trial: OpenTrial) -> None:
        """Line up a candidate's folds, unless it shares another one's results."""
        first = self._first_twin(trial)
        if first is None:
            self._go_on(trial)
        elif first in self._ended:
            self._end_twin(trial, self._ended[first])
        else:
            self._twins.wait_for(first, trial)

    def _first_twin(self, trial: OpenTrial) -> int | None:
        """The candidate whose results this one shares, None to have its own."""
        is_shared = self._settings.reuse_duplicates
        return self._twins.first_of(trial) if is_shared else None

    def _go_on(self, trial: OpenTrial) -> None:
        """Line up what is left of a candidate, or end it."""
        if self._line_up(trial):
            self._ready.append(trial)
        else:
            self._end(trial)

    def _line_up(self, trial: OpenTrial) -> bool:
        """Line up the folds to be run next, if any; take in those that are recorded."""
        while trial.held and not (self._race and self._race.holds(trial)):
            fold = trial.held.popleft()
            if fold not in trial.recorded:
                trial.todo.append(fold)
                continue
            result = trial.recorded.pop(fold)
            trial.results[fold] = result
            self._tally.note_metric(result)
            if result.is_fatal:
                self._give_up(trial, result)
        return bool(trial.todo)

    def _catch_up(self) -> bool:
        """Run the missing folds of stopped candidates that may have won, once."""
        if self._race is None:
            return False
        chosen = self._race.catch_up()
        with interrupts_held():
            for index in chosen:
                self._reopen(self._ended.pop(index))
        return bool(chosen)

    def _reopen(self, stopped: Trial) -> None:
        results = {fold.fold: fold for fold in stopped.folds}
        order = self._race.fold_order(stopped.index) if self._race else ()
        held = deque(k for k in order if k not in results)
        trial = OpenTrial(stopped.index, stopped.params, held=held, results=results)
        if self._store is not None:
            trial.recorded.update(guarded(self._store.find, trial.params))
        self._open[trial.index] = trial
        self._go_on(trial)

    # -------------------------------------------------------------- receiving

    def _receive(self, outcome: Outcome) -> None:
        task, result = outcome.task, outcome.result
        trial = self._open[task.trial]
        trial.n_running -= 1
        trial.results[task.fold] = result
        if result.is_fatal:
            self._give_up(trial, result)
        self._is_stopping |= result.stop
        self._tally.count_fold(result)
        if self._store is not None:
            self._keep(self._store.write, task.trial, task.params, result)
        self._news.append(partial(self._tell_of_fold, task, result))
        if not trial.n_running and not trial.todo:
            self._go_on(trial)

    def _give_up(self, trial: OpenTrial, fatal: FoldResult) -> None:
        """Let the folds of a candidate that are left fail as this one did."""
        for fold in (*trial.todo, *trial.held):
            failed = replace(fatal, fold=fold)
            trial.results[fold] = trial.recorded.pop(fold, failed)
        trial.todo.clear()
        trial.held.clear()
        if trial in self._ready:
            self._ready.remove(trial)

    def _end(self, trial: OpenTrial) -> None:
        """Close a candidate, and with it those that share its results."""
        closed = trial.close(self._settings.n_splits, Status.COMPLETE)
        status = self._tally.status(closed)
        self._record(replace(closed, status=status))
        for twin in self._twins.pop(trial.index):
            self._end_twin(twin, self._ended[trial.index])

    def _end_twin(self, twin: OpenTrial, first: Trial) -> None:
        self._record(replace(first, index=twin.index, params=twin.params))

    def _record(self, trial: Trial) -> None:
        del self._open[trial.index]
        self._ended[trial.index] = trial
        self._tally.count_trial(trial)
        if self._store is not None:
            self._keep(self._store.finish, trial.index, trial.params, trial.status)
        self._order.note_end(trial)
        if self._observers:
            progress = self._tally.progress(
                trial, self._strategy.n_candidates, time.monotonic() - self._began
            )
            self._news.append(partial(self._tell_of_trial, progress))

    def _keep(self, write: Callable[..., None], *record: Any) -> None:
        """Write to the store; if it fails, that is the last of it and of the search."""
        try:
            guarded(write, *record)
        except ObserverError as error:
            self._store = None
            self._failure = error

    # ---------------------------------------------------------------- telling

    def _announce(self) -> None:
        """Tell observers what has been recorded; they may take long, raise or stop."""
        if self._failure is not None:
            raise self._failure
        while self._news:
            self._news.popleft()()

    def _tell_of_fold(self, task: Task, result: FoldResult) -> None:
        for observer in self._observers:
            guarded(observer.on_fold, task.trial, task.params, result)

    def _tell_of_trial(self, progress: SearchProgress) -> None:
        if self._settings.estimates_improvement:
            gain = self._strategy.expected_improvement()
            progress = replace(progress, expected_improvement=gain)
        for observer in self._observers:
            self._is_stopping |= bool(guarded(observer.on_trial, progress))

    # ----------------------------------------------------------------- ending

    def _interrupt(self, error: BaseException) -> None:
        self.interruption = error
        self._save_what_ended()

    def _save_what_ended(self) -> None:
        """Give up what is running, and record what is not."""
        # An impatient second Ctrl-C must not cost what has been finished.
        with suppress(KeyboardInterrupt):
            self._executor.abort()
        with suppress(KeyboardInterrupt), interrupts_held():
            while self._executor.finished:
                self._receive(self._executor.finished.popleft())

    def _close_unfinished(self) -> None:
        """Record what the end of the search cut off, and tell the strategy the rest."""
        n_splits = self._settings.n_splits
        for twin in self._twins.waiting():
            del self._open[twin.index]
        for index, trial in sorted(self._open.items()):
            if trial.results:
                self._ended[index] = trial.close(n_splits, Status.STOPPED)
        self._open.clear()
        self._order.tell_rest()

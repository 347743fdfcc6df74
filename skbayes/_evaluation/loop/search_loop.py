"""The one loop of all searches: ask for candidates, run their folds, tell.

A candidate is opened when a worker would otherwise have nothing to do, its folds
are handed out in order, and it ends when none of them is left to run. What the
strategy knows when it is asked is settled in `telling`.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

from skbayes._evaluation.executor import Executor, Outcome, Task
from skbayes._evaluation.interrupts import interrupts_held
from skbayes._evaluation.line_up import LineUp
from skbayes._evaluation.loop_settings import LoopSettings
from skbayes._evaluation.news import News
from skbayes._evaluation.open_trial import OpenTrial
from skbayes._evaluation.partners import (
    Context,
    FoldStore,
    Observer,
    ObserverError,
    Race,
    guarded,
)
from skbayes._evaluation.recalled import Recalled
from skbayes._evaluation.running_race import RunningRace
from skbayes._evaluation.tally import Tally
from skbayes._evaluation.telling import OrderOfTelling
from skbayes._evaluation.twins import Twins
from skbayes._protocol import FoldResult, Params, Status, Strategy, Trial


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
        self._context = context
        self._store = store
        self._replay = replay[: strategy.n_candidates]
        self._n_recorded = n_recorded
        self._open: dict[int, OpenTrial] = {}
        self._ready: deque[OpenTrial] = deque()
        self._ended: dict[int, Trial] = {}
        self._n_opened = 0
        self._is_stopping = False
        self._is_used_up = False
        self._deadline = (
            None
            if settings.time_budget is None
            else time.monotonic() + settings.time_budget
        )
        self._tally = Tally(settings.metric)
        self._news = News(observers, strategy, self._tally, settings)
        self._twins = Twins(are_shared=settings.reuse_duplicates)
        self._order = OrderOfTelling(
            strategy, self._tally, self._open, self._ended, settings
        )
        self._race = (
            RunningRace(race, self._tally, self._ended, settings) if race else None
        )
        self._line_up = LineUp(self._tally, store, self._race, settings.n_splits)
        self._recalled = Recalled(
            self._order, self._line_up, self._twins, is_race=race is not None
        )
        self._failure: ObserverError | None = None
        #: What cut the search short: Ctrl-C, or an error outside the candidates' fits.
        self.interruption: BaseException | None = None

    def run(self) -> list[Trial]:
        """All trials, in the order they were proposed.

        Ctrl-C and errors end the search; what is finished is returned, and the error
        is kept in `interruption`.
        """
        try:
            self._run()
        except ObserverError as error:
            self._interrupt(error.__cause__ or error)
        except BaseException as error:
            self._interrupt(error)
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
        for _ in range(max(len(self._replay), self._n_recorded)):
            params = self._next_params()
            if params is None:
                break
            self._recalled.add(self._enter(params))
        highest = 0
        for trial in self._recalled.ends():
            with interrupts_held():
                self._set_off(trial)
            # What the strategy knew then, as far as that can be told.
            highest = max(highest, trial.index)
            self._order.make_ready(highest)
            self._announce()

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
        while self._executor.n_waiting < self._max_batches():
            size = self._batch_size()
            batch: list[Task] = []
            while len(batch) < size and (task := self._next_task()) is not None:
                batch.append(task)
            if not batch:
                return
            self._executor.submit(batch)

    def _max_batches(self) -> int:
        """Batches in flight at most; when the time is up, no worker has a next one."""
        most = self._settings.max_batches
        return min(most, self._executor.n_workers) if self._is_time_up() else most

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
        # The first complete candidate is waited for.
        self._is_stopping |= self._is_time_up() and self._tally.n_complete > 0
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
        deadline = None if self._is_time_up() else self._deadline
        return Task(trial.index, fold, trial.params, context, deadline)

    def _is_time_up(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _open_next(self) -> bool:
        """Set a candidate off, or ask for one; False if there is none to be had now."""
        if self._recalled:
            trial = self._recalled.pop()
            if trial is None:
                return False
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
        if self._n_opened < len(self._replay):
            return self._replay[self._n_opened]
        return self._order.ask(self._n_opened)

    def _enter(self, params: Params) -> OpenTrial:
        """Open a candidate, with what an earlier run finished of it."""
        trial = self._line_up.candidate(self._n_opened, params, {})
        if self._twins.first_of(trial) is None:
            self._line_up.look_up(trial)
        self._open[trial.index] = trial
        self._n_opened += 1
        return trial

    def _set_off(self, trial: OpenTrial) -> None:
        """Line up a candidate's folds, unless it shares another one's results."""
        first = self._twins.first_of(trial)
        if first is None:
            self._go_on(trial)
        elif first in self._ended:
            self._end_twin(trial, self._ended[first])
        else:
            self._twins.wait_for(first, trial)

    def _go_on(self, trial: OpenTrial) -> None:
        """Line up what is left of a candidate, or end it."""
        if self._line_up.extend(trial):
            self._ready.append(trial)
        else:
            self._end(trial)

    def _catch_up(self) -> bool:
        """Run the missing folds of stopped candidates that may have won, once."""
        if self._race is None:
            return False
        chosen = self._race.catch_up(self._twins)
        with interrupts_held():
            for index in chosen:
                self._reopen(self._ended[index])
        return bool(chosen)

    def _reopen(self, stopped: Trial) -> None:
        results = {fold.fold: fold for fold in stopped.folds}
        trial = self._line_up.candidate(stopped.index, stopped.params, results)
        first = self._twins.first_of(trial)
        if first is not None:
            # It stays as it is until the other one has ended again.
            self._twins.wait_for(first, trial)
            return
        self._line_up.look_up(trial)
        del self._ended[trial.index]
        self._open[trial.index] = trial
        self._go_on(trial)

    # -------------------------------------------------------------- receiving

    def _receive(self, outcome: Outcome) -> None:
        task, result = outcome.task, outcome.result
        trial = self._open[task.trial]
        trial.n_running -= 1
        if result is None:
            self._take_back(trial, task.fold)
            return
        trial.results[task.fold] = result
        if result.is_fatal:
            self._give_up(trial, result)
        self._is_stopping |= result.stop
        self._tally.count_fold(result)
        if self._store is not None:
            self._keep(self._store.write, task.trial, task.params, result)
        self._news.add_fold(task, result)
        if not trial.n_running and not trial.todo:
            self._go_on(trial)

    def _take_back(self, trial: OpenTrial, fold: int) -> None:
        """Have a fold to hand out again that was not begun."""
        if not trial.todo:
            self._ready.appendleft(trial)
        trial.todo.appendleft(fold)
        fatal = next((r for r in trial.results.values() if r.is_fatal), None)
        if fatal is not None:
            self._give_up(trial, fatal)
            if not trial.n_running:
                self._go_on(trial)

    def _give_up(self, trial: OpenTrial, fatal: FoldResult) -> None:
        self._line_up.give_up(trial, fatal)
        if trial in self._ready:
            self._ready.remove(trial)

    def _announce(self) -> None:
        """Tell observers what has been recorded; they may end the search."""
        if self._failure is not None:
            raise self._failure
        self._is_stopping |= self._news.tell()

    def _end(self, trial: OpenTrial) -> None:
        """Close a candidate, and with it those that share its results."""
        self._record(self._closed(trial))
        for twin in self._twins.pop(trial.index):
            self._end_twin(twin, self._ended[trial.index])

    def _closed(self, trial: OpenTrial) -> Trial:
        """The record of a candidate of which nothing more is run."""
        closed = trial.close(self._settings.n_splits, Status.STOPPED)
        return self._tally.judged(closed)

    def _end_twin(self, twin: OpenTrial, first: Trial) -> None:
        self._record(replace(first, index=twin.index, params=twin.params))

    def _record(self, trial: Trial) -> None:
        self._open.pop(trial.index, None)
        self._ended[trial.index] = trial
        self._tally.count_trial(trial)
        if self._store is not None:
            self._keep(self._store.finish, trial.index, trial.params, trial.status)
        self._order.note_end(trial)
        self._news.add_trial(trial)

    def _keep(self, write: Callable[..., None], *record: Any) -> None:
        """Write to the store; if it fails, that is the last of it and of the search."""
        try:
            guarded(write, *record)
        except ObserverError as error:
            self._store = None
            self._failure = error

    # ----------------------------------------------------------------- ending

    def _interrupt(self, error: BaseException) -> None:
        """Give up what is running, and record what is not."""
        self.interruption = error
        # An impatient second Ctrl-C must not cost what has been finished.
        with suppress(KeyboardInterrupt):
            self._executor.abort()
        with suppress(KeyboardInterrupt), interrupts_held():
            while self._executor.finished:
                self._receive(self._executor.finished.popleft())

    def _close_unfinished(self) -> None:
        """Record what the end of the search cut off, and tell the strategy the rest."""
        for twin in self._twins.waiting():
            self._open.pop(twin.index, None)
        for index, trial in sorted(self._open.items()):
            if trial.results:
                self._ended[index] = self._closed(trial)
        self._open.clear()
        self._order.tell_rest()

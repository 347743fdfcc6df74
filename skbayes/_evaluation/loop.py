"""The one loop of all searches: ask for candidates, run their folds, tell.

A candidate is opened when a worker would otherwise have nothing to do, its folds
are handed out in order, and it ends when none of them is left to run.

What an adaptive strategy may know when it proposes candidate t is fixed, so that a
search with a seed gives the same result whatever finishes first: every candidate up
to t - lag has ended and been told, in order; the others are pending.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from skbayes._evaluation.executor import Executor, Outcome, Task
from skbayes._evaluation.identity import params_key
from skbayes._evaluation.open_trial import OpenTrial, PendingTrials
from skbayes._evaluation.partners import (
    Context,
    FoldStore,
    Observer,
    ObserverError,
    Race,
    guarded,
)
from skbayes._evaluation.rivals import RivalHistory
from skbayes._evaluation.tally import Tally
from skbayes._protocol import FoldResult, Params, Status, Strategy, Trial


@dataclass(frozen=True)
class LoopSettings:
    """How a search is run.

    Parameters
    ----------
    n_splits : int
        Folds of a complete trial.
    metric : str or None
        The score that decides; None: the first one the scorer gives.
    lag : int or None
        How many candidates may be under way when a new one is proposed; None for a
        strategy that ignores what it is told.
    in_order : bool
        Whether trials are told in the order they were proposed, for repeatability.
    max_batches : int
        Batches in flight at most.
    time_budget : float or None
        Seconds after which no new fit starts.
    reuse_duplicates : bool
        Whether a candidate seen before gets its twin's results instead of new fits.
    estimates_improvement : bool
        Whether observers want to know what the next candidate is expected to gain.
    """

    n_splits: int
    metric: str | None = None
    lag: int | None = None
    in_order: bool = True
    max_batches: int = 1
    time_budget: float | None = None
    reuse_duplicates: bool = True
    estimates_improvement: bool = False


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
        race: Race | None = None,
    ) -> None:
        self._strategy = strategy
        self._executor = executor
        self._settings = settings
        self._observers = observers
        self._context = context
        self._store = store
        self._replay = replay
        self._race = race
        self._rivals = RivalHistory(settings.n_splits)
        self._open: dict[int, OpenTrial] = {}
        self._ready: deque[OpenTrial] = deque()
        self._ended: dict[int, Trial] = {}
        self._first_open = 0
        self._n_told = 0
        self._seen: dict[Hashable, int] = {}
        self._twins: dict[int, list[OpenTrial]] = {}
        self._n_opened = 0
        self._caught_up: set[int] = set()
        self._waits_for_order = settings.lag is not None and settings.in_order
        self._is_stopping = False
        self._is_used_up = False
        self._began = time.monotonic()
        self._tally = Tally(settings.metric)
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
            self._executor.abort()
            raise
        self._close_unfinished()
        ended = (self._ended[i] for i in sorted(self._ended))
        # A candidate that was opened but never run leaves no row behind.
        return [t if t.index == i else replace(t, index=i) for i, t in enumerate(ended)]

    # ------------------------------------------------------------ handing out

    def _run(self) -> None:
        while True:
            self._hand_out()
            if not self._executor.n_waiting:
                if self._is_stopping or not self._catch_up():
                    return
                continue
            for outcome in self._executor.wait():
                self._receive(outcome)

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
            left = (total - self._n_opened) * self._settings.n_splits
            share = math.ceil(left / (2 * n_workers))
        return max(1, min(size, share))

    def _next_task(self) -> Task | None:
        """The next fold to run, of an open candidate if there is one."""
        if self._is_over_budget():
            self._is_stopping = True
        if self._is_stopping:
            return None
        while not self._ready:
            if not self._open_next():
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
        """Ask for a candidate and open it; False if there is none to be had now."""
        if self._is_used_up or not self._may_ask():
            return False
        params = self._next_params()
        if params is None:
            self._is_used_up = True
            return False
        trial = OpenTrial(self._n_opened, params, deque())
        self._n_opened += 1
        self._open[trial.index] = trial
        if not self._is_twin(trial):
            self._begin(trial)
        return True

    def _next_params(self) -> Params | None:
        """The next candidate: of the run that is continued, else a new one."""
        total = self._strategy.n_candidates
        if self._n_opened < len(self._replay) and (
            total is None or self._n_opened < total
        ):
            return self._replay[self._n_opened]
        proposed = self._strategy.ask(1, self._pending())
        return proposed[0] if proposed else None

    def _may_ask(self) -> bool:
        lag = self._settings.lag
        if lag is None:
            return True
        if not self._settings.in_order:
            return len(self._open) < lag
        if self._first_open <= self._n_opened - lag:
            return False
        self._tell_up_to(self._n_opened - lag)
        return True

    def _pending(self) -> Sequence[Trial]:
        """What the strategy does not know the end of."""
        n_splits = self._settings.n_splits
        if not self._waits_for_order:
            return PendingTrials(self._open, n_splits)
        # Folds that have ended are left out: which ones have is a matter of chance.
        known = range(self._n_told, self._n_opened)
        params = (self._open.get(i) or self._ended[i] for i in known)
        return [Trial(t.index, t.params, n_splits) for t in params]

    def _is_twin(self, trial: OpenTrial) -> bool:
        """Let a candidate that was proposed before share that one's results."""
        if not self._settings.reuse_duplicates:
            return False
        first = self._seen.setdefault(params_key(trial.params), trial.index)
        if first == trial.index:
            return False
        if first in self._ended:
            self._end_twin(trial, self._ended[first])
        else:
            self._twins.setdefault(first, []).append(trial)
        return True

    def _begin(self, trial: OpenTrial) -> None:
        """Line up a candidate's folds, less those that an earlier run finished."""
        n_splits = self._settings.n_splits
        order = self._race.fold_order(trial.index) if self._race else range(n_splits)
        if self._store is not None:
            trial.results.update(self._store.find(trial.params))
            for result in trial.results.values():
                self._tally.note_metric(result)
        missing = [k for k in order if k not in trial.results]
        (trial.held if self._race else trial.todo).extend(missing)
        for result in [r for r in trial.results.values() if r.is_fatal]:
            self._give_up(trial, result)
        self._go_on(trial)

    def _go_on(self, trial: OpenTrial) -> None:
        """Line up what is left of a candidate, or end it."""
        if trial.held and not self._is_lost(trial):
            trial.todo.append(trial.held.popleft())
        if trial.todo:
            self._ready.append(trial)
        else:
            self._end(trial)

    def _is_lost(self, trial: OpenTrial) -> bool:
        """Whether the race is over for a candidate.

        Its rivals are those that had ended for certain when it was opened, so that
        the answer does not depend on what happens to have finished since.
        """
        if self._race is None or not trial.results or trial.index in self._caught_up:
            return False
        n_known = trial.index - (self._settings.lag or 1) + 1
        metric = self._tally.metric or "score"
        rivals = self._rivals.among_first(n_known, self._ended, metric)
        return self._race.is_lost(trial.results, rivals, metric)

    def _catch_up(self) -> bool:
        """Run the missing folds of stopped candidates that may have won, once."""
        if self._race is None or self._caught_up:
            return False
        trials = [self._ended[i] for i in range(self._n_opened)]
        chosen = self._race.catch_up(trials, self._tally.metric or "score")
        self._caught_up.update(chosen)
        for index in chosen:
            stopped = self._ended.pop(index)
            trial = OpenTrial(index, stopped.params, deque())
            trial.results.update({fold.fold: fold for fold in stopped.folds})
            trial.todo.extend(
                k for k in self._race.fold_order(index) if k not in trial.results
            )
            self._open[index] = trial
            self._ready.append(trial)
        return bool(chosen)

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
            guarded(self._store.write, task.trial, task.params, result)
        for observer in self._observers:
            guarded(observer.on_fold, task.trial, task.params, result)
        if not trial.n_running and not trial.todo:
            self._go_on(trial)

    def _give_up(self, trial: OpenTrial, fatal: FoldResult) -> None:
        """Let the folds of a candidate that are left fail as this one did."""
        for fold in (*trial.todo, *trial.held):
            trial.results[fold] = replace(fatal, fold=fold)
        trial.todo.clear()
        trial.held.clear()
        if trial in self._ready:
            self._ready.remove(trial)

    def _end(self, trial: OpenTrial) -> None:
        """Close a candidate, and with it those that share its results."""
        closed = trial.close(self._settings.n_splits, Status.COMPLETE)
        status = self._tally.status(closed)
        self._record(replace(closed, status=status))
        for twin in self._twins.pop(trial.index, ()):
            self._end_twin(twin, self._ended[trial.index])

    def _end_twin(self, twin: OpenTrial, first: Trial) -> None:
        self._record(replace(first, index=twin.index, params=twin.params))

    def _record(self, trial: Trial) -> None:
        del self._open[trial.index]
        self._ended[trial.index] = trial
        while self._first_open in self._ended:
            self._first_open += 1
        self._tally.count_trial(trial)
        if self._store is not None:
            guarded(self._store.finish, trial.index, trial.params, trial.status)
        if not self._waits_for_order or trial.index < self._n_told:
            self._strategy.tell(self._for_strategy(trial))
        if self._observers:
            self._notify(trial)

    def _tell_up_to(self, index: int) -> None:
        """Tell the strategy every trial up to `index` that it does not know yet."""
        while self._n_told <= index:
            self._strategy.tell(self._for_strategy(self._ended[self._n_told]))
            self._n_told += 1

    def _for_strategy(self, trial: Trial) -> Trial:
        """A trial with the one score that decides, under the name ``"score"``."""
        return self._tally.with_single_score(trial)

    def _notify(self, trial: Trial) -> None:
        progress = self._tally.progress(
            trial, self._strategy.n_candidates, time.monotonic() - self._began
        )
        if self._settings.estimates_improvement:
            gain = self._strategy.expected_improvement()
            progress = replace(progress, expected_improvement=gain)
        for observer in self._observers:
            self._is_stopping |= bool(guarded(observer.on_trial, progress))

    # ----------------------------------------------------------------- ending

    def _interrupt(self, error: BaseException) -> None:
        self.interruption = error
        # An impatient second Ctrl-C must not cost what has been finished.
        with suppress(KeyboardInterrupt):
            self._executor.abort()

    def _close_unfinished(self) -> None:
        """Record what the end of the search cut off, and tell the strategy the rest."""
        n_splits = self._settings.n_splits
        for twins in self._twins.values():
            for twin in twins:
                self._open.pop(twin.index)
        for index, trial in sorted(self._open.items()):
            if trial.results:
                self._ended[index] = trial.close(n_splits, Status.STOPPED)
        self._open.clear()
        if self._waits_for_order:
            for index in sorted(self._ended):
                if index >= self._n_told:
                    self._strategy.tell(self._for_strategy(self._ended[index]))
            self._n_told = self._n_opened

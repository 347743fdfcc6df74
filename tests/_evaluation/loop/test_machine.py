"""Anything may happen to a search, in any order: nothing is lost, nothing run twice.

Folds end in any order, fail, kill their worker; workers vanish with what they ran;
time runs out; an observer stops the search or breaks; Ctrl-C comes. Then the search is
run again, as often as it takes. In the end it has come to what a search has come to
that ran alone, one fold after the other.
"""

from __future__ import annotations

import math
from collections import Counter
from contextlib import ExitStack

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.racing.paired_race import PairedRace
from skbayes._protocol import Status
from tests._evaluation.loop.machine_parts import (
    Adaptive,
    Listed,
    NumberedMemory,
    Watcher,
    result_of,
    score_of,
)
from tests._evaluation.loop.simulation import Clock, SimulatedExecutor, time_of
from tests._evaluation.loop.stepping import SteppedExecutor, SteppedSearch, name_of

searches = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([Listed, Adaptive]),
        "n_workers": st.integers(1, 4),
        "n_splits": st.integers(1, 4),
        "n_candidates": st.integers(1, 15),
        "lag": st.integers(1, 4),
        "in_order": st.booleans(),
        "is_race": st.booleans(),
    }
)
budgets = st.none() | st.floats(0.5, 6.0)
#: Trials after which an observer has seen enough.
enough = st.just(math.inf) | st.integers(1, 20)
#: Which of the running folds; the number is cut to how many there are.
any_of_them = st.integers(0, 3)


class SearchMachine(RuleBasedStateMachine):
    """A search, all that may happen to it, and what must hold whatever does."""

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.store = NumberedMemory()
        self.truth = {}  # what a fold gave: a score, NaN (failed) or -inf (fatal)
        self.had_gaps = False
        self.search = None
        self.resources = ExitStack()
        self.resources.enter_context(time_of(self.clock))

    @initialize(search=searches, budget=budgets, n_trials=enough)
    def choose_a_search(self, search, budget, n_trials):
        """Of either kind; told in order, as races always are, or not."""
        self.kind = search["kind"]
        self.n_workers = search["n_workers"]
        self.n_splits = search["n_splits"]
        self.n_candidates = search["n_candidates"]
        self.is_race = search["is_race"]
        self.in_order = search["in_order"] or self.is_race
        is_told = self.is_race or self.kind.is_adaptive
        self.lag = search["lag"] if is_told else None
        self._run(budget, n_trials)

    # ------------------------------------------------------------- what happens

    @property
    def is_running(self):
        """Whether there is anything that something could happen to."""
        return self.search is not None and not self.search.has_ended

    @property
    def is_cut_off(self):
        """Whether the latest run was ended by an observer or Ctrl-C."""
        is_interrupted = self.search.loop.interruption is not None
        return self.watcher.n_at_end is not None or is_interrupted

    @property
    def is_whole(self):
        """Whether the latest run came to its end with nothing left to do."""
        is_in_time = self.clock.now < self.deadline
        n_trials = len(self.search.trials or ())
        return n_trials == self.n_candidates and is_in_time and not self.is_cut_off

    @precondition(lambda self: self.is_running)
    @rule(which=any_of_them, seconds=st.floats(0.0, 2.0))
    def a_fold_ends(self, which, seconds):
        """After some time, whichever it is."""
        self.clock.now += seconds
        self._end(which, score_of)
        self._go_on()

    @precondition(lambda self: self.is_running)
    @rule(
        which=st.lists(any_of_them, min_size=2, max_size=20),
        seconds=st.floats(0.0, 1.0),
    )
    def folds_end_in_turn(self, which, seconds):
        """A while in which nothing else happens."""
        for one in which:
            if self.is_running:
                self.clock.now += seconds
                self._end(one, score_of)
                self._go_on()

    @precondition(lambda self: self.is_running)
    @rule(which=st.lists(any_of_them, min_size=2, max_size=5))
    def folds_end_at_once(self, which):
        """Several are back, of one candidate or of many, before the loop looks."""
        for one in which:
            self._end(one, score_of)
        self._go_on()

    @precondition(lambda self: self.is_running)
    @rule(which=any_of_them)
    def a_fold_fails(self, which):
        """It raised, or its score is no number."""
        self._end(which, lambda params, fold: math.nan)
        self._go_on()

    @precondition(lambda self: self.is_running)
    @rule(which=any_of_them, others_are_back=st.booleans())
    def a_fold_kills_its_worker(self, which, others_are_back):
        """Those that ran beside it end, or are lost and to be run again."""
        self._end(which, lambda params, fold: -math.inf)
        if others_are_back:
            for _ in range(len(self.executor.running)):
                self._end(0, score_of)
        else:
            self.executor.take_back()
        self._go_on()

    @precondition(lambda self: self.is_running)
    @rule()
    def workers_vanish(self):
        """Killed from outside: nobody is to blame, all that ran is run again."""
        self.executor.take_back()
        self._go_on()

    @precondition(lambda self: self.is_running)
    @rule(seconds=st.floats(0.1, 10.0))
    def time_passes(self, seconds):
        """And with it perhaps the time budget."""
        self.clock.now += seconds

    @precondition(lambda self: self.is_running)
    @rule(
        which=st.lists(any_of_them, max_size=3),
        how=st.sampled_from(["stop", RuntimeError, KeyboardInterrupt, "ctrl-c"]),
    )
    def it_is_cut_off(self, which, how):
        """By an observer that says so or raises, or by Ctrl-C here or there."""
        if how == "stop":
            self.watcher.n_trials = 0
        elif how != "ctrl-c":
            self.watcher.error = how("told to break")
        for one in which:
            self._end(one, score_of)
        self._go_on(KeyboardInterrupt() if how == "ctrl-c" else None)

    @precondition(lambda self: not self.is_running)
    @rule(budget=budgets, n_trials=enough, n_more=st.integers(0, 3))
    def it_is_run_again(self, budget, n_trials, n_more):
        """With what is stored, also if nothing is missing; or to more candidates."""
        if self.is_whole:
            self.n_candidates += n_more
        self._run(budget, n_trials)

    # ------------------------------------------------------------ what must hold

    @invariant()
    def no_fold_is_run_twice(self):
        """In no two runs together, but for those that were lost."""
        if self.search is None:
            return
        begun = Counter(name_of(task) for task, _ in self.executor.begun)
        begun -= self.executor.lost
        assert set(begun.values()) <= {1}
        assert not begun.keys() & self.stored_before

    @invariant()
    def the_time_budget_is_kept(self):
        """No fold is begun when it is up, but those of the first candidate.

        And these only as long as there is no complete one.
        """
        if self.search is None or not self.executor.begun:
            return
        n_seen, self.n_seen = self.n_seen, len(self.executor.begun)
        begun = self.executor.begun[n_seen:]
        late = {task.trial for task, t in begun if t >= self.deadline}
        assert late <= {0}
        assert not late or self.n_complete_before == 0
        # Nor does one that was handed over wait for a worker whatever the time.
        is_limited = self.deadline < math.inf
        assert not is_limited or all(task.deadline for task in self.executor.queue)
        statuses = [trial.status for trial in self.watcher.trials]
        self.n_complete_before = statuses.count(Status.COMPLETE)

    @invariant()
    def nothing_is_handed_over_after_a_stop(self):
        """What workers had been given may be begun; no more than that."""
        if self.search is not None and self.watcher.n_at_end is not None:
            assert len(self.executor.submitted) == self.watcher.n_at_end

    def teardown(self):
        """Let it come to its end, undisturbed; then compare."""
        try:
            if self.search is not None:
                while self.is_running:
                    self._end_all()
                self._run()
                while self.is_running:
                    self._end_all()
                self._check_the_whole()
        finally:
            self.resources.close()

    # --------------------------------------------------------------------- parts

    def _run(self, budget=None, n_trials=math.inf):
        """Begin a run of the search, up to where it first waits."""
        self.stored_before = {(x, k) for x, k in self.store.written}
        self.had_gaps |= self.store.has_gaps()
        self.deadline = math.inf if budget is None else self.clock.now + budget
        self.n_seen = self.n_complete_before = self.n_looked_at = 0
        self.executor = SteppedExecutor(self.n_workers, self.clock)
        self.watcher = Watcher(self.executor, n_trials)
        self.strategy = self.kind(self.n_candidates)
        recorded = (
            {"replay": self.store.begun()}
            if self.kind.is_adaptive
            else {"n_recorded": 1 + max(self.store.numbers.values(), default=-1)}
        )
        loop = SearchLoop(
            self.strategy,
            self.executor,
            self._settings(self.n_workers, budget),
            observers=[self.watcher],
            store=self.store,
            race=self._race(),
            **recorded,
        )
        self.search = SteppedSearch(loop, self.executor)
        self._look()

    def _settings(self, n_workers, budget):
        return LoopSettings(
            n_splits=self.n_splits,
            metric="score",
            lag=self.lag,
            in_order=self.in_order,
            max_batches=n_workers + 1 if n_workers > 1 else 1,
            time_budget=budget,
        )

    def _race(self):
        return PairedRace(self.n_splits) if self.is_race else None

    def _end(self, which, score):
        """End one of the running folds, if there is any."""
        if not self.executor.running:
            return
        which %= len(self.executor.running)
        task = self.executor.running[which]
        value = score(task.params, task.fold)
        self.truth[name_of(task)] = value
        self.executor.end(which, result_of(task.fold, value))

    def _end_all(self):
        for _ in range(len(self.executor.running)):
            self._end(0, score_of)
        self._go_on()

    def _go_on(self, interrupt=None):
        self.search.go_on(interrupt)
        self._look()

    def _look(self):
        """Check what the loop has done since it stood still."""
        # A candidate that has killed a worker is not tried again.
        submitted = self.executor.submitted[self.n_looked_at :]
        self.n_looked_at += len(submitted)
        dead = {x for (x, _), value in self.truth.items() if value == -math.inf}
        assert not dead & {task.params["x"] for task in submitted}
        if self.search.has_ended:
            self._check_the_run()

    def _check_the_run(self):
        """What has ended is in the trials and in the store, as it was, and told."""
        trials = self.search.trials
        assert [t.index for t in trials] == list(range(len(trials)))
        kept = {(t.params["x"], f.fold): f for t in trials for f in t.folds}
        ended = set(map(name_of, self.executor.ended))
        assert ended <= kept.keys()
        assert ended | self.stored_before == set(self.store.written)
        assert len(self.store.written) == len(set(self.store.written))
        for name, fold in kept.items():
            value = self.truth.get(name, -math.inf)  # given up with its candidate
            np.testing.assert_equal(fold.test_scores["score"], value)
        for trial in trials:
            assert trial.status == self._status_of(trial)
        # Time alone does not end a search before its first candidate has ended.
        is_any = any(t.status is Status.COMPLETE for t in trials)
        # In a race one that has failed gets no further folds.
        is_first_over = trials and trials[0].status is not Status.STOPPED
        assert self.is_cut_off or is_any or is_first_over
        self._check_what_was_told()

    def _check_what_was_told(self):
        """All trials, in order where that matters; else those that were not cut off."""
        # Trials are numbered anew if one of them was cut off before its first fold.
        told = {t.params["x"] for t in self.strategy.told}
        is_told_in_order = self.in_order and self.lag is not None
        assert told >= {
            t.params["x"]
            for t in self.search.trials
            if is_told_in_order or len(t.folds) == self.n_splits
        }
        if is_told_in_order:
            indices = list(dict.fromkeys(t.index for t in self.strategy.told))
            assert indices == sorted(indices)

    def _status_of(self, trial):
        values = [fold.test_scores["score"] for fold in trial.folds]
        if not np.isfinite(values).all():
            return Status.FAILED
        is_whole = len(values) == self.n_splits
        return Status.COMPLETE if is_whole else Status.STOPPED

    def _check_the_whole(self):
        """All candidates are there, and they are what a serial search makes of them."""
        trials = self.search.trials
        assert len(trials) == self.n_candidates
        if not self.is_race:
            assert all(len(t.folds) == self.n_splits for t in trials)
        if self.kind.is_adaptive and (self.had_gaps or not self.in_order):
            return  # it knew something else when it proposed
        assert list(map(summary_of, trials)) == list(map(summary_of, self._serial()))

    def _serial(self):
        """Trials of a search that nothing happened to, on one worker."""
        executor = SimulatedExecutor(1, lambda task: 1.0, self._score_in_truth)
        loop = SearchLoop(
            self.kind(self.n_candidates),
            executor,
            self._settings(1, None),
            race=self._race(),
        )
        return loop.run()

    def _score_in_truth(self, params, fold):
        return self.truth.get((params["x"], fold), score_of(params, fold))


def summary_of(trial):
    """A trial without what chance decides: what a dead candidate had run before."""
    is_dead = any(fold.is_fatal for fold in trial.folds)
    scores = "any" if is_dead else repr(trial.scores().tolist())
    return trial.index, trial.params, str(trial.status), scores


TestSearchMachine = SearchMachine.TestCase
TestSearchMachine.settings = settings(
    max_examples=150,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)

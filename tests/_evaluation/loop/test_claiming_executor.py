"""What other drivers of a search run is waited for, and run here if they are lost."""

from __future__ import annotations

import time
from collections import deque

import pytest

from skbayes._evaluation.execution.executor import Outcome, Task
from skbayes._evaluation.loop import claiming_executor
from skbayes._evaluation.loop.claiming_executor import ClaimingExecutor, claiming
from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._protocol import FoldResult, Status
from skbayes._strategies.fixed import FixedCandidates


class Inline:
    """Runs a task when it is waited for; notes what it ran."""

    batch_size = 1
    n_workers = 1
    n_elsewhere = 0
    is_far = False

    def __init__(self):
        self.finished = deque()
        self.tasks = deque()
        self.ran = []

    @property
    def n_waiting(self):
        """Tasks to be run."""
        return len(self.tasks)

    def submit(self, tasks):
        """Queue tasks."""
        self.tasks.extend(tasks)

    def wait(self, seconds=None):
        """Run one."""
        if self.tasks:
            task = self.tasks.popleft()
            self.ran.append((task.params["x"], task.fold))
            self.finished.append(Outcome(task, FoldResult(task.fold, {"score": 1.0})))

    def release_held(self):
        """Do nothing."""

    def abort(self):
        """Forget what has not begun."""
        self.tasks.clear()


class Shared:
    """A store in which another driver does something when it is asked often enough.

    Parameters
    ----------
    held : set
        Candidates and folds that it has claimed.
    """

    def __init__(self, held=()):
        self.held = set(held)
        self.results = {}
        self.written = []
        self.n_claims = 0
        #: What happens when the store is asked for the n-th time.
        self.events = {}

    def claim(self, trial, params, fold, segment):
        """Whether it is free."""
        self.n_claims += 1
        self.events.pop(self.n_claims, lambda: None)()
        name = params["x"], fold
        return name not in self.held and name not in self.results

    def result(self, params, fold, segment):
        """What the other driver found."""
        return self.results.get((params["x"], fold))

    def finish_elsewhere(self, *names, error=None):
        """The other driver has results."""
        for x, fold in names:
            self.held.discard((x, fold))
            self.results[x, fold] = FoldResult(
                fold, {"score": 2.0}, error=error, written=1.0
            )

    def find(self, params):
        """Nothing from earlier runs."""
        return {}

    def when_written(self, params):
        """Nothing from earlier runs."""
        return {}

    def write(self, trial, params, result):
        """Note what is kept."""
        self.written.append((params["x"], result.fold))

    def finish(self, trial, params, status):
        """Nobody asks."""


def search(store, n_candidates=3, observers=(), **settings):
    """Run a search of two folds beside another driver: trials, loop and executor."""
    inner = Inline()
    loop = SearchLoop(
        FixedCandidates([{"x": i} for i in range(n_candidates)], n_candidates),
        ClaimingExecutor(inner, store),
        LoopSettings(n_splits=2, **settings),
        store=store,
        observers=observers,
    )
    return loop.run(), loop, inner


def sources(trials):
    """Where the folds of each trial came from: 1 here, 2 elsewhere."""
    return [[fold.test_scores["score"] for fold in trial.folds] for trial in trials]


def test_claiming_without_a_store_changes_nothing():
    """The executor is the one that was given."""
    inner = Inline()
    assert claiming(inner, None) is inner
    assert isinstance(claiming(inner, Shared()), ClaimingExecutor)


def test_claiming_executor_runs_other_folds_first(monkeypatch):
    """A result is taken when it is there; nothing of another driver is written."""
    store = Shared({(0, 0), (1, 1)})
    # All others have been run by then.
    store.events[10] = lambda: store.finish_elsewhere((0, 0), (1, 1))
    trials, _, inner = search(store)
    assert inner.ran == store.written == [(0, 1), (1, 0), (2, 0), (2, 1)]
    assert sources(trials) == [[2, 1], [1, 2], [1, 1]]
    assert {trial.status for trial in trials} == {Status.COMPLETE}


def test_claiming_executor_does_not_run_what_another_driver_finished():
    """The result was not there yet when the candidate was opened."""
    store = Shared()
    store.finish_elsewhere((1, 0), (1, 1))
    trials, _, inner = search(store)
    assert inner.ran == [(0, 0), (0, 1), (2, 0), (2, 1)]
    assert sources(trials) == [[1, 1], [2, 2], [1, 1]]


def test_claiming_executor_runs_what_a_lost_driver_had():
    """Its folds are run when everything else has been run, or before."""
    store = Shared({(0, 0), (0, 1)})
    store.events[12] = store.held.clear
    trials, _, inner = search(store)
    assert sorted(inner.ran) == [(x, k) for x in range(3) for k in range(2)]
    assert sources(trials) == [[1, 1]] * 3


def test_claiming_executor_takes_over_a_fold_that_failed_elsewhere():
    """The fold is not run again here."""
    store = Shared()
    store.finish_elsewhere((1, 0), error="boom")
    trials, _, inner = search(store)
    assert (1, 0) not in inner.ran
    assert [trial.status for trial in trials] == ["complete", "failed", "complete"]
    assert trials[1].error == "boom"


def test_claiming_executor_stops_waiting_when_the_time_is_up():
    """Other drivers keep what they run; complete candidates are there."""
    store = Shared({(1, 0), (2, 1)})
    began = time.monotonic()
    trials, _, _ = search(store, time_budget=0.3)
    assert 0.25 < time.monotonic() - began < 5
    assert [t.status for t in trials] == ["complete", "stopped", "stopped"]
    assert sources(trials) == [[1, 1], [1], [1]]


def test_claiming_executor_waits_for_the_first_candidate_beyond_the_budget():
    """The search then has something to show."""
    store = Shared({(0, 1)})
    due = time.monotonic() + 0.5

    def finish(params, fold, segment):
        if time.monotonic() > due:
            store.finish_elsewhere((0, 1))
        return store.results.get((params["x"], fold))

    store.result = finish
    trials, _, _ = search(store, n_candidates=1, time_budget=0.1)
    assert trials[0].status is Status.COMPLETE
    assert sources(trials) == [[1, 2]]


def test_claiming_executor_stops_waiting_when_an_observer_ends_it():
    class Enough:
        def on_fold(self, *args):
            pass

        def on_trial(self, progress):
            return progress.n_done == 1

    store = Shared({(1, 0)})
    trials, loop, _ = search(store, observers=[Enough()])
    assert loop.interruption is None
    assert trials[0].status is Status.COMPLETE


def test_claiming_executor_stops_waiting_at_ctrl_c(monkeypatch):
    """What is finished is kept."""

    def interrupt(seconds):
        raise KeyboardInterrupt

    monkeypatch.setattr(claiming_executor.time, "sleep", interrupt)
    trials, loop, _ = search(Shared({(1, 0), (2, 0), (2, 1)}))
    assert isinstance(loop.interruption, KeyboardInterrupt)
    assert sources(trials) == [[1, 1], [1]]


def test_claiming_executor_ends_the_search_at_an_error_of_the_store():
    """The error is the cause, as of any other use of the store."""
    store = Shared()

    def fail():
        raise OSError("disk gone")

    store.events[3] = fail
    trials, loop, _ = search(store)
    assert isinstance(loop.interruption, OSError)
    assert sources(trials) == [[1, 1]]


def test_claiming_executor_looks_less_often_while_nothing_happens(monkeypatch):
    """Pauses grow to half a second, and are short when something has happened."""
    pauses = []
    now = [0.0]

    def sleep(seconds):
        pauses.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(claiming_executor.time, "sleep", sleep)
    monkeypatch.setattr(claiming_executor.time, "monotonic", lambda: now[0])
    store = Shared({(0, 0), (0, 1)})
    executor = ClaimingExecutor(Inline(), store)
    executor.submit([Task(0, k, {"x": 0}) for k in range(2)])
    assert executor.n_elsewhere == 2
    for _ in range(20):
        executor.wait()
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.01, 0.5)
    store.finish_elsewhere((0, 0))
    executor.wait()
    assert [outcome.task.fold for outcome in executor.finished] == [0]
    executor.wait()  # there is something to take in
    executor.finished.clear()
    executor.wait()
    assert pauses[-1] == 0.01
    executor.wait(0.001)
    assert pauses[-1] == pytest.approx(0.001)

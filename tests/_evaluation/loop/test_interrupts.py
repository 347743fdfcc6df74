"""Ctrl-C at any moment of a simulated search: what has ended is kept, once."""

from __future__ import annotations

import signal
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._protocol import Status
from tests._evaluation.loop.simulation import (
    CountingStrategy,
    Memory,
    Recorder,
    SimulatedExecutor,
    score_of,
    searches,
    simulate,
    time_of,
)

pytestmark = pytest.mark.usefixtures("python_interrupts")


@pytest.fixture(scope="module")
def python_interrupts():
    """SIGINT raises KeyboardInterrupt, also in a test run put in the background."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, previous)


class Interrupting:
    """Sends a real SIGINT when it has been called a number of times."""

    def __init__(self, n_calls):
        self._n_left = n_calls

    def __call__(self):
        self._n_left -= 1
        if self._n_left == 0:
            signal.raise_signal(signal.SIGINT)


class InterruptedExecutor(SimulatedExecutor):
    """Is interrupted while it waits, when some tasks have ended already."""

    def __init__(self, *args, interrupt, **kwargs):
        super().__init__(*args, **kwargs)
        self._interrupt = interrupt

    def _end_first(self):
        super()._end_first()
        self._interrupt()


class InterruptedMemory(Memory):
    """A store that is interrupted while it writes."""

    def __init__(self, interrupt):
        super().__init__()
        self._interrupt = interrupt

    def write(self, trial, params, result):
        """Keep a fold; Ctrl-C comes before it is kept."""
        self._interrupt()
        super().write(trial, params, result)

    def finish(self, trial, params, status):
        """Keep an end."""
        self._interrupt()
        super().finish(trial, params, status)


class InterruptedRecorder(Recorder):
    """An observer during whose call Ctrl-C comes."""

    def __init__(self, interrupt):
        super().__init__()
        self._interrupt = interrupt

    def on_fold(self, trial, params, result):
        """Be interrupted."""
        self._interrupt()

    def on_trial(self, progress):
        """Be interrupted."""
        self._interrupt()
        return super().on_trial(progress)


def interrupted_search(where, n_calls, search):
    """Run a search that Ctrl-C cuts off: trials, executor, store and the cause."""
    interrupt = Interrupting(n_calls)
    store = Memory() if where != "store" else InterruptedMemory(interrupt)
    observers = [InterruptedRecorder(interrupt)] if where == "observer" else []
    kind = SimulatedExecutor
    if where == "executor":

        def kind(*args):
            return InterruptedExecutor(*args, interrupt=interrupt)

    return store, simulate(**search, store=store, observers=observers, executor=kind)


class FullMemory(Memory):
    """A store that can keep nothing."""

    def write(self, trial, params, result):
        """Fail, as on a full disk."""
        raise OSError("no space left")


def test_interruption_tells_what_could_not_be_written():
    """What ended while Ctrl-C came is among the trials, but not in the journal."""
    executor = InterruptedExecutor(
        2, lambda task: 1.0, score_of, interrupt=Interrupting(1)
    )
    settings_ = LoopSettings(n_splits=3, lag=None, max_batches=3)
    with time_of(executor.clock):
        loop = SearchLoop(
            CountingStrategy(4), executor, settings_, race=None, store=FullMemory()
        )
        (trial,) = loop.run()
    assert len(trial.folds) == 1
    assert isinstance(loop.interruption, KeyboardInterrupt)
    (note,) = loop.interruption.__notes__
    assert note == "Some of what was finished is not written: no space left"


@pytest.mark.parametrize("where", ["executor", "store", "observer"])
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(search=searches, n_calls=st.integers(1, 40))
def test_what_has_ended_is_in_the_trials_and_in_the_store(where, n_calls, search):
    """Ctrl-C may come anywhere; the other folds are run when the search goes on."""
    store, (trials, executor, _) = interrupted_search(where, n_calls, search)
    kept = {(t.index, f.fold) for t in trials for f in t.folds}
    assert len(kept) == len(executor.ended)
    assert Counter(store.written) == Counter(
        {(t.params["x"], f.fold): 1 for t in trials for f in t.folds}
    )
    for trial in trials:
        is_whole = len(trial.folds) == search["n_splits"]
        assert trial.status == (Status.COMPLETE if is_whole else Status.STOPPED)
        assert ((trial.params["x"], Status.COMPLETE) in store.ended) == is_whole
    resumed, second, _ = simulate(**search, store=store)
    n_folds = search["n_candidates"] * search["n_splits"]
    assert len(executor.ended) + len(second.ended) == n_folds
    assert [[f.test_scores for f in t.folds] for t in resumed] == [
        [{"score": score_of(t.params, k)} for k in range(search["n_splits"])]
        for t in resumed
    ]

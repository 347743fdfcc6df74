"""A loop that is stopped, or run again, keeps and uses what was finished."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.racing.paired_race import PairedRace
from skbayes._protocol import Status
from skbayes.callbacks import NoImprovement
from tests._evaluation.loop.simulation import (
    CountingStrategy,
    Memory,
    Recorder,
    SimulatedExecutor,
    score_of,
    searches,
    simulate,
)


@settings(max_examples=60, deadline=None)
@given(searches, st.integers(1, 10))
def test_search_loop_that_is_stopped_keeps_all_that_was_finished(search, n_trials):
    """After a stop no fold is begun; every fold that ended is in the trials."""
    observer = Recorder(n_trials)
    trials, executor, _ = simulate(**search, observers=[observer])
    kept = [(t.index, f.fold) for t in trials for f in t.folds]
    assert len(kept) == len(executor.ended)
    assert [t.index for t in trials] == list(range(len(trials)))
    if search["n_candidates"] > n_trials:
        n_open = search["n_workers"] + 1
        assert len(observer.seen) <= n_trials + n_open


def test_search_loop_tells_progress_that_counts_and_knows_the_best():
    observer = Recorder()
    trials, _, _ = simulate(n_candidates=6, observers=[observer])
    last = observer.seen[-1]
    means = [t.scores().mean() for t in trials]
    assert (last.n_done, last.n_total, last.n_folds_done) == (6, 6, 18)
    assert last.best_score == max(means)
    assert last.best_params == trials[int(np.argmax(means))].params
    np.testing.assert_allclose(sorted(last.scores), sorted(means))


def test_search_loop_ends_with_results_at_an_error_in_an_observer():
    """What is finished is returned, and the error is kept to be shown."""
    executor = SimulatedExecutor(1, lambda task: 1.0, score_of)
    error = RuntimeError("boom")
    loop = SearchLoop(
        CountingStrategy(5),
        executor,
        LoopSettings(n_splits=2),
        observers=[Recorder(2, error)],
    )
    trials = loop.run()
    assert loop.interruption is error
    assert [t.status for t in trials] == [Status.COMPLETE] * 2


@settings(max_examples=60, deadline=None)
@given(searches, st.integers(1, 10))
def test_search_loop_that_is_run_again_runs_only_what_is_missing(search, n_trials):
    """A stopped search and its continuation together run each fold once."""
    store = Memory()
    simulate(**search, store=store, observers=[Recorder(n_trials)])
    n_recorded = 1 + max(x for x, _ in store.written)
    trials, _, _ = simulate(**search, store=store, n_recorded=n_recorded)
    assert len(store.written) == len(set(store.written))
    plain, _, _ = simulate(**search)
    assert [t.folds for t in trials] == [t.folds for t in plain]


class StopsAfter(Recorder):
    """An observer that ends a search when some trials in a row brought nothing."""

    def __init__(self, patience):
        super().__init__()
        self.rule = NoImprovement(patience)

    def on_trial(self, progress):
        """Note it, and say whether it is enough."""
        super().on_trial(progress)
        return self.rule(progress)


@settings(max_examples=150, deadline=None)
@given(searches, st.integers(1, 8), st.booleans(), st.integers(0, 1000))
def test_search_loop_that_a_rule_ended_ends_again(search, patience, is_race, seed):
    """The rule ends it before any fit: it sees the same trials in the same order."""
    if is_race:
        search = {**search, "lag": search["lag"] or 2, "in_order": True}
        search["race"] = PairedRace(search["n_splits"])
    store, observers = Memory(), [StopsAfter(patience), StopsAfter(patience)]
    first, executor, _ = simulate(**search, store=store, observers=observers[:1])
    n_recorded = 1 + max(x for x, _ in store.written)
    more = {"store": store, "observers": observers[1:], "n_recorded": n_recorded}
    second, again, _ = simulate(**{**search, "seed": seed}, **more)
    assert again.ended == []
    assert [t.folds for t in second] == [t.folds for t in first]
    scores = [tuple(o.seen[-1].scores) if o.seen else () for o in observers]
    np.testing.assert_array_equal(*scores)


def test_search_loop_runs_candidates_of_an_earlier_run_first():
    """A continued search begins with what the earlier one had proposed."""
    strategy = CountingStrategy(5)
    trials, _, _ = simulate(strategy=strategy, replay=[{"x": 70}, {"x": 80}], lag=1)
    assert [t.params["x"] for t in trials] == [70, 80, 0, 1, 2, 3, 4]

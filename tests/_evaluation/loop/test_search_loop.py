"""The loop against simulated workers: nothing lost, nothing twice, always the same."""

from __future__ import annotations

import math
from collections import Counter
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbayes._evaluation.loop import search_loop as loop
from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.racing.paired_race import PairedRace
from skbayes._protocol import Status
from skbayes.callbacks import NoImprovement
from tests._evaluation.loop.simulation import Clock, CountingStrategy, SimulatedExecutor


def score_of(params, fold):
    """A score that is the same whenever and wherever it is asked for."""
    rng = np.random.default_rng([params["x"], fold, 7])
    return float(np.cos(params["x"]) + 0.1 * rng.normal() + 0.3 * (fold % 3))


@contextmanager
def time_of(clock):
    """The loop's time is that of the simulation."""
    with mock.patch.object(loop, "time", SimpleNamespace(monotonic=lambda: clock.now)):
        yield


def simulate(
    *, n_workers=1, n_splits=3, n_candidates=8, lag=None, in_order=True, seed=0,
    race=None, budget=None, score=score_of, strategy=None,
    executor=SimulatedExecutor, **partners,
):  # fmt: skip
    """Run a search on simulated workers: trials, executor and strategy."""
    rng = np.random.default_rng(seed)
    executor = executor(n_workers, lambda task: rng.exponential(), score)
    strategy = strategy or CountingStrategy(n_candidates)
    settings_ = LoopSettings(
        n_splits=n_splits, lag=lag, in_order=in_order, max_batches=n_workers + 1,
        time_budget=budget,
    )  # fmt: skip
    with time_of(executor.clock):
        search = SearchLoop(strategy, executor, settings_, race=race, **partners)
        return search.run(), executor, strategy


searches = st.fixed_dictionaries(
    {
        "n_workers": st.integers(1, 9),
        "n_splits": st.integers(1, 6),
        "n_candidates": st.integers(1, 15),
        "lag": st.none() | st.integers(1, 6),
        "in_order": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
    }
)


@settings(max_examples=150, deadline=None)
@given(searches)
def test_search_loop_runs_every_fold_exactly_once(search):
    """Whatever ends first, each fold of each candidate is run once and recorded."""
    trials, executor, _ = simulate(**search)
    n_folds = search["n_candidates"] * search["n_splits"]
    assert len(executor.ended) == len(set(executor.ended)) == n_folds
    assert [t.params["x"] for t in trials] == list(range(search["n_candidates"]))
    for trial in trials:
        assert trial.status == Status.COMPLETE
        expected = [score_of(trial.params, k) for k in range(search["n_splits"])]
        np.testing.assert_array_equal(trial.scores(), expected)


@settings(max_examples=100, deadline=None)
@given(searches)
def test_search_loop_tells_a_strategy_every_trial_once(search):
    """Nothing is told twice, and all is told by the end where telling matters."""
    _, _, strategy = simulate(**search)
    told = [trial.index for trial in strategy.told]
    assert len(told) == len(set(told))
    assert sorted(told) == list(range(search["n_candidates"]))


@settings(max_examples=100, deadline=None)
@given(searches.filter(lambda s: s["lag"] is not None))
def test_search_loop_in_order_proposes_with_the_same_trials_known(search):
    """In order, candidate t is proposed knowing exactly the trials up to t - lag."""
    _, _, strategy = simulate(**{**search, "in_order": True})
    for t, (told, pending) in enumerate(strategy.knew):
        n_known = max(0, t - search["lag"] + 1)
        assert told == list(range(n_known))
        assert pending == list(range(n_known, t))


@settings(max_examples=60, deadline=None)
@given(searches.filter(lambda s: s["lag"] is not None), st.integers(0, 1000))
def test_search_loop_in_a_race_is_the_same_whatever_ends_first(search, other_seed):
    """With the same workers, durations change neither who is stopped nor where."""
    race = PairedRace(search["n_splits"])
    search = {**search, "in_order": True, "race": race, "n_candidates": 15}
    first, _, _ = simulate(**search)
    second, _, _ = simulate(**{**search, "seed": other_seed})
    assert [(t.status, t.folds) for t in first] == [(t.status, t.folds) for t in second]


def test_search_loop_in_a_race_stops_losers_and_completes_the_winner():
    """Fewer folds are run, and a candidate as good as the best has all of them."""
    trials, executor, _ = simulate(
        n_candidates=40, n_splits=5, lag=1, race=PairedRace(5)
    )
    whole, _, _ = simulate(n_candidates=40, n_splits=5, lag=1)
    means = np.array([t.scores().mean() for t in whole])
    assert len(executor.ended) < 0.75 * 200
    best = np.nanmax([t.scores().mean() for t in trials])
    assert best > means.max() - 0.1 * means.std()
    assert {t.status for t in trials} == {Status.COMPLETE, Status.STOPPED}


@pytest.mark.parametrize("n_workers", [1, 3])
def test_search_loop_makes_one_failed_trial_of_a_failed_fold(n_workers):
    """The other folds and the other candidates are run all the same."""

    def score(params, fold):
        return np.nan if params["x"] == 2 and fold == 1 else 1.0

    trials, executor, _ = simulate(n_workers=n_workers, score=score)
    assert len(executor.ended) == 8 * 3
    assert [t.index for t in trials if t.status == Status.FAILED] == [2]


@settings(max_examples=100, deadline=None)
@given(searches, st.sets(st.integers(0, 14)), st.sets(st.integers(0, 14)))
def test_search_loop_lets_failures_cost_their_candidates_only(search, failing, killing):
    """Others run whole; a candidate that kills its worker is not tried again."""

    def score(params, fold):
        if params["x"] in killing:
            return -np.inf
        return np.nan if params["x"] in failing else score_of(params, fold)

    trials, executor, _ = simulate(**search, score=score)
    assert len(executor.ended) == len(set(executor.ended))
    for trial in trials:
        n_run = sum(index == trial.index for index, _ in executor.ended)
        x = trial.params["x"]
        assert len(trial.folds) == search["n_splits"]
        assert (trial.status == Status.FAILED) == (x in failing | killing)
        # What waited for a worker when the first fold killed one is run all the same.
        n_in_flight = 2 * search["n_workers"] + 1
        assert n_run == search["n_splits"] or (x in killing and n_run <= n_in_flight)


@settings(max_examples=150, deadline=None)
@given(
    searches,
    st.floats(0.01, 10),
    st.booleans(),
    st.sets(st.integers(0, 14), max_size=3),
    st.sets(st.integers(0, 14), max_size=3),
)
def test_search_loop_begins_no_fold_when_the_time_is_up(
    search, budget, is_race, failing, killing
):
    """Folds that were handed over wait too, but for the first candidate's.

    Nothing is lost or run twice. The first candidate is finished, complete or not.
    """

    def score(params, fold):
        if params["x"] in killing:
            return -np.inf
        return np.nan if params["x"] in failing else score_of(params, fold)

    if is_race:
        search = {**search, "lag": search["lag"] or 2, "in_order": True}
        search["race"] = PairedRace(search["n_splits"])
    trials, executor, _ = simulate(**search, budget=budget, score=score)
    assert len(executor.ended) == len(set(executor.ended)) == len(executor.spans)
    first_complete = min(
        (
            max(executor.ends[t.index, fold.fold] for fold in t.folds)
            for t in trials
            if t.status == Status.COMPLETE
        ),
        default=math.inf,
    )
    late = {
        task.trial: begin
        for task, (begin, _) in zip(executor.begun, executor.spans, strict=True)
        if begin >= budget
    }
    assert set(late) <= {0}
    assert all(begin < first_complete for begin in late.values())
    assert trials[0].status is not Status.STOPPED or first_complete < math.inf
    kept = {(t.params["x"], f.fold) for t in trials for f in t.folds}
    assert kept >= set(executor.ended)
    for trial in trials:
        scores = [score(trial.params, k) for k in range(search["n_splits"])]
        is_run = ~np.isnan(trial.scores())
        np.testing.assert_array_equal(trial.scores()[is_run], np.array(scores)[is_run])


def test_search_loop_that_is_cut_off_keeps_a_failed_candidate_failed():
    """Folds that it did not have do not make it a loser or an open question."""

    def score(params, fold):
        return np.nan if params["x"] == 2 and fold == 0 else 1.0

    trials, _, _ = simulate(score=score, observers=[BreaksInTrial(2)])
    assert [t.status for t in trials] == [*[Status.COMPLETE] * 2, Status.FAILED]
    assert len(trials[-1].folds) == 1


class BreaksInTrial:
    """An observer that raises when the first fold of a trial has ended."""

    def __init__(self, trial):
        self.trial = trial

    def on_fold(self, trial, params, result):
        """Raise, if it is that one."""
        if trial == self.trial:
            raise RuntimeError("boom")

    def on_trial(self, progress):
        """Go on."""
        return False


class TwiceTheSame(CountingStrategy):
    """Proposes every number twice in turn."""

    def ask(self, n, pending=()):
        return [{"x": p["x"] // 2} for p in super().ask(n, pending)]


@pytest.mark.parametrize("n_workers", [1, 4])
def test_search_loop_runs_a_candidate_proposed_twice_once(n_workers):
    """The second row shows the results of the first."""
    trials, executor, _ = simulate(
        n_workers=n_workers, strategy=TwiceTheSame(8), n_splits=3
    )
    assert len(executor.ended) == 4 * 3
    assert [t.index for t in trials] == list(range(8))
    for first, second in zip(trials[::2], trials[1::2], strict=True):
        assert first.folds == second.folds
        assert first.params == second.params


@pytest.mark.parametrize("n_workers", [1, 3])
def test_search_loop_in_a_race_catches_up_with_equal_candidates_once(n_workers):
    """Equal candidates show what the first has, and its folds are run once."""
    n_caught_up = 0
    for seed in range(40):

        def score(params, fold, seed=seed):
            rng = np.random.default_rng([params["x"], fold, seed])
            return float(0.1 * np.cos(params["x"]) + 0.1 * rng.normal())

        search = {"n_workers": n_workers, "lag": 2, "score": score}
        search |= {"strategy": TwiceTheSame(24), "race": PairedRace(3)}
        trials, executor, strategy = simulate(**search)
        run = Counter((trials[i].params["x"], fold) for i, fold in executor.ended)
        assert set(run.values()) == {1}
        for first, second in zip(trials[::2], trials[1::2], strict=True):
            assert (first.status, first.folds) == (second.status, second.folds)
        n_caught_up += len(strategy.told) - len(trials)
    assert n_caught_up > 0


class Recorder:
    """An observer that ends the search after a number of trials."""

    def __init__(self, n_trials=math.inf, error=None):
        self.n_trials = n_trials
        self.error = error
        self.seen = []

    def on_fold(self, trial, params, result):
        """Folds are of no interest."""

    def on_trial(self, progress):
        """Note it, raise if told to, stop when there are enough."""
        self.seen.append(progress)
        if self.error is not None and len(self.seen) >= self.n_trials:
            raise self.error
        return len(self.seen) >= self.n_trials


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
    """What observers are told adds up."""
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


class Memory:
    """A store of folds."""

    def __init__(self, folds=None):
        self.folds = folds or {}
        self.written = []
        self.ended = []

    def find(self, params):
        """What is known of a candidate."""
        return dict(self.folds.get(params["x"], {}))

    def when_written(self, params):
        """The order in which its folds were kept."""
        return {k: n for n, (x, k) in enumerate(self.written) if x == params["x"]}

    def write(self, trial, params, result):
        """Keep a fold."""
        self.written.append((params["x"], result.fold))
        self.folds.setdefault(params["x"], {})[result.fold] = result

    def finish(self, trial, params, status):
        """Keep an end."""
        self.ended.append((params["x"], status))


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


@pytest.mark.parametrize("n_workers", [2, 4, 8, 16, 32])
def test_search_loop_keeps_workers_busy(n_workers):
    """Proposals of 20 ms and folds of 200 ms and more leave no worker idle."""
    from skbayes._evaluation.loop.concurrency import (
        batches_in_flight,
        candidates_under_way,
    )

    rng = np.random.default_rng(0)
    clock = Clock()
    executor = SimulatedExecutor(
        n_workers,
        lambda task: 0.2 + 0.2 * rng.lognormal(-0.125, 0.5),
        score_of,
        clock,
    )
    lag = candidates_under_way(n_workers, 5, in_order=True)
    loop = SearchLoop(
        CountingStrategy(150, clock, seconds=0.02),
        executor,
        LoopSettings(
            n_splits=5, lag=lag, max_batches=batches_in_flight(0, n_workers, True)
        ),
    )
    loop.run()
    assert executor.busy_seconds / (clock.now * n_workers) > 0.95


def seeded_share(n_workers, seed):
    """Share of the time workers are busy before the last fold is begun."""
    from skbayes._evaluation.loop.concurrency import (
        batches_in_flight,
        candidates_under_way,
    )

    rng = np.random.default_rng(seed)
    clock = Clock()
    executor = SimulatedExecutor(
        n_workers, lambda task: 0.4 * rng.lognormal(-0.125, 0.5), score_of, clock
    )
    lag = candidates_under_way(n_workers, 5, in_order=True)
    loop = SearchLoop(
        CountingStrategy(4 * n_workers, clock, seconds=0.01),
        executor,
        LoopSettings(
            n_splits=5, lag=lag, max_batches=batches_in_flight(0, n_workers, True)
        ),
    )
    loop.run()
    begins, ends = np.array(executor.spans).T
    until = begins.max()
    return (np.minimum(ends, until) - begins).sum() / (n_workers * until)


@pytest.mark.parametrize("n_workers", [16, 32])
def test_search_loop_of_a_seeded_search_leaves_few_workers_idle(n_workers):
    """Workers are busy in the unluckiest search, with fit times of any length."""
    assert min(seeded_share(n_workers, seed) for seed in range(12)) > 0.95


@pytest.mark.parametrize(
    ("n_workers", "in_order", "expected"),
    [
        (1, True, 1),
        (2, True, 2),
        (2, False, 2),
        (8, True, 5),
        (8, False, 4),
        (32, True, 29),
        (32, False, 16),
    ],
)
def test_search_loop_has_few_candidates_for_few_workers(n_workers, in_order, expected):
    """A proposal cannot know what is under way."""
    from skbayes._evaluation.loop.concurrency import candidates_under_way

    assert candidates_under_way(n_workers, 5, in_order=in_order) == expected

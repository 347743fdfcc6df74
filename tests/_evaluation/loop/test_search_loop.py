"""The loop against simulated workers: nothing lost, nothing twice, always the same."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skbayes._evaluation.racing.paired_race import PairedRace
from skbayes._protocol import Status
from tests._evaluation.loop.simulation import (
    CountingStrategy,
    score_of,
    searches,
    simulate,
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

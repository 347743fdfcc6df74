"""Repeats for finalists: the same for all, whole or not at all, and nothing lost."""

from __future__ import annotations

from types import SimpleNamespace
from unittest import mock

import numpy as np
import pytest

from skbayes._evaluation.loop import final_rounds
from skbayes._evaluation.loop.final_rounds import FinalRounds, FinalSettings
from skbayes._protocol import FoldResult, Status, Trial
from tests._evaluation.loop.simulation import SimulatedExecutor

N_SPLITS = 3
#: Three that may be the best, and one that may not.
QUALITIES = (0.80, 0.81, 0.1, 0.79)


def score_of(params, fold):
    """Noise that is the same whenever it is asked for."""
    noise = np.random.default_rng([params["x"], fold]).normal()
    return QUALITIES[params["x"]] + 0.05 * noise


def trial_of(x, score=score_of, status=Status.COMPLETE):
    """A trial that has all of its folds."""
    folds = [FoldResult(k, {"score": score({"x": x}, k)}) for k in range(N_SPLITS)]
    return Trial(x, {"x": x}, N_SPLITS, tuple(folds), status, "score")


TRIALS = [trial_of(x) for x in range(4)]


class Store:
    """Keeps folds in memory."""

    def __init__(self):
        self.folds = {}

    def find(self, params):
        """What was kept of a candidate."""
        return dict(self.folds.get(params["x"], {}))

    def write(self, trial, params, result):
        """Keep one."""
        self.folds.setdefault(params["x"], {})[result.fold] = result


class Watcher:
    """Notes what it is told, and wants to end the search each time."""

    def __init__(self):
        self.folds = []
        self.progress = []

    def on_fold(self, trial, params, result):
        """Note it."""
        self.folds.append((trial, result.fold))

    def on_trial(self, progress):
        """Note it."""
        self.progress.append(progress)
        return True


def run(
    trials=TRIALS, *, n_repeats=2, n_workers=1, budget=None, score=score_of, **more
):
    """Trials after their repeats, the executor and the rounds."""
    executor = SimulatedExecutor(n_workers, lambda task: 1.0, score)
    settings = FinalSettings(n_repeats, 4, began=0.0, time_budget=budget)
    now = SimpleNamespace(monotonic=lambda: executor.clock.now)
    with mock.patch.object(final_rounds, "time", now):
        rounds = FinalRounds(executor, settings, **more)
        return rounds.run(trials), executor, rounds


@pytest.mark.parametrize("n_workers", [1, 2, 5])
def test_final_rounds_repeat_the_same_folds_for_all_finalists(n_workers):
    """Others get no repeats, and the folds of the search stay as they were."""
    trials, executor, rounds = run(n_repeats=1, n_workers=n_workers)
    assert rounds.interruption is None
    assert [len(t.repeats) for t in trials] == [3, 3, 0, 3]
    assert [t.folds for t in trials] == [t.folds for t in TRIALS]
    assert len(executor.ended) == len(set(executor.ended)) == 9
    for trial in (trials[i] for i in (0, 1, 3)):
        expected = [score_of(trial.params, k) for k in range(6)]
        np.testing.assert_array_equal(trial.scores_with_repeats(), expected)


def test_final_rounds_repeat_later_for_those_that_are_left():
    """Repeats add up, and end when nobody is left to beat."""

    def split(params, fold):
        # From the first repeat on one is clearly the best.
        lead = 0.5 if fold >= N_SPLITS and params["x"] == 0 else 0.0
        return score_of(params, fold) / 10 + lead

    trials = [trial_of(x, split) for x in (0, 1, 3)]
    trials = [
        Trial(i, t.params, 3, t.folds, t.status, "score") for i, t in enumerate(trials)
    ]
    found, *_ = run(trials, n_repeats=6, score=split)
    n_repeats = [len(t.repeats) // N_SPLITS for t in found]
    assert max(n_repeats) < 6
    assert max(n_repeats) == n_repeats[0]


def test_final_rounds_do_not_repeat_a_single_finalist():
    """There is nothing to decide."""
    trials, executor, _ = run([TRIALS[0], TRIALS[2]])
    assert trials == [TRIALS[0], TRIALS[2]]
    assert not executor.ended


def test_final_rounds_take_only_complete_candidates():
    """A stopped or failed candidate has no mean."""
    stopped = trial_of(1, status=Status.STOPPED)
    trials, *_ = run([TRIALS[0], stopped, TRIALS[3]], n_repeats=1)
    assert [len(t.repeats) for t in trials] == [3, 0, 3]


def test_final_rounds_count_no_repeat_that_does_not_end_in_time():
    """Otherwise the first finalists would have more folds than others."""
    trials, executor, rounds = run(budget=13.5)
    assert [len(t.repeats) for t in trials] == [3, 3, 0, 3]
    assert len(executor.ended) == 14
    assert rounds.interruption is None


def test_final_rounds_run_nothing_when_the_budget_is_used_up():
    """No fit starts."""
    trials, executor, _ = run(budget=0.0)
    assert trials == TRIALS
    assert not executor.ended


def test_final_rounds_continue_an_earlier_run():
    """What the store has is not run again."""
    store = Store()
    first, executor, _ = run(store=store)
    n_first = len(executor.ended)
    again, executor, _ = run(store=store)
    assert n_first > 0
    assert not executor.ended
    assert again == first


def test_final_rounds_keep_an_interrupted_round_in_the_store_only():
    """The round is repeated as far as it was not run."""
    store = Store()

    class Interrupts(Watcher):
        def on_fold(self, trial, params, result):
            super().on_fold(trial, params, result)
            if len(self.folds) == 11:
                raise KeyboardInterrupt

    trials, _, rounds = run(store=store, observers=[Interrupts()])
    assert isinstance(rounds.interruption, KeyboardInterrupt)
    assert [len(t.repeats) for t in trials] == [3, 3, 0, 3]
    assert sum(len(folds) for folds in store.folds.values()) == 11
    again, executor, _ = run(store=store)
    assert again == run()[0]
    assert len(executor.ended) == len(run()[1].ended) - 11


@pytest.mark.parametrize(("bad", "n_run"), [(np.nan, 9), (-np.inf, 7)])
def test_final_rounds_drop_a_finalist_that_fails_on_a_repeat(bad, n_run):
    """The repeat does not count; a killer of its worker is not tried again."""

    def failing(params, fold):
        is_bad = params["x"] == 1 and fold == N_SPLITS
        return bad if is_bad else score_of(params, fold)

    trials, executor, _ = run(n_repeats=1, score=failing)
    assert len(trials[1].scores_with_repeats()) == N_SPLITS
    assert [len(trials[i].scores_with_repeats()) for i in (0, 3)] == [6, 6]
    assert len(executor.ended) == n_run


def test_final_rounds_tell_observers_which_end_nothing():
    """A search that a callback has ended is repeated all the same."""
    watcher = Watcher()
    trials, executor, _ = run(observers=[watcher])
    assert watcher.folds == executor.ended
    told = [p.trial for p in watcher.progress]
    assert {t.index for t in told} == {0, 1, 3}
    assert all(t.repeats for t in told)
    last = watcher.progress[-1]
    assert last.n_done == last.n_total == 4
    assert last.n_folds_done == 12 + len(executor.ended)
    assert trials[told[-1].index] == told[-1]


def test_final_rounds_end_when_an_observer_raises():
    """The error is told as it was raised."""

    class Raises(Watcher):
        def on_trial(self, progress):
            raise ZeroDivisionError

    _, executor, rounds = run(observers=[Raises()])
    assert isinstance(rounds.interruption, ZeroDivisionError)
    assert len(executor.ended) == 9


def test_final_rounds_keep_no_output_of_repeats():
    """Predictions and estimators belong to the cross-validation itself."""

    class Keeping(SimulatedExecutor):
        def _end_first(self):
            super()._end_first()
            outcome = self.finished.pop()
            kept = FoldResult(
                outcome.task.fold, outcome.result.test_scores, predictions=[1]
            )
            self.finished.append(type(outcome)(outcome.task, kept))

    executor = Keeping(1, lambda task: 1.0, score_of)
    trials = FinalRounds(executor, FinalSettings(1, 4, began=0.0)).run(TRIALS)
    repeats = [fold for trial in trials for fold in trial.repeats]
    assert repeats
    assert all(fold.predictions is None for fold in repeats)

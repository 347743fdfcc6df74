"""Does the Bayesian strategy count, enumerate small spaces and pass trials on?"""

import numpy as np
import pytest

from skbayes._protocol import FoldResult, Status, Trial
from skbayes._strategies.bayes import BayesStrategy
from skbayes._strategies.optimizer import Optimizer
from skbayes._strategies.proposal import TimeLeft

SPACE = {"x": (0.0, 1.0, "uniform")}


def trial(index, params, scores, status=Status.COMPLETE, seconds=1.0, metric="score"):
    folds = tuple(
        FoldResult(fold=k, test_scores={metric: s}, fit_time=seconds)
        for k, s in enumerate(scores)
        if s is not None
    )
    return Trial(index, params, len(scores), folds, status)


def test_no_more_candidates_than_n_iter():
    """Told and pending ones count; a batch is cut short."""
    strategy = BayesStrategy(Optimizer(SPACE, random_state=0), 5)
    assert strategy.n_candidates == 5
    first = strategy.ask(2)
    strategy.tell(trial(0, first[0], [0.1]))
    pending = [trial(1, first[1], [None], Status.RUNNING)]
    assert len(strategy.ask(9, pending)) == 3


def test_a_trial_told_again_counts_once():
    """A stopped candidate that is completed later is one candidate."""
    strategy = BayesStrategy(Optimizer(SPACE, random_state=0), 2)
    params = strategy.ask(1)[0]
    strategy.tell(trial(0, params, [0.1, None], Status.STOPPED))
    strategy.tell(trial(0, params, [0.1, 0.2]))
    assert len(strategy.ask(9)) == 1


def test_a_small_space_is_enumerated_in_grid_order():
    """With no more points than n_iter there is nothing to decide."""
    optimizer = Optimizer({"b": ["u", "v"], "a": [1, 2]}, random_state=0)
    strategy = BayesStrategy(optimizer, 4)
    assert strategy.n_candidates == 4
    expected = [{"a": a, "b": b} for a in (1, 2) for b in ("u", "v")]
    assert strategy.ask(9) == expected
    strategy.tell(trial(0, expected[0], [0.1, 0.2]))
    assert strategy.ask(1) == [expected[1]]
    assert optimizer.n_told == 1


def test_a_space_with_more_points_is_not_enumerated():
    """It ends after n_iter."""
    strategy = BayesStrategy(Optimizer({"a": [1, 2, 3]}, random_state=0), 2)
    asked = []
    while candidates := strategy.ask(1):
        asked += candidates
        strategy.tell(trial(len(asked) - 1, candidates[0], [0.5]))
    assert len(asked) == 2


class Recorder:
    """Stands in for an optimizer and keeps what it is told and asked."""

    def __init__(self):
        self.space = Optimizer(SPACE).space
        self.told, self.asked = [], []

    def tell(self, params, score, *, fold_scores=None, seconds=None):
        self.told.append((params, score, fold_scores, seconds))

    def ask(self, n, pending=(), *, time_left=None):
        self.asked.append((n, pending, time_left))
        return [{"x": 0.5}]


def told_of(*trials, **kwargs):
    recorder = Recorder()
    strategy = BayesStrategy(recorder, 9, **kwargs)
    for one in trials:
        strategy.tell(one)
    return recorder.told


def test_a_complete_trial_is_told_with_its_mean_and_folds():
    """And with the seconds of all folds."""
    ((params, score, folds, seconds),) = told_of(trial(0, {"x": 0.1}, [0.2, 0.4]))
    assert params == {"x": 0.1}
    assert score == pytest.approx(0.3)
    np.testing.assert_array_equal(folds, [0.2, 0.4])
    assert seconds == 2.0


def test_a_stopped_trial_is_told_with_its_folds():
    """NaN stands for those that were not run; without any there is nothing to tell."""
    stopped = trial(0, {"x": 0.1}, [0.2, None, 0.4], Status.STOPPED)
    empty = trial(1, {"x": 0.2}, [None, None, None], Status.STOPPED)
    ((_, _, folds, _),) = told_of(stopped, empty)
    np.testing.assert_array_equal(folds, [0.2, np.nan, 0.4])


@pytest.mark.parametrize(
    "failed",
    [
        trial(0, {"x": 0.1}, [0.2, 0.0], Status.FAILED),
        trial(0, {"x": 0.1}, [0.2, np.nan]),
        trial(0, {"x": 0.1}, [0.2, np.inf]),
        trial(0, {"x": 0.1}, [0.2, None]),
    ],
)
def test_failures_are_told_as_such(failed):
    """Whatever error_score says, and also if a complete trial has a score missing."""
    ((_, score, folds, _),) = told_of(failed)
    assert np.isnan(score)
    assert folds is None


def test_the_metric_can_be_chosen():
    """Of several scores the one named is searched for."""
    ((_, score, _, _),) = told_of(
        trial(0, {"x": 0.1}, [0.2, 0.4], metric="auc"), metric="auc"
    )
    assert score == pytest.approx(0.3)


def test_pending_trials_and_time_are_passed_on():
    """With the folds that have ended."""
    recorder = Recorder()
    left = TimeLeft(seconds=3.0, fraction=0.5)
    strategy = BayesStrategy(recorder, 9, time_left=lambda: left)
    strategy.ask(
        1,
        [
            trial(0, {"x": 0.1}, [0.2, None], Status.RUNNING),
            trial(1, {"x": 0.2}, [None, None], Status.RUNNING),
        ],
    )
    ((n, (begun, empty), time_left),) = recorder.asked
    assert n == 1
    assert time_left == left
    np.testing.assert_array_equal(begun.fold_scores, [0.2, np.nan])
    assert empty.fold_scores is None


def test_the_strategy_finds_the_optimum():
    """Through trials with folds, one of them failing now and then."""
    strategy = BayesStrategy(Optimizer(SPACE, random_state=0, n_iter=20), 20)
    best, index = -np.inf, 0
    while candidates := strategy.ask(1):
        x = candidates[0]["x"]
        value = 1 - (x - 0.7) ** 2
        status = Status.FAILED if index == 3 else Status.COMPLETE
        strategy.tell(trial(index, candidates[0], [value - 0.1, value + 0.1], status))
        best, index = max(best, value), index + 1
    assert index == 20
    assert best > 0.999

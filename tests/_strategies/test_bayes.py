"""Does the Bayesian strategy count, enumerate small spaces and pass trials on?"""

from dataclasses import replace

import numpy as np
import pytest

from skbayes._protocol import FoldResult, Status, Trial
from skbayes._strategies.bayes import BayesStrategy
from skbayes._strategies.engine.proposal import TimeLeft
from skbayes._strategies.optimizer import Optimizer

SPACE = {"x": (0.0, 1.0, "uniform")}


def trial(index, params, scores, status=Status.COMPLETE, seconds=1.0):
    folds = tuple(
        FoldResult(fold=k, test_scores={"score": s}, fit_time=seconds)
        for k, s in enumerate(scores)
        if s is not None
    )
    return Trial(index, params, len(scores), folds, status)


def test_bayes_strategy_has_no_more_candidates_than_n_iter():
    """Told and pending candidates count, and a batch is cut short."""
    strategy = BayesStrategy(Optimizer(SPACE, random_state=0), 5)
    assert strategy.n_candidates == 5
    first = strategy.ask(2)
    strategy.tell(trial(0, first[0], [0.1]))
    pending = [trial(1, first[1], [None], Status.RUNNING)]
    assert len(strategy.ask(9, pending)) == 3


def test_bayes_strategy_counts_a_trial_told_again_once():
    """A stopped candidate that is completed later is one candidate."""
    strategy = BayesStrategy(Optimizer(SPACE, random_state=0), 2)
    params = strategy.ask(1)[0]
    strategy.tell(trial(0, params, [0.1, None], Status.STOPPED))
    strategy.tell(trial(0, params, [0.1, 0.2]))
    assert len(strategy.ask(9)) == 1


def test_bayes_strategy_enumerates_a_small_space_in_grid_order():
    """With no more points than n_iter there is nothing to decide."""
    optimizer = Optimizer({"b": ["u", "v"], "a": [1, 2]}, random_state=0)
    strategy = BayesStrategy(optimizer, 4)
    assert strategy.n_candidates == 4
    expected = [{"a": a, "b": b} for a in (1, 2) for b in ("u", "v")]
    assert strategy.ask(9) == expected
    strategy.tell(trial(0, expected[0], [0.1, 0.2]))
    assert strategy.ask(1) == [expected[1]]
    assert optimizer.n_told == 1


def test_bayes_strategy_does_not_enumerate_more_points_than_n_iter():
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


def test_bayes_strategy_tells_a_complete_trial_with_mean_and_folds():
    """The seconds of all folds are told, too."""
    ((params, score, folds, seconds),) = told_of(trial(0, {"x": 0.1}, [0.2, 0.4]))
    assert params == {"x": 0.1}
    assert score == pytest.approx(0.3)
    np.testing.assert_array_equal(folds, [0.2, 0.4])
    assert seconds == 2.0


def test_bayes_strategy_tells_a_stopped_trial_with_its_folds():
    """NaN stands for folds that were not run; a trial without any is not told."""
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
def test_bayes_strategy_tells_failures_as_such(failed):
    """A failure counts whatever error_score says, also with one score missing."""
    ((_, score, folds, _),) = told_of(failed)
    assert np.isnan(score)
    assert folds is None


def test_bayes_strategy_tells_a_trial_of_a_rung_as_expected():
    """The trial is told as one fold of several, without seconds."""
    stopped = trial(0, {"x": 0.5}, [None, None, None], Status.STOPPED)
    ((_, score, folds, seconds),) = told_of(replace(stopped, expected={1: 0.3}))
    assert score == 0.3
    np.testing.assert_array_equal(folds, [np.nan, 0.3, np.nan])
    assert seconds is None


def test_bayes_strategy_tell_takes_the_metric_that_decides():
    """The trial names one of several scores, which is searched for."""
    both = trial(0, {"x": 0.1}, [0.2, 0.4])
    folds = [
        replace(f, test_scores={"loss": -9.0, "auc": f.test_scores["score"]})
        for f in both.folds
    ]
    named = replace(both, folds=tuple(folds), metric="auc")
    ((_, score, _, _),) = told_of(named)
    assert score == pytest.approx(0.3)


def test_bayes_strategy_passes_on_pending_trials_and_time():
    """The folds that have ended are passed on, too."""
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


def test_bayes_strategy_finds_the_optimum():
    """The trials have folds, one of which fails now and then."""
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


# ------------------------------------------------------------------ untuned estimator


@pytest.mark.parametrize("untuned", [{"x": None}, {"x": 7.0}, {}])
def test_bayes_strategy_does_not_tell_the_untuned_outside(untuned):
    """The untuned candidate is first, and the optimizer never hears of it."""
    recorder = Recorder()
    strategy = BayesStrategy(recorder, 3, untuned=untuned)
    assert strategy.ask(1) == [untuned]
    running = trial(0, untuned, [None, None], Status.RUNNING)
    strategy.ask(1, [running])
    assert recorder.asked[-1][1] == []
    strategy.tell(trial(0, untuned, [0.1, 0.2]))
    assert recorder.told == []
    strategy.ask(9)
    assert recorder.asked[-1][0] == 2
    assert strategy.n_candidates == 3


def test_bayes_strategy_tells_the_untuned_as_the_point_it_is():
    """The value gamma="scale" is a number for the data at hand."""
    recorder, point = Recorder(), {"x": 0.25}
    strategy = BayesStrategy(recorder, 3, untuned={"x": None}, untuned_point=point)
    assert strategy.ask(1) == [{"x": None}]
    running = trial(0, {"x": None}, [None, None], Status.RUNNING)
    strategy.ask(1, [running])
    (_, pending, _) = recorder.asked[-1]
    assert [one.params for one in pending] == [point]
    strategy.tell(trial(0, {"x": None}, [0.1, 0.2]))
    assert [(params, round(score, 9)) for params, score, *_ in recorder.told] == [
        (point, 0.15)
    ]


def test_bayes_strategy_tells_the_untuned_inside_the_space():
    """The untuned candidate is first, and told as any other point."""
    recorder = Recorder()
    strategy = BayesStrategy(recorder, 3, untuned={"x": 0.5})
    assert strategy.ask(1) == [{"x": 0.5}]
    strategy.tell(trial(0, {"x": 0.5}, [0.1, 0.2]))
    assert [params for params, *_ in recorder.told] == [{"x": 0.5}]


def test_bayes_strategy_has_an_omitted_untuned_next():
    """The untuned candidate comes next, whatever was told before it."""
    strategy = BayesStrategy(Recorder(), 3, untuned={"x": None})
    strategy.tell(trial(0, {"x": 0.5}, [0.1, 0.2]))
    assert strategy.ask(1) == [{"x": None}]


@pytest.mark.parametrize(
    ("untuned", "n_iter", "expected"),
    [
        ({"a": 2}, 3, [{"a": 2}, {"a": 1}, {"a": 3}]),
        ({"a": None}, 4, [{"a": None}, {"a": 1}, {"a": 2}, {"a": 3}]),
    ],
)
def test_bayes_strategy_begins_a_small_space_untuned(untuned, n_iter, expected):
    """The others follow in grid order, none twice."""
    optimizer = Optimizer({"a": [1, 2, 3]}, random_state=0)
    strategy = BayesStrategy(optimizer, n_iter, untuned=untuned)
    assert strategy.n_candidates == len(expected)
    assert strategy.ask(9) == expected


def test_bayes_strategy_is_untuned_goes_by_values():
    """A copy of an object is the object; another value is another candidate."""
    strategy = BayesStrategy(Recorder(), 3, untuned={"x": np.array([1, 2])})
    assert strategy.is_untuned({"x": np.array([1, 2])})
    assert not strategy.is_untuned({"x": np.array([1, 3])})
    assert not strategy.is_untuned({"x": None})
    assert not strategy.is_untuned({})
    assert not BayesStrategy(Recorder(), 3).is_untuned({})


def test_bayes_strategy_looks_a_pending_candidate_up_once(monkeypatch):
    """Hundreds of workers have hundreds of pending candidates at every suggestion."""
    strategy = BayesStrategy(Optimizer(SPACE, random_state=0), 30)
    asked = strategy.ask(9)
    pending = [trial(i, p, [None], Status.RUNNING) for i, p in enumerate(asked)]
    looked_up = []
    space = type(strategy.optimizer.space)
    canonical = space.canonical
    monkeypatch.setattr(
        space, "canonical", lambda *a: looked_up.append(a[1]) or canonical(*a)
    )
    first, again = strategy.ask(1, pending), strategy.ask(1, pending)
    assert first == again
    assert all(looked_up.count(params) <= 2 for params in asked)
    # Another candidate under the same number is another point.
    other = [trial(0, first[0], [None], Status.RUNNING), *pending[1:]]
    assert strategy.ask(1, other) != first

"""What a search knows while it runs: the metric, the failures, what ends when."""

from __future__ import annotations

import math

import pytest

from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.fold_queue import FoldQueue
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.loop.state import SearchState
from skbayes._protocol import FoldResult, Status, Trial
from tests._evaluation.loop.simulation import CountingStrategy, SimulatedExecutor
from tests._evaluation.loop.test_search_loop import Memory, score_of


def state_of(metric=None, n_splits=2):
    """The state of a search that has just begun."""
    return SearchState(n_splits, metric, Duplicates(are_shared=True))


def fold_of(fold=0, *, errors=None, error=None, **scores):
    """A fold with these test scores."""
    return FoldResult(
        fold, scores, scoring_errors=errors, error=error, is_multimetric=len(scores) > 1
    )


# ----------------------------------------------------------------------- settle_metric


@pytest.mark.parametrize(
    ("wanted", "folds", "settled"),
    [
        (None, [fold_of(score=1.0)], "score"),
        ("f1", [fold_of(acc=1.0, f1=0.5)], "f1"),
        ("missing", [fold_of(acc=1.0, f1=0.5)], "acc"),
        # A scorer that failed has not come to name its metrics.
        (
            "f1",
            [
                fold_of(score=math.nan, errors={"test_score": "Traceback"}),
                fold_of(acc=1.0, f1=0.5),
            ],
            "f1",
        ),
        (None, [fold_of(score=math.nan, error="Traceback"), fold_of(acc=1.0)], "acc"),
        # Once it is settled, it stays.
        (None, [fold_of(acc=1.0, f1=0.5), fold_of(f1=0.5)], "acc"),
        ("f1", [fold_of(score=math.nan, error="Traceback")], "f1"),
    ],
)
def test_settle_metric_takes_the_first_fold_that_names_its_scores(
    wanted, folds, settled
):
    """The one that is wanted if it has it, else its first."""
    state = state_of(wanted)
    for fold in folds:
        state.settle_metric(fold)
    assert state.metric == settled


# ------------------------------------------------------------------------------- close


@pytest.mark.parametrize(
    ("folds", "status", "error"),
    [
        ([fold_of(0, acc=1.0), fold_of(1, acc=0.5)], Status.COMPLETE, None),
        ([fold_of(0, acc=1.0)], Status.STOPPED, None),
        (
            [fold_of(0, acc=1.0, f1=math.nan), fold_of(1, acc=1.0, f1=0.5)],
            Status.COMPLETE,
            None,
        ),
        (
            [fold_of(0, acc=1.0), fold_of(1, acc=math.inf)],
            Status.FAILED,
            "The test score 'acc' is inf.",
        ),
        (
            [fold_of(0, acc=math.nan, f1=1.0, errors={"test_acc": "undefined"})],
            Status.FAILED,
            "undefined",
        ),
        (
            [fold_of(0, acc=1.0, f1=math.nan, errors={"test_f1": "undefined"})],
            Status.STOPPED,
            None,
        ),
        (
            [fold_of(0, acc=1.0, errors={"train_acc": "undefined"})],
            Status.STOPPED,
            None,
        ),
        ([fold_of(0, acc=1.0, error="Traceback")], Status.FAILED, "Traceback"),
    ],
)
def test_close_judges_by_the_metric_that_decides(folds, status, error):
    """On test parts; the record says why it has failed."""
    trial = OpenTrial(Trial(3, {"x": 1}, 2), results={f.fold: f for f in folds})
    closed = trial.close("acc")
    assert closed.status is status
    assert closed.error == error
    assert closed.metric == "acc"
    assert closed.folds == tuple(folds)


# -------------------------------------------------------------------------- fold queue


def test_fatal_fold_of_an_earlier_run_spares_all_others():
    """Also where it is not the first one in today's order of folds."""
    state = state_of(n_splits=3)
    fatal = FoldResult(2, {"score": math.nan}, error="died", is_fatal=True)
    good = FoldResult(0, {"score": 1.0})
    queue = FoldQueue(state, Memory({7: {0: good, 2: fatal}}), None)
    trial = queue.candidate(0, {"x": 7}, {})
    queue.look_up(trial)
    assert not queue.extend(trial)
    assert trial.results[0] is good
    assert trial.results[2] is fatal
    assert trial.results[1].error == "died"


def test_next_ready_may_be_the_first_candidate_only():
    """When the time is up no other gets a fold, wherever it stands in the queue."""
    queue = FoldQueue(state_of(n_splits=2), None, None)
    trials = [queue.candidate(index, {"x": index}, {}) for index in (1, 0)]
    for trial in trials:
        assert queue.extend(trial)
        queue.make_ready(trial)
    assert queue.next_ready(is_first_only=False) is trials[0]
    assert queue.next_ready(is_first_only=True) is trials[1]
    assert [queue.pop_fold(trials[1]) for _ in range(2)] == [0, 1]
    assert queue.next_ready(is_first_only=True) is None
    queue.take_back(trials[1], 1)
    assert queue.next_ready(is_first_only=True) is trials[1]


# ----------------------------------------------------------- what happens when one ends


class Log:
    """Notes who hears of the end of a trial, and what is so by then."""

    def __init__(self):
        self.lines = []


class LoggedMemory(Memory):
    """A store that notes what it is given."""

    def __init__(self, log):
        super().__init__()
        self.log = log

    def finish(self, trial, params, status):
        """Keep an end."""
        self.log.lines.append(("store", trial))
        super().finish(trial, params, status)


class LoggedStrategy(CountingStrategy):
    """A strategy that notes what it is told."""

    def __init__(self, log, n_candidates):
        super().__init__(n_candidates)
        self.log = log

    def tell(self, trial):
        """Note it."""
        self.log.lines.append(("strategy", trial.index))
        super().tell(trial)


class LoggedObserver:
    """An observer that notes what it hears, and how many trials are counted then."""

    def __init__(self, log):
        self.log = log

    def on_fold(self, trial, params, result):
        """Folds are of no interest."""

    def on_trial(self, progress):
        """Note it."""
        self.log.lines.append(("observer", progress.trial.index))
        assert progress.n_done == progress.trial.index + 1
        return False


def test_trial_is_stored_then_told_then_observers_are_notified():
    """In one order, so that whoever may raise comes last."""
    log = Log()
    loop = SearchLoop(
        LoggedStrategy(log, 3),
        SimulatedExecutor(1, lambda task: 1.0, score_of),
        LoopSettings(n_splits=2),
        observers=[LoggedObserver(log)],
        store=LoggedMemory(log),
    )
    loop.run()
    assert log.lines == [
        (who, index) for index in range(3) for who in ("store", "strategy", "observer")
    ]

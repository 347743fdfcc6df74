"""What a search knows while it runs: the metric, the failures, what ends when."""

from __future__ import annotations

import math

import pytest

from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from tests._evaluation.loop.simulation import (
    CountingStrategy,
    Memory,
    SimulatedExecutor,
    score_of,
)
from tests._evaluation.loop.test_fold_queue import state_of
from tests._evaluation.loop.test_open_trial import fold_of

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
    """The metric is the wanted one if the fold has it, and else its first."""
    state = state_of(wanted)
    for fold in folds:
        state.settle_metric(fold)
    assert state.metric == settled


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
    """Whoever may raise comes last."""
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

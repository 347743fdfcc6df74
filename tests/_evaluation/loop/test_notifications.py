"""Are observers told everything once, in order, after the records are written?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from skbayes._evaluation.execution.executor import Task
from skbayes._evaluation.loop import notifications as module
from skbayes._evaluation.loop.notifications import Notifications
from skbayes._evaluation.loop.progress import Progress
from skbayes._evaluation.loop.protocols import ObserverError
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._protocol import FoldResult, Status, Trial
from tests._evaluation.loop.simulation import CountingStrategy

FOLD = FoldResult(0, {"score": 0.5})


class Observer:
    """Notes what it is told; ends the search, or fails, as it is told to."""

    def __init__(self, log, name="one", *, ends=False, error=None):
        self.log = log
        self.name = name
        self.ends = ends
        self.error = error

    def on_fold(self, trial, params, result):
        """Note it."""
        self.log.append((self.name, "fold", trial, params, result))

    def on_trial(self, progress):
        """Note it, or fail."""
        if self.error is not None:
            error, self.error = self.error, None
            raise error
        self.log.append((self.name, "trial", progress))
        return self.ends


class Gaining(CountingStrategy):
    """Expects less each time it is asked."""

    n_asked = 0

    def expected_improvement(self):
        """A half, a third, a fourth..."""
        self.n_asked += 1
        return 1.0 / (1 + self.n_asked)


def trial_of(index):
    """A trial with one fold."""
    return Trial(index, {"x": index}, 1, (FOLD,), Status.COMPLETE)


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when something says so."""
    clock = SimpleNamespace(now=5.0)
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.now))
    return clock


def notifications_of(observers, strategy=None, **settings):
    """Notifications, and the totals they tell."""
    progress = Progress()
    strategy = strategy or CountingStrategy(9)
    settings = LoopSettings(n_splits=1, **settings)
    return Notifications(observers, strategy, progress, settings), progress


def add(notifications, progress, index):
    """A trial has ended."""
    progress.count_trial(trial_of(index))
    notifications.add_trial(trial_of(index))


def test_send_tells_all_observers_in_order_and_once():
    """All observers are told, also if the first ends the search."""
    log = []
    observers = [Observer(log, ends=True), Observer(log, "two")]
    notifications, progress = notifications_of(observers)
    notifications.add_fold(Task(3, 0, {"x": 3}), FOLD)
    add(notifications, progress, 0)
    assert log == []
    assert notifications.send() is True
    assert [entry[:2] for entry in log] == [
        ("one", "fold"),
        ("two", "fold"),
        ("one", "trial"),
        ("two", "trial"),
    ]
    assert log[0][2:] == (3, {"x": 3}, FOLD)
    assert notifications.send() is False
    assert len(log) == 4


def test_send_ends_the_search_if_any_trial_did():
    """Later trials do not undo the end; folds end nothing."""
    log = []
    observer = Observer(log, ends=True)
    notifications, progress = notifications_of([observer])
    add(notifications, progress, 0)
    notifications.add_fold(Task(1, 0, {}), FOLD)
    assert notifications.send() is True
    notifications.add_fold(Task(1, 0, {}), FOLD)
    assert notifications.send() is False


def test_send_goes_on_after_an_observer_has_failed():
    """The notification at which an observer failed is not sent again."""
    log = []
    failing = Observer(log, error=ValueError("no"))
    notifications, progress = notifications_of([failing, Observer(log, "two")])
    for index in range(2):
        add(notifications, progress, index)
    with pytest.raises(ObserverError, match="^no$"):
        notifications.send()
    assert log == []
    notifications.send()
    assert [(name, p.trial.index) for name, _, p in log] == [("one", 1), ("two", 1)]


def test_add_trial_keeps_the_totals_of_that_moment(clock):
    """Time, counts and the budget left stay the same, whenever they are sent."""
    log = []
    notifications, progress = notifications_of([Observer(log)], time_budget=10.0)
    for index, seconds in enumerate((4.0, 8.0)):
        clock.now += seconds
        add(notifications, progress, index)
    clock.now += 100.0
    notifications.send()
    found = [p for _, _, p in log]
    assert [(p.n_done, p.n_total, p.elapsed) for p in found] == [
        (1, 9, 4.0),
        (2, 9, 12.0),
    ]
    assert [p.budget_left for p in found] == [6.0, 0.0]


@pytest.mark.parametrize("estimates_improvement", [True, False])
def test_send_asks_for_the_expected_improvement_where_it_is_needed(
    estimates_improvement,
):
    """All observers share one question: it costs as much as a proposal."""
    log = []
    strategy = Gaining(9)
    notifications, progress = notifications_of(
        [Observer(log), Observer(log, "two")],
        strategy,
        estimates_improvement=estimates_improvement,
    )
    add(notifications, progress, 0)
    assert strategy.n_asked == 0
    notifications.send()
    expected = 0.5 if estimates_improvement else None
    assert [p.expected_improvement for _, _, p in log] == [expected] * 2
    assert log[0][2].budget_left is None


def test_notifications_queue_nothing_without_observers():
    """The strategy is not asked either."""
    strategy = Gaining(9)
    notifications, progress = notifications_of([], strategy, estimates_improvement=True)
    add(notifications, progress, 0)
    assert notifications.send() is False
    assert strategy.n_asked == 0

"""A limit on the time of a fit leaves the user's own timer as it would be."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import suppress

import pytest

from skbayes import GridSearchCV
from skbayes._evaluation.fold.time_limit import time_limit
from skbayes.exceptions import FitTimeout
from tests.search.estimators import FOLDS, Scripted, X, y

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no timers"
)


@pytest.fixture
def alarms():
    """Times at which the user's alarm went off, of which none is set yet."""
    times = []
    timer = signal.setitimer(signal.ITIMER_REAL, 0.0)  # that of a test's own timeout
    previous = signal.signal(signal.SIGALRM, lambda *_: times.append(time.monotonic()))
    yield times
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    signal.signal(signal.SIGALRM, previous)
    signal.setitimer(signal.ITIMER_REAL, *timer)


def test_time_limit_leaves_a_timer_what_is_left_of_its_time(alarms):
    """A timer has run on while the limit used the clock; its interval is kept."""
    handler = signal.getsignal(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, 60.0, 7.0)
    with time_limit(50.0, exit_report=None) as limit:
        time.sleep(0.3)
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    assert 0 < left <= 59.7
    assert interval == 7.0
    assert signal.getsignal(signal.SIGALRM) is handler
    assert not limit.is_exceeded
    assert alarms == []


def test_time_limit_lets_an_overdue_timer_go_off_at_once(alarms):
    """The timer calls the user's handler within the fit, and only once."""
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with time_limit(50.0, exit_report=None):
        time.sleep(0.2)
        in_block = len(alarms)
    assert in_block == len(alarms) == 1
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_time_limit_leaves_no_timer_where_none_was_set(alarms):
    """The limit leaves neither the user's timer nor its own."""
    with time_limit(50.0, exit_report=None):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert alarms == []


def test_time_limit_lets_a_timer_go_off_within_the_block(alarms):
    """The timer is on time each time: it may be a watchdog, or count something."""
    signal.setitimer(signal.ITIMER_REAL, 0.2, 0.2)
    began = time.monotonic()
    with time_limit(50.0, exit_report=None) as limit:
        while len(alarms) < 3 and time.monotonic() < began + 30:
            time.sleep(0.01)
        in_block = len(alarms)
    assert in_block == 3
    assert alarms[0] - began < 0.5
    assert signal.getitimer(signal.ITIMER_REAL)[1] == pytest.approx(0.2, abs=0.01)
    assert not limit.is_exceeded


def test_time_limit_lets_out_an_error_of_the_users_handler(alarms):
    def handler(*_):
        raise KeyError("the user's")

    signal.signal(signal.SIGALRM, handler)
    signal.setitimer(signal.ITIMER_REAL, 0.05)
    with pytest.raises(KeyError, match="the user's"), time_limit(50, exit_report=None):
        time.sleep(30)
    assert signal.getsignal(signal.SIGALRM) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_time_limit_holds_beside_a_timer_that_is_ignored(alarms):
    """A user's timer whose signal is ignored does not set the limit aside."""
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
    with (
        pytest.raises(FitTimeout, match=r"fit_timeout=0\.2 "),
        time_limit(0.2, exit_report=None),
    ):
        time.sleep(30)
    assert signal.getsignal(signal.SIGALRM) == signal.SIG_IGN


def test_time_limit_at_the_very_end_of_a_block_leaves_nothing(alarms):
    """A hundred blocks take as long as their limit: alarm or end comes first."""
    handler = signal.getsignal(signal.SIGALRM)
    for k in range(100):
        with suppress(FitTimeout), time_limit(0.002, exit_report=None):
            end = time.perf_counter() + 0.00195 + k * 1e-6
            while time.perf_counter() < end:
                pass
        assert signal.getsignal(signal.SIGALRM) is handler
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert alarms == []


@pytest.mark.parametrize("is_main", [True, False])
def test_time_limit_of_a_fit_ends_a_search_inside_of_it(is_main):
    """The search does not take the exception for a failure of its own candidate."""
    inner = GridSearchCV(Counting(), {"seconds": [30.0, 0.0, 0.1]}, cv=FOLDS)
    Counting.fits = 0

    def outer():
        with suppress(FitTimeout), time_limit(1.0, exit_report=None):
            inner.fit(X, y)

    if is_main:
        outer()
    else:
        thread = threading.Thread(target=outer)
        thread.start()
        thread.join(60)
    assert Counting.fits == 1
    assert not hasattr(inner, "best_estimator_")


class Counting(Scripted):
    """Counts its fits, each of which takes some seconds."""

    fits = 0

    def __init__(self, seconds=0.0):
        super().__init__()
        self.seconds = seconds

    def fit(self, X, y):
        """Sleep in short steps, which an exception may end."""
        type(self).fits += 1
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            time.sleep(0.01)
        return super().fit(X, y)

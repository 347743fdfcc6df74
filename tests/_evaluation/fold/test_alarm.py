"""Does an alarm ring once, in time, and leave the user's timer and handler?"""

from __future__ import annotations

import signal
import time

import pytest

from skbayes._evaluation.fold.alarm import Alarm, may_set_alarm

pytestmark = pytest.mark.skipif(
    not hasattr(signal, "setitimer"), reason="this system has no timers"
)


@pytest.fixture
def users():
    """Notes the alarms that reach the user's handler."""
    noted = []
    timer = signal.setitimer(signal.ITIMER_REAL, 0.0)  # that of a test's own timeout
    previous = signal.signal(signal.SIGALRM, lambda *_: noted.append("user"))
    yield noted
    signal.setitimer(signal.ITIMER_REAL, 0.0)
    signal.signal(signal.SIGALRM, previous)
    signal.setitimer(signal.ITIMER_REAL, *timer)


def run_until(condition):
    """Run instructions until something has happened, for ten seconds at most."""
    end = time.monotonic() + 10.0
    while not condition() and time.monotonic() < end:
        pass


class Overdue(Exception):
    """What a time limit raises."""


def test_alarm_rings_once_and_is_over(users):
    """The user's handler is back before it rings, because it may raise."""
    handler = signal.getsignal(signal.SIGALRM)
    rung = []

    def ring():
        rung.append(signal.getsignal(signal.SIGALRM) is handler)
        raise Overdue

    alarm = Alarm(0.001, ring)
    with pytest.raises(Overdue, match="^$"):
        start_and_run(alarm)
    assert rung == [True]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    alarm.stop()
    assert users == []


def test_alarm_that_goes_off_at_once_rings(users, monkeypatch):
    """As where the machine is busy for as long as a short limit lasts."""
    set_timer = signal.setitimer

    def set_and_wait(*timer):
        set_timer(*timer)
        time.sleep(0.01)

    monkeypatch.setattr(signal, "setitimer", set_and_wait)
    with pytest.raises(Overdue, match="^$"):
        Alarm(0.001, ring_overdue).start()
    assert users == []


def ring_overdue():
    """Raise as a time limit does."""
    raise Overdue


def start_and_run(alarm):
    """Run on after an alarm is set."""
    alarm.start()
    run_until(lambda: False)


def test_alarm_stop_puts_back_timer_and_handler(users):
    """The user's timer has the time it has left, and its interval."""
    handler = signal.getsignal(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, 60.0, 7.0)
    alarm = Alarm(30.0, users.clear)
    alarm.start()
    assert signal.getsignal(signal.SIGALRM) is not handler
    assert 0.0 < signal.getitimer(signal.ITIMER_REAL)[0] <= 30.0
    alarm.stop()
    left, interval = signal.getitimer(signal.ITIMER_REAL)
    assert 50.0 < left <= 60.0
    assert interval == pytest.approx(7.0)
    assert signal.getsignal(signal.SIGALRM) is handler


def test_alarm_stop_takes_effect_once(users):
    """A timer that the user has set since the first stop is kept."""
    alarm = Alarm(30.0, users.clear)
    alarm.start()
    alarm.stop()
    signal.setitimer(signal.ITIMER_REAL, 40.0)
    alarm.stop()
    assert signal.getitimer(signal.ITIMER_REAL)[0] > 30.0


def test_alarm_calls_the_users_handler_when_that_is_due(users):
    """The alarm calls it without ringing; a signal that is early does nothing."""
    alarm = Alarm(30.0, lambda: users.append("ring"))
    signal.setitimer(signal.ITIMER_REAL, 0.002)
    alarm.start()
    run_until(lambda: users)
    assert users == ["user"]
    signal.raise_signal(signal.SIGALRM)
    assert users == ["user"]
    alarm.stop()
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_may_set_alarm_where_the_handler_can_be_put_back(users, monkeypatch):
    """Python cannot put back a handler that it has not set."""
    assert may_set_alarm()
    monkeypatch.setattr(signal, "getsignal", lambda number: None)
    assert not may_set_alarm()
    monkeypatch.undo()
    monkeypatch.delattr(signal, "setitimer")
    assert not may_set_alarm()


def test_alarm_may_go_off_while_it_is_set(users, monkeypatch):
    """The time has passed before the timer is set; the user's timer keeps its own."""
    signal.setitimer(signal.ITIMER_REAL, 60.0)

    def ring():
        raise Overdue

    alarm = Alarm(1e-9, ring)
    with pytest.raises(Overdue, match="^$"):
        start_and_run(alarm)
    left, _ = signal.getitimer(signal.ITIMER_REAL)
    assert 50.0 < left <= 60.0
    alarm.stop()

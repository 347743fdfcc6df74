"""An alarm in the main thread that leaves the user's own timer and handler working."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

#: Seconds for a timer whose time has passed already; zero would stop it.
_AT_ONCE = 1e-6


def may_set_alarm() -> bool:
    """Whether there are alarms, and the user's handler can be put back.

    Python cannot put back one that was not set by Python.
    """
    is_possible = hasattr(signal, "setitimer")
    return is_possible and signal.getsignal(signal.SIGALRM) is not None


class Alarm:
    """Calls a function after some seconds, by the signal SIGALRM.

    A process has one timer of this kind. The user's, if it runs, goes off in time too:
    its handler is called meanwhile, and both are put back afterwards.

    Parameters
    ----------
    seconds : float
        Time until the alarm.
    ring : callable
        Called in the main thread, once; it may raise.
    """

    def __init__(self, seconds: float, ring: Callable[[], None]) -> None:
        self._seconds = seconds
        self._ring = ring
        self._is_over = False
        self._handler: Any = None
        self._due = self._users_due = math.inf
        self._interval = 0.0

    def start(self) -> None:
        """Set the alarm."""
        left, self._interval = signal.getitimer(signal.ITIMER_REAL)
        now = time.monotonic()
        # All is known before the timer is set: it may go off at once.
        self._due = now + self._seconds
        if left > 0:
            self._users_due = now + left
        self._handler = signal.getsignal(signal.SIGALRM)
        signal.signal(signal.SIGALRM, self._go_off)
        self._set_timer()

    def stop(self) -> None:
        """Put back the user's handler and timer, which has the time it has left."""
        if self._is_over:
            return
        # First: a signal from here on does nothing but be remembered.
        self._is_over = True
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, self._handler)
        if self._users_due < math.inf:
            signal.setitimer(
                signal.ITIMER_REAL, _from_now(self._users_due), self._interval
            )

    def _go_off(self, signum: int, frame: FrameType | None) -> None:
        if self._is_over:
            return
        now = time.monotonic()
        if now >= self._due:
            # Before it raises: a block that ends just now could not put back any more.
            self.stop()
            self._ring()
        elif now >= self._users_due:
            self._call_users_handler(signum, frame, now)
        else:
            self._set_timer()

    def _call_users_handler(
        self, signum: int, frame: FrameType | None, now: float
    ) -> None:
        if self._handler == signal.SIG_DFL:
            # The timer goes off again at once, and ends the process.
            self.stop()
            return
        self._users_due = now + self._interval if self._interval else math.inf
        self._set_timer()
        if callable(self._handler):
            self._handler(signum, frame)

    def _set_timer(self) -> None:
        """Set the timer to whatever is due next."""
        due = min(self._due, self._users_due)
        signal.setitimer(signal.ITIMER_REAL, _from_now(due))


def _from_now(due: float) -> float:
    return max(due - time.monotonic(), _AT_ONCE)

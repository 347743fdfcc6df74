"""Stopping a fit that takes too long, first kindly, then not.

Kindly: an exception is raised in the fit, by an alarm signal in the main thread and
by the interpreter in other threads. A fit that swallows it, or sits in compiled code
that looks at neither, goes on; in a worker process a timer outside the interpreter
then ends the whole process, which the parent notices and makes good.
"""

from __future__ import annotations

import ctypes
import faulthandler
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from skbayes.exceptions import FitTimeout

#: Seconds between the exception and the end of the process: time to clean up.
GRACE_SECONDS = 1.0

#: Seconds that no fit takes, weeks at least; timers refuse times that are much longer.
_ENDLESS = min(1e8, threading.TIMEOUT_MAX / 2)


@dataclass
class TimeLimit:
    """Whether the time was up, also where the exception did not come through."""

    seconds: float | None
    is_exceeded: bool = False

    @property
    def message(self) -> str:
        """What is told of a block that took longer."""
        return f"The fit took longer than fit_timeout={self.seconds:g} seconds."


@contextmanager
def time_limit(
    seconds: float | None, *, exit_report: str | None
) -> Iterator[TimeLimit]:
    """Raise `FitTimeout` in the block when `seconds` have passed.

    Parameters
    ----------
    seconds : float or None
        None: no limit.
    exit_report : str or None
        If the block goes on regardless, this process is ended, and this file tells
        where it was. None: the process goes on.
    """
    limit = TimeLimit(seconds)
    if seconds is None or seconds > _ENDLESS:
        yield limit
        return
    # As one of Python: `faulthandler` takes none of numpy's short floats.
    seconds = float(seconds)
    is_main = threading.current_thread() is threading.main_thread()
    has_alarm = is_main and hasattr(signal, "setitimer")
    kind = _alarm if has_alarm else _asynchronous_exception
    with _process_end(seconds + GRACE_SECONDS, exit_report), kind(seconds, limit):
        yield limit


@contextmanager
def _alarm(seconds: float, limit: TimeLimit) -> Iterator[None]:
    """Raise by SIGALRM; handler and timer are put back as they were."""

    def raise_timeout(signum: int, frame: FrameType | None) -> None:
        limit.is_exceeded = True
        raise FitTimeout(limit.message)

    previous = signal.signal(signal.SIGALRM, raise_timeout)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, previous)


@contextmanager
def _asynchronous_exception(seconds: float, limit: TimeLimit) -> Iterator[None]:
    """Raise in this thread from a timer thread, at the next Python instruction."""
    thread = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    lock = threading.Lock()
    is_over = False

    def raise_timeout() -> None:
        with lock:
            if not is_over:
                limit.is_exceeded = True
                raise_in(thread, ctypes.py_object(FitTimeout))

    timer = _start_timer(seconds, raise_timeout)
    try:
        yield
    finally:
        with lock:
            is_over = True
        timer.cancel()


def _start_timer(seconds: float, function: Callable[[], None]) -> threading.Timer:
    timer = threading.Timer(seconds, function)
    timer.daemon = True
    timer.start()
    return timer


@contextmanager
def _process_end(seconds: float, report: str | None) -> Iterator[None]:
    """End this process after `seconds`, whatever it is doing.

    `faulthandler` runs its timer in a thread that needs no interpreter lock. Only if
    it ends the process does it leave a file that is not empty. There is one such timer
    a process: an own one of the user's is given up, and a process that was forked while
    one ran cannot start any (CPython waits for a thread that it does not have).
    """
    if report is None:
        yield
        return
    with open(report, "w") as file:
        faulthandler.dump_traceback_later(seconds, exit=True, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
    Path(report).unlink(missing_ok=True)

"""Stop a fit that takes too long: first by an exception, then by force.

The exception is raised in the fit, by an alarm signal in the main thread and by the
interpreter in other threads. A fit that catches it, or runs in compiled code that
checks for neither, goes on. In a worker process a timer outside the interpreter then
ends the whole process; the parent notices and starts another one.
"""

from __future__ import annotations

import ctypes
import faulthandler
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from skbayes._evaluation.fold.alarm import Alarm, may_set_alarm
from skbayes.exceptions import FitTimeout

#: Seconds between the exception and the end of the process: time to clean up.
GRACE_SECONDS = 1.0

#: A limit above this, weeks at least, is no limit: timers refuse much longer times.
_ENDLESS = min(1e8, threading.TIMEOUT_MAX / 2)


#: The limits of the blocks that this thread is in.
_OPEN = threading.local()


@dataclass(eq=False)
class TimeLimit:
    """A limit and whether it was exceeded, also if the block caught the exception."""

    seconds: float | None
    is_exceeded: bool = False

    @property
    def message(self) -> str:
        """The message of the error."""
        return f"The fit took longer than fit_timeout={self.seconds:g} seconds."


@contextmanager
def time_limit(
    seconds: float | None, *, exit_report: str | None
) -> Iterator[TimeLimit]:
    """Raise `FitTimeout` in the block when `seconds` have passed.

    Parameters
    ----------
    seconds : float or None
        Seconds the block may take; None sets no limit.
    exit_report : str or None
        If the block goes on regardless, this process is ended, and its traceback is
        written to this file. None: the process goes on.
    """
    limit = TimeLimit(seconds)
    if seconds is None or seconds > _ENDLESS:
        yield limit
        return
    # A Python float: `faulthandler` rejects numpy's float32.
    seconds = float(seconds)
    is_main = threading.current_thread() is threading.main_thread()
    kind = _alarm if is_main and may_set_alarm() else _asynchronous_exception
    open_limits = _open_limits()
    open_limits.append(limit)
    try:
        with _process_end(seconds + GRACE_SECONDS, exit_report), kind(seconds, limit):
            yield limit
    finally:
        open_limits.remove(limit)


def raise_if_overdue() -> None:
    """Raise `FitTimeout` if a block around has exceeded its limit.

    A search inside of a fit takes the exception for a failure of one of its own fits;
    it must not go on with the others.
    """
    for limit in _open_limits():
        if limit.is_exceeded:
            raise FitTimeout(limit.message)


def _open_limits() -> list[TimeLimit]:
    if not hasattr(_OPEN, "limits"):
        _OPEN.limits = []
    limits: list[TimeLimit] = _OPEN.limits
    return limits


@contextmanager
def _alarm(seconds: float, limit: TimeLimit) -> Iterator[None]:
    """Raise by SIGALRM."""

    def raise_timeout() -> None:
        limit.is_exceeded = True
        raise FitTimeout(limit.message)

    alarm = Alarm(seconds, raise_timeout)
    try:
        alarm.start()
        yield
    finally:
        alarm.stop()


@contextmanager
def _asynchronous_exception(seconds: float, limit: TimeLimit) -> Iterator[None]:
    """Raise in this thread from a timer thread, at the next Python instruction."""
    # The lock and the flag keep the timer from raising after the block has ended, in
    # whatever this thread does next.
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

    `faulthandler` runs its timer in a thread that needs no interpreter lock. It leaves
    a file that is not empty only if it ends the process. There is one such timer per
    process: a timer of the user's is cancelled, and a process that was forked while one
    ran cannot start any (CPython waits for a thread that it does not have).
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

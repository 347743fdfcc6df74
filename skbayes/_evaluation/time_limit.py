"""Stopping a fit that takes too long, first kindly, then not.

Kindly: an exception is raised in the fit, by an alarm signal in the main thread and
by the interpreter in other threads. A fit that swallows it, or sits in compiled code
that looks at neither, goes on; in a worker process a timer outside the interpreter
then ends the whole process, which the parent notices and makes good.
"""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

#: Seconds between the exception and the end of the process: time to clean up.
GRACE_SECONDS = 1.0


class FitTimeout(TimeoutError):
    """A fit took longer than `fit_timeout` allows."""


@contextmanager
def time_limit(seconds: float | None, *, may_exit: bool) -> Iterator[None]:
    """Raise `FitTimeout` in the block when `seconds` have passed.

    Parameters
    ----------
    seconds : float or None
        None: no limit.
    may_exit : bool
        Whether this process may be ended if the block goes on regardless.
    """
    if seconds is None:
        yield
        return
    is_main = threading.current_thread() is threading.main_thread()
    has_alarm = is_main and hasattr(signal, "setitimer")
    kind = _alarm if has_alarm else _asynchronous_exception
    with _process_end(seconds + GRACE_SECONDS if may_exit else None), kind(seconds):
        yield


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Raise by SIGALRM; handler and timer are put back as they were."""

    def raise_timeout(signum: int, frame: FrameType | None) -> None:
        raise FitTimeout(_message(seconds))

    previous = signal.signal(signal.SIGALRM, raise_timeout)
    timer = signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *timer)
        signal.signal(signal.SIGALRM, previous)


@contextmanager
def _asynchronous_exception(seconds: float) -> Iterator[None]:
    """Raise in this thread from a timer thread, at the next Python instruction."""
    thread = ctypes.c_ulong(threading.get_ident())
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc
    lock = threading.Lock()
    is_over = False

    def raise_timeout() -> None:
        with lock:
            if not is_over:
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
def _process_end(seconds: float | None) -> Iterator[None]:
    """End this process after `seconds`, whatever it is doing.

    `faulthandler` runs its timer in a thread that needs no interpreter lock; the
    traceback it writes goes nowhere.
    """
    if seconds is None:
        yield
        return
    with open(os.devnull, "w") as sink:
        faulthandler.dump_traceback_later(seconds, exit=True, file=sink)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _message(seconds: float) -> str:
    return f"The fit took longer than fit_timeout={seconds:g} seconds."

"""Delay signals, such as Ctrl-C, while a record is made."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

#: Signals whose handlers may raise: Ctrl-C, and those by which a job is ended or told
#: that its time is up.
_HELD = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGBREAK")
    if hasattr(signal, name)
)

_Handler = Callable[[int, FrameType | None], Any]


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Delay Ctrl-C and the like to the end of the block, which must be short.

    A record that is made in several places is then made in all of them or in none.
    Python interrupts the main thread only, and only by a handler of its own or the
    user's. The delay costs twenty microseconds.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    found = {number: signal.getsignal(number) for number in _HELD}
    handlers = {n: handler for n, handler in found.items() if callable(handler)}
    arrived: dict[int, FrameType | None] = {}
    try:
        for number in handlers:
            # Once, however often the key was pressed: each would raise its own.
            signal.signal(number, arrived.setdefault)
        yield
    finally:
        # Held first, Ctrl-C comes back last: when it can raise, no other is left.
        _restore(list(reversed(handlers.items())))
        _deliver(list(arrived.items()), handlers)


def _restore(handlers: Sequence[tuple[int, _Handler]]) -> None:
    """Set all handlers, also if one of them is called and raises."""
    if handlers:
        try:
            signal.signal(*handlers[0])
        finally:
            _restore(handlers[1:])


def _deliver(
    arrived: Sequence[tuple[int, FrameType | None]], handlers: Mapping[int, _Handler]
) -> None:
    """Call the handlers of all signals, also if one raises."""
    if arrived:
        (number, frame), *others = arrived
        try:
            handlers[number](number, frame)
        finally:
            _deliver(others, handlers)

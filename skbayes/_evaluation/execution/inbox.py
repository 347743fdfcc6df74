"""A queue of batches that workers have returned."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any


class Inbox:
    """Returned batches. Waiting for one does not remove it.

    `queue.Queue` returns the item from the wait itself, and Ctrl-C between the two
    would lose it.
    """

    def __init__(self) -> None:
        self._batches: deque[tuple[int, Any]] = deque()
        self._has_arrived = threading.Event()

    def put(self, number: int, outcome: Any) -> None:
        """Add the outcome of a batch; called from any thread."""
        self._batches.append((number, outcome))
        self._has_arrived.set()

    def wait(self, seconds: float) -> bool:
        """Wait for a batch; return whether there is one."""
        if not self._batches:
            try:
                self._has_arrived.wait(seconds)
            except RuntimeError as error:
                # A second Ctrl-C while the event takes its lock back after the first.
                raise KeyboardInterrupt from error
        # Cleared before the look: a batch that arrives between the two sets it again.
        self._has_arrived.clear()
        return bool(self._batches)

    def take(self) -> tuple[int, Any] | None:
        """Remove and return the oldest batch; None if there is none."""
        return self._batches.popleft() if self._batches else None

"""Processes that run searches in a journal at the same time, and which of them live.

A driver counts upwards in its row every few seconds. Another one that looks at the row
as often, and sees the number stand still for longer than the lease, takes it for dead:
only its own clock counts, since clocks of two machines differ. On one machine it is
enough that the process has ended.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import threading
import time
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from typing import Protocol

from skbayes._journal.processes import Process, has_ended, is_here, this_process
from skbayes.exceptions import JournalError

#: Seconds between two signs of life.
BEAT_SECONDS = 2.0
#: Seconds without any after which a driver on another machine is taken for dead.
LEASE_SECONDS = 20.0
#: The same where its process is seen to live: a fit may hold Python's lock for long.
LOCAL_LEASE_SECONDS = 120.0

#: Keys of the drivers of this process.
_living: set[str] = set()


class OpenFile(Protocol):
    """The open file of a `Journal`."""

    def transaction(self, done: str) -> AbstractContextManager[sqlite3.Connection]:
        """All or nothing, for one thread and one process at a time."""

    def reading(self) -> AbstractContextManager[sqlite3.Connection]:
        """Read from the file."""


class Driver:
    """An open journal, as others that have it open know it, and what it knows of them.

    It shows that it lives from the first claim on, and until it is closed.

    Parameters
    ----------
    file : OpenFile
        The journal.

    Attributes
    ----------
    key : str
        What it is known by.
    """

    def __init__(self, file: OpenFile) -> None:
        self.key = secrets.token_hex(8)
        self._file = file
        self._process = this_process()
        self._beats = 0
        self._others: dict[str, tuple[int, float]] = {}
        self._last_look = time.monotonic()
        self._thread: threading.Thread | None = None
        self._is_closed = threading.Event()

    def enter(self, connection: sqlite3.Connection) -> None:
        """Enter the row of a driver that runs, where it is missing."""
        connection.execute(
            "INSERT OR IGNORE INTO drivers (key, process, beats) VALUES (?, ?, ?)",
            (self.key, json.dumps(asdict(self._process)), self._beats),
        )
        if self._thread is None:
            _living.add(self.key)
            self._thread = threading.Thread(
                target=self._run, name="skbayes-journal", daemon=True
            )
            self._thread.start()

    def is_lost(self, key: str, process: str | None) -> bool:
        """Whether another driver will never finish what it has claimed.

        Parameters
        ----------
        key : str
            What it is known by.
        process : str or None
            As its row has it; None if it has none any more.
        """
        if key in _living:
            return False
        if process is None:
            return True
        where = _process_of(json.loads(process))
        if has_ended(where) or where == self._process:
            return True
        _, silent = self._others.get(key, (0, 0.0))
        return silent > (LOCAL_LEASE_SECONDS if is_here(where) else LEASE_SECONDS)

    def close(self) -> None:
        """Let go of what is claimed, so that others need not wait; once."""
        if self._thread is None:
            return
        self._is_closed.set()
        self._thread.join()
        self._thread = None
        _living.discard(self.key)
        # A disk that is full has ended the search, which says so itself.
        with suppress(JournalError), self._file.transaction("written") as connection:
            remove_driver(connection, self.key)

    def _run(self) -> None:
        while not self._is_closed.wait(BEAT_SECONDS):
            # What is wrong with the file the search finds out itself.
            with suppress(JournalError, sqlite3.Error):
                self._beat()

    def _beat(self) -> None:
        """Show that it lives, and look who else does."""
        with self._file.transaction("written") as connection:
            self.enter(connection)
            self._beats += 1
            connection.execute(
                "UPDATE drivers SET beats = ? WHERE key = ?", (self._beats, self.key)
            )
            rows = connection.execute(
                "SELECT key, beats FROM drivers WHERE key != ?", (self.key,)
            ).fetchall()
        now = time.monotonic()
        # A machine that has slept has not seen that the others were silent.
        since = min(now - self._last_look, 2 * BEAT_SECONDS)
        self._last_look = now
        self._others = {key: self._seen(key, beats, since) for key, beats in rows}

    def _seen(self, key: str, beats: int, since: float) -> tuple[int, float]:
        """A driver's number, and for how many seconds it has been that."""
        before, silent = self._others.get(key, (beats, 0.0))
        return (beats, silent + since) if beats == before else (beats, 0.0)


def remove_driver(connection: sqlite3.Connection, key: str) -> None:
    """Take out a driver and all that it has claimed."""
    connection.execute("DELETE FROM claims WHERE driver = ?", (key,))
    connection.execute("DELETE FROM drivers WHERE key = ?", (key,))


def _process_of(content: Mapping[str, object]) -> Process:
    return Process(
        str(content.get("machine")),
        int(str(content.get("number"))),
        str(content.get("started")),
    )

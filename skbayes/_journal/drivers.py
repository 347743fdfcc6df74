"""Drivers: processes that run searches of one journal at the same time.

A driver increments the number in its row every few seconds. Other drivers read the row
as often, and take the driver for dead if its number has not changed for longer than the
lease. Each measures this with its own clock, because the clocks of two machines differ.
On the same machine a driver is dead as soon as its process has ended.
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
#: Seconds without a sign of life before a driver on another machine counts as dead.
LEASE_SECONDS = 20.0
#: The same while its process is alive: a fit may hold Python's lock for long.
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
    """Announces an open journal to other drivers, and watches them.

    It gives signs of life, and looks for those of others, from its first claim, or from
    the first claim of another that it runs into, until it is closed.

    Parameters
    ----------
    file : OpenFile
        The journal.

    Attributes
    ----------
    key : str
        Key of the row of this driver.
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
        """Insert the row of this driver, if it is missing."""
        connection.execute(
            "INSERT OR IGNORE INTO drivers (key, process, beats) VALUES (?, ?, ?)",
            (self.key, json.dumps(asdict(self._process)), self._beats),
        )
        self.watch()

    def watch(self) -> None:
        """Begin to give signs of life and to look for those of other drivers."""
        if self._thread is None:
            _living.add(self.key)
            self._thread = threading.Thread(
                target=self._run, name="skbayes-journal", daemon=True
            )
            self._thread.start()

    def is_lost(self, key: str, process: str | None) -> bool:
        """Whether another driver is dead, so that it will not finish its claims.

        Parameters
        ----------
        key : str
            Key of the row of the other driver.
        process : str or None
            The process in its row; None if the row was removed.
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
        """Release all claims, so that other drivers need not wait for them."""
        if self._thread is None:
            return
        self._is_closed.set()
        self._thread.join()
        self._thread = None
        _living.discard(self.key)
        # If the disk is full, the search itself has raised that error.
        with suppress(JournalError), self._file.transaction("written") as connection:
            remove_driver(connection, self.key)

    def _run(self) -> None:
        while not self._is_closed.wait(BEAT_SECONDS):
            # The search itself raises errors of the file.
            with suppress(JournalError, sqlite3.Error):
                self._beat()

    def _beat(self) -> None:
        """Give a sign of life, and read those of the other drivers."""
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
        # A machine that was asleep could not read signs of life meanwhile.
        since = min(now - self._last_look, 2 * BEAT_SECONDS)
        self._last_look = now
        self._others = {key: self._seen(key, beats, since) for key, beats in rows}

    def _seen(self, key: str, beats: int, since: float) -> tuple[int, float]:
        """A driver's number, and the seconds for which it has not changed."""
        before, silent = self._others.get(key, (beats, 0.0))
        return (beats, silent + since) if beats == before else (beats, 0.0)


def remove_driver(connection: sqlite3.Connection, key: str) -> None:
    """Delete a driver and all its claims."""
    connection.execute("DELETE FROM claims WHERE driver = ?", (key,))
    connection.execute("DELETE FROM drivers WHERE key = ?", (key,))


def _process_of(content: Mapping[str, object]) -> Process:
    return Process(
        str(content.get("machine")),
        int(str(content.get("number"))),
        str(content.get("started")),
    )

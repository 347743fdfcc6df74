"""A file of finished folds and trials that several searches may share.

Folds are stored under everything that decides their scores, searches as sequences of
candidates that refer to these folds. All content is numbers, text, digests and arrays
of numbers and text: reading a journal executes no code from it.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from skbayes._interrupts import interrupts_held
from skbayes._journal.database import (
    as_damaged_journal,
    as_journal_error,
    checked_place,
    open_for_writing,
)
from skbayes._journal.drivers import Driver
from skbayes._journal.fold_rows import FoldNeeds
from skbayes._journal.identity import SearchIdentity
from skbayes._journal.known_searches import KnownSearch, known_searches
from skbayes._journal.machine_mark import MachineMark, mark_machine
from skbayes._journal.params_codec import ParamsCodec
from skbayes._journal.search_journal import SearchJournal
from skbayes.exceptions import JournalError


class Journal:
    """An open journal file, with any number of searches.

    Threads may share this object; each process opens the file for itself, and several
    may at once. `open` makes one.
    """

    def __init__(
        self, file: Path, connection: sqlite3.Connection, mark: MachineMark | None
    ) -> None:
        self.file = file
        self._connection = connection
        self._mark = mark
        # One connection for all threads, so a lock of our own: SQLite's transactions
        # belong to the connection, and two threads would share one.
        self._lock = threading.RLock()
        self._owner = os.getpid()
        self._driver = Driver(self)

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Journal:
        """Open a journal, made if there is no file or an empty one.

        Raises
        ------
        TypeError
            If `path` is no path.
        JournalError
            If the file is no journal, damaged or cannot be written, or if another
            machine uses it that does not see its locks.
        """
        file = checked_place(path)
        mark = mark_machine(file)
        try:
            return cls(file, open_for_writing(file), mark)
        except BaseException:
            if mark is not None:
                mark.close()
            raise

    def search(
        self,
        identity: SearchIdentity,
        *,
        description: Mapping[str, str],
        metrics: Sequence[str],
        codec: ParamsCodec,
        n_candidates: int | None = None,
        needs: FoldNeeds | None = None,
    ) -> SearchJournal:
        """Find the record of one search, or begin it.

        Parameters
        ----------
        identity : SearchIdentity
            Identity of the search and its folds.
        description : mapping of str to str
            Texts for people: estimator, scoring and so on.
        metrics : sequence of str
            Names of the scores, the deciding one first; empty if they are not known
            yet.
        codec : ParamsCodec
            Writes and reads its parameters.
        n_candidates : int or None
            Trials at most, if known.
        needs : FoldNeeds or None
            What the search needs from a recorded fold.

        Raises
        ------
        JournalError
            If the file cannot be written.
        """
        with self.transaction("written") as connection:
            ids = _begin_search(connection, identity, description, metrics)
            connection.execute(
                "UPDATE searches SET n_candidates = ? WHERE id = ?",
                (n_candidates, ids.search),
            )
            last_fold = _number_of_last_fold(connection)
        return SearchJournal(
            self,
            ids.search,
            ids.evaluation,
            ids.splits,
            codec,
            needs or FoldNeeds(metrics[0] if metrics else None),
            self._driver,
            is_new=ids.is_new,
            last_fold=last_fold,
            further_splits=ids.further_splits,
        )

    def known_searches(self) -> list[KnownSearch]:
        """Identities of all searches in the file, in the order begun.

        Raises
        ------
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        with self.reading() as connection:
            return known_searches(connection)

    @contextmanager
    def transaction(self, done: str) -> Iterator[sqlite3.Connection]:
        """Write all or nothing, one thread and one process at a time."""
        if os.getpid() != self._owner:
            raise JournalError(
                f"The journal {self.file} was opened by another process, of which this "
                "one is a copy. Each process must open it for itself."
            )
        if self._mark is not None:
            self._mark.check()
        # Ctrl-C between two statements would leave the transaction open, and nothing
        # could be written after it.
        with interrupts_held(), self._lock, as_journal_error(self.file, done):
            # IMMEDIATE takes the write lock now: a transaction that begins by reading
            # and then writes could fail half-way, without waiting.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                # Some errors, such as a full disk, have rolled it back already.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read from the file; errors become a JournalError that names it."""
        failures = as_journal_error(self.file, "read"), as_damaged_journal(self.file)
        with self._lock, failures[0], failures[1]:
            yield self._connection

    def close(self) -> None:
        """Release all claims and close the file; a second call does nothing."""
        if os.getpid() == self._owner:
            self._driver.close()
            with self._lock, as_journal_error(self.file, "closed"):
                self._connection.close()
            if self._mark is not None:
                self._mark.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class _SearchIds(NamedTuple):
    """Ids of a search's rows, and whether the search is new to the file."""

    search: int
    evaluation: int
    splits: list[int]
    further_splits: list[int]
    is_new: bool


def _begin_search(
    connection: sqlite3.Connection,
    identity: SearchIdentity,
    description: Mapping[str, str],
    metrics: Sequence[str],
) -> _SearchIds:
    """Find the rows of a search; insert those that are missing."""
    parts = json.dumps(identity.parts)
    evaluation = _id_of(
        connection, "evaluations", key=identity.evaluation_key, parts=parts
    )
    splits, further = (
        [_id_of(connection, "splits", key=split) for split in those]
        for those in (identity.splits, identity.further_splits)
    )
    n_before = connection.total_changes
    search = _id_of(
        connection,
        "searches",
        key=identity.search_key,
        evaluation_id=evaluation,
        splits=json.dumps(splits),
        sequence=json.dumps(identity.sequence),
        description=json.dumps(dict(description)),
        metrics=json.dumps(list(metrics)),
        begun=time.time(),
    )
    is_new = connection.total_changes > n_before
    return _SearchIds(search, evaluation, splits, further, is_new)


def _number_of_last_fold(connection: sqlite3.Connection) -> int:
    """Number of the newest fold in the file, which later ones exceed."""
    row: tuple[int] = connection.execute(
        "SELECT coalesce(max(rowid), 0) FROM folds"
    ).fetchone()
    return row[0]


def _id_of(connection: sqlite3.Connection, table: str, *, key: str, **row: Any) -> int:
    """Id of the row with a key; inserts the row if there is none."""
    columns = {"key": key, **row}
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT (key) DO NOTHING",
        tuple(columns.values()),
    )
    found: tuple[int] = connection.execute(
        f"SELECT id FROM {table} WHERE key = ?", (key,)
    ).fetchone()
    return found[0]

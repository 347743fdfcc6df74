"""What a search has found out so far, kept in a file that outlives it.

One row a fold, one transaction a row. Everything is numbers, text and positions
among the choices of a search space: reading a journal executes nothing that is in
it. Out-of-fold predictions are not kept.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any

from skbayes._evaluation.journal_file import (
    checked_place,
    open_for_writing,
    told_as_damaged,
    told_as_journal_error,
)
from skbayes._evaluation.journal_rows import (
    FOLD_COLUMNS,
    fold_of,
    fold_row,
    rows_of_trials,
)
from skbayes._evaluation.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Params, Status, Trial
from skbayes.exceptions import JournalError


class Journal:
    """An open journal file; several searches may be in it, each by its fingerprint.

    Threads may share a journal. Processes may not: a process opens its own, as many
    at once as there are. `open` makes one.
    """

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self.file = file
        self._connection = connection
        self._lock = threading.RLock()
        self._owner = os.getpid()

    @classmethod
    def open(cls, path: str | os.PathLike[str]) -> Journal:
        """Open a journal, made if there is no file or an empty one.

        Raises
        ------
        TypeError
            If `path` is no path.
        JournalError
            If the file is no journal, damaged or cannot be written.
        """
        file = checked_place(path)
        return cls(file, open_for_writing(file))

    def search(
        self,
        fingerprint: str,
        *,
        description: Mapping[str, str],
        n_splits: int,
        metrics: Sequence[str],
        codec: ParamsCodec,
        n_candidates: int | None = None,
    ) -> SearchJournal:
        """Find the part of one search, begun if it is new.

        Parameters
        ----------
        fingerprint : str
            What the search is known by, see `fingerprint`.
        description : mapping of str to str
            What people are told about it: estimator, scoring and the like.
        n_splits : int
            Folds of a complete trial.
        metrics : sequence of str
            Names of the scores, the one that decides first; empty where they are
            not known yet.
        codec : ParamsCodec
            Writes and reads its parameters.
        n_candidates : int or None
            Trials there will be at most, where that is known.

        Raises
        ------
        JournalError
            If the file cannot be written.
        """
        with self.transaction("written") as connection:
            connection.execute(
                "INSERT INTO searches (fingerprint, description, n_splits, metrics, "
                "choices, begun) VALUES (?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (fingerprint) DO NOTHING",
                (
                    fingerprint,
                    json.dumps(dict(description)),
                    n_splits,
                    json.dumps(list(metrics)),
                    json.dumps(codec.labels()),
                    time.time(),
                ),
            )
            connection.execute(
                "UPDATE searches SET n_candidates = ? WHERE fingerprint = ?",
                (n_candidates, fingerprint),
            )
            (search_id,) = connection.execute(
                "SELECT id FROM searches WHERE fingerprint = ?", (fingerprint,)
            ).fetchone()
        return SearchJournal(self, search_id, n_splits, codec)

    @contextmanager
    def transaction(self, done: str) -> Iterator[sqlite3.Connection]:
        """All or nothing, for one thread and one process at a time."""
        if os.getpid() != self._owner:
            raise JournalError(
                f"The journal {self.file} was opened by another process, of which this "
                "one is a copy. Each process must open it for itself."
            )
        with self._lock, told_as_journal_error(self.file, done):
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
        """Read from the file; whatever fails is a JournalError that names it."""
        failures = told_as_journal_error(self.file, "read"), told_as_damaged(self.file)
        with self._lock, failures[0], failures[1]:
            yield self._connection

    def close(self) -> None:
        """Close the file; closing it again does nothing."""
        if os.getpid() == self._owner:
            with self._lock, told_as_journal_error(self.file, "closed"):
                self._connection.close()

    def __enter__(self) -> Journal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class SearchJournal:
    """What a journal holds of one search; `Journal.search` makes one.

    Trials are known by their parameters, so that two processes may work at the
    same search: what one has finished the other finds, and a fold that both have
    run is kept once, as the later one reports it.
    """

    def __init__(
        self, journal: Journal, search_id: int, n_splits: int, codec: ParamsCodec
    ) -> None:
        self._journal = journal
        self._search_id = search_id
        self._n_splits = n_splits
        self._codec = codec
        #: Rows of the trials that this process has begun and not finished.
        self._trial_ids: dict[str, int] = {}

    def trials(self) -> list[Trial]:
        """Every trial with its finished folds, numbered from 0 in the order begun.

        Raises
        ------
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        found: list[Trial] = []
        with self._journal.reading() as connection:
            rows = rows_of_trials(connection, self._search_id)
            for _, lines in groupby(rows, key=lambda row: row[0]):
                found.append(self._trial(len(found), list(lines)))
        return found

    def find(self, params: Params) -> dict[int, FoldResult]:
        """Find the finished folds of a candidate, by their number.

        Raises
        ------
        ValueError
            If the parameters cannot be written in a journal.
        JournalError
            If the file cannot be read or its content makes no sense.
        """
        key = self._codec.key(params)
        with self._journal.reading() as connection:
            rows = connection.execute(
                f"SELECT {FOLD_COLUMNS} FROM trials JOIN folds ON trial_id = trials.id "
                "WHERE search_id = ? AND params_key = ? ORDER BY fold",
                (self._search_id, key),
            )
            return {result.fold: result for result in map(fold_of, rows)}

    def when_written(self, params: Params) -> dict[int, int]:
        """Find in which order among all folds of the file a candidate's were written.

        The clock says it too, but may have been set back meanwhile.

        Raises
        ------
        JournalError
            If the file cannot be read.
        """
        with self._journal.reading() as connection:
            rows = connection.execute(
                "SELECT fold, folds.rowid FROM trials JOIN folds ON trial_id = "
                "trials.id WHERE search_id = ? AND params_key = ?",
                (self._search_id, self._codec.key(params)),
            )
            return dict(rows.fetchall())

    def n_begun(self) -> int:
        """Count the candidates begun, by the highest number that one was given.

        Raises
        ------
        JournalError
            If the file cannot be read.
        """
        with self._journal.reading() as connection:
            (highest,) = connection.execute(
                "SELECT max(trial) FROM trials WHERE search_id = ?", (self._search_id,)
            ).fetchone()
        return 0 if highest is None else int(highest) + 1

    def write(self, trial: int, params: Params, result: FoldResult) -> None:
        """Keep one finished fold; when this returns, no kill can lose it.

        Parameters
        ----------
        trial : int
            Number of the trial, which orders `trials`.
        params : dict
            Its parameters, by which it is known.
        result : FoldResult
            What the fold gave. `predictions` and `stop` are not kept.

        Raises
        ------
        ValueError
            If the parameters cannot be written in a journal.
        JournalError
            If the disk is full, the file held by another process for too long, gone
            or read-only. Nothing of the fold is kept then, everything before is.
        """
        key = self._codec.key(params)
        with self._journal.transaction("written") as connection:
            trial_id = self._trial_ids.get(key)
            if trial_id is None:
                trial_id = self._trial_id(connection, trial, key, params)
            connection.execute(
                f"INSERT OR REPLACE INTO folds (trial_id, written, {FOLD_COLUMNS}) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (trial_id, time.time(), *fold_row(result)),
            )
        self._trial_ids[key] = trial_id

    def finish(self, trial: int, params: Params, status: Status) -> None:
        """Keep how a trial has ended, also one without any folds.

        Raises
        ------
        ValueError
            If the parameters cannot be written in a journal.
        JournalError
            If the file cannot be written.
        """
        key = self._codec.key(params)
        with self._journal.transaction("written") as connection:
            trial_id = self._trial_id(connection, trial, key, params)
            connection.execute(
                "UPDATE trials SET status = ? WHERE id = ?", (str(status), trial_id)
            )
        self._trial_ids.pop(key, None)

    def _trial(self, index: int, lines: list[tuple[Any, ...]]) -> Trial:
        """Give the trial of its rows, one for each fold or a single one without."""
        _, params, status, *_ = lines[0]
        folds = tuple(fold_of(line[4:]) for line in lines if line[4] is not None)
        return Trial(
            index, self._codec.decode(params), self._n_splits, folds, Status(status)
        )

    def _trial_id(
        self, connection: sqlite3.Connection, trial: int, key: str, params: Params
    ) -> int:
        """Row of a trial, which is begun if it is new."""
        connection.execute(
            "INSERT INTO trials (search_id, trial, params_key, params, status) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (search_id, params_key) DO NOTHING",
            (
                self._search_id,
                trial,
                key,
                self._codec.encode(params),
                str(Status.RUNNING),
            ),
        )
        row: tuple[int] = connection.execute(
            "SELECT id FROM trials WHERE search_id = ? AND params_key = ?",
            (self._search_id, key),
        ).fetchone()
        return row[0]

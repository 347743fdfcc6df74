"""Set up a journal's database: header, WAL mode, tables; upgrade an older one."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path

from skbayes._journal.file_systems import network_file_system
from skbayes._journal.schema import APPLICATION_ID, INDEXES, TABLES, UPGRADED, VERSION
from skbayes.exceptions import JournalError

_PAUSE_SECONDS = 0.01
#: How long to wait until nobody has a file open that is to be taken out of WAL mode.
_ALONE_SECONDS = 5.0


def set_up_journal(connection: sqlite3.Connection, file: Path, patience: float) -> None:
    """Make an empty file a journal, in steps that may each be the last.

    First a header that fills one page, so that a process killed here leaves an
    empty file or a recognisable one; then the log; then all tables at once.

    Parameters
    ----------
    connection : sqlite3.Connection
        Connection to the file, which is empty or a journal that may be written.
    file : Path
        Its place.
    patience : float
        Seconds to wait for other processes.

    Raises
    ------
    JournalError
        If the file is no journal, or is used in a way that its file system does not
        support.
    """
    if pragma(connection, "application_id") != APPLICATION_ID:
        connection.execute("BEGIN EXCLUSIVE")
        if pragma(connection, "application_id") != APPLICATION_ID:
            if table_names(connection):
                connection.execute("ROLLBACK")
                raise JournalError(f"{file} is no journal of skbayes.")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    is_new = "folds" not in table_names(connection)
    _choose_log(connection, file, patience, is_new=is_new)
    # Data in the kernel survive a killed process. Waiting for the disk at each fold
    # would protect from power cuts only.
    connection.execute("PRAGMA synchronous = NORMAL")
    if not TABLES.keys() | INDEXES.keys() <= table_names(connection):
        connection.execute("BEGIN IMMEDIATE")
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
        for name, columns in INDEXES.items():
            connection.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")
        if pragma(connection, "user_version") in UPGRADED:
            connection.execute("ALTER TABLE folds ADD COLUMN n_rounds INTEGER")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")


def _choose_log(
    connection: sqlite3.Connection, file: Path, patience: float, *, is_new: bool
) -> None:
    """Turn on WAL mode for a new journal; turn it off on a network file system.

    WAL mode needs memory that all processes share, so it works on one machine only.
    A journal that was begun without stays without: other machines may use it.
    """
    network = network_file_system(file)
    if network is None:
        if is_new:
            # Without a write-ahead log, where unsupported, the journal works but is
            # slower.
            _switch(connection, "WAL", patience)
        return
    if pragma(connection, "journal_mode") == "wal":
        try:
            _switch(connection, "DELETE", _ALONE_SECONDS)
        except sqlite3.OperationalError as error:
            raise JournalError(
                f"The journal {file} is on a network file system ({network.kind}), and "
                "another process has it open in SQLite's WAL mode, which works on one "
                "machine only. End that process, or wait for it, and run the search "
                "again."
            ) from error


def _switch(connection: sqlite3.Connection, mode: str, patience: float) -> None:
    """Switch the mode of a journal, which SQLite does not wait for by itself."""
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode = {mode}")
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)


def pragma(connection: sqlite3.Connection, name: str) -> int | str:
    """Value of a setting of the database."""
    row: tuple[int | str] = connection.execute(f"PRAGMA {name}").fetchone()
    return row[0]


def table_names(connection: sqlite3.Connection) -> set[str]:
    """Names of tables and indexes."""
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}

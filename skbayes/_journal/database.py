"""Opening a journal's file: whether it is one, and whether it may be written.

A journal is an SQLite database in WAL mode whose header carries `APPLICATION_ID`
and `VERSION`. A file that is none, or a damaged one, is refused before any
connection that could write has seen it.

SQLite alone opens the file: POSIX drops all locks of a process when it closes any
descriptor of a file, so reading the header with `open` could let another process
delete the log under a search that runs in this one.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from skbayes.exceptions import JournalError

APPLICATION_ID = int.from_bytes(b"skby", "big")
VERSION = 1

#: How long to wait for another process that is writing.
BUSY_SECONDS = 60.0
_N_LOOKS = 4
_LOOK_SECONDS = 0.05

T = TypeVar("T")

_TABLES = {
    "searches": """
        id INTEGER PRIMARY KEY,
        fingerprint TEXT NOT NULL UNIQUE,
        description TEXT NOT NULL,  -- JSON: text by name
        n_splits INTEGER NOT NULL,
        n_candidates INTEGER,       -- as last asked for, where known
        metrics TEXT NOT NULL,      -- JSON: names, the one that decides first
        choices TEXT NOT NULL,      -- JSON: by parameter, texts of the choices
        begun REAL NOT NULL         -- seconds since 1970, for people only
    """,
    "trials": """
        id INTEGER PRIMARY KEY,
        search_id INTEGER NOT NULL REFERENCES searches (id),
        trial INTEGER NOT NULL,     -- number in the process that was first
        params_key TEXT NOT NULL,
        params TEXT NOT NULL,       -- JSON, see ParamsCodec
        status TEXT NOT NULL,
        UNIQUE (search_id, params_key)
    """,
    "folds": """
        trial_id INTEGER NOT NULL REFERENCES trials (id),
        fold INTEGER NOT NULL,
        test_scores TEXT NOT NULL,  -- JSON: score by metric
        train_scores TEXT,
        fit_time REAL NOT NULL,
        score_time REAL NOT NULL,
        n_test_samples INTEGER NOT NULL,
        error TEXT,
        scoring_error TEXT,
        started REAL NOT NULL,      -- seconds since the search began
        worker TEXT NOT NULL,
        is_multimetric INTEGER NOT NULL,
        is_fatal INTEGER NOT NULL,
        written REAL NOT NULL,      -- seconds since 1970, for people only
        PRIMARY KEY (trial_id, fold)
    """,
}


def open_for_writing(file: Path) -> sqlite3.Connection:
    """Connect to a journal, made if there is no file or an empty one.

    Parameters
    ----------
    file : Path
        As `checked_place` gives it.

    Raises
    ------
    JournalError
        If the file is no journal, damaged or cannot be written.
    """
    if _size(file):
        _settled(file, _refuse_what_is_no_journal)
    with told_as_journal_error(file, "opened for writing"):
        connection = _connect(file, "mode=rwc")
        try:
            _prepare(connection, file)
        except BaseException:
            connection.close()
            raise
    return connection


def read_snapshot(
    path: str | os.PathLike[str], load: Callable[[sqlite3.Connection], T]
) -> T:
    """Read from a journal at one moment, also while others write, changing nothing.

    Parameters
    ----------
    path : str or os.PathLike
        Its place.
    load : callable
        Gets a connection and gives what is wanted; may be called again.

    Raises
    ------
    TypeError
        If `path` is no path.
    JournalError
        If there is no such file, or it is no journal, or damaged.
    """
    file = checked_place(path)
    if not file.exists():
        raise JournalError(f"There is no journal {file}.")
    if _size(file):
        _settled(file, _refuse_what_is_no_journal)
    return _settled(file, lambda file: _load(file, load))


def _settled(file: Path, look: Callable[[Path], T]) -> T:
    """Look at a file, again if it has changed under the eyes.

    Without locks, a checkpoint of another process may make a sound file look damaged.
    """
    for _ in range(_N_LOOKS):
        before = _stamp(file)
        try:
            content = look(file)
        except JournalError:
            if _stamp(file) == before:
                raise
        else:
            if _stamp(file) == before:
                return content
        time.sleep(_LOOK_SECONDS)
    return look(file)


def _load(file: Path, load: Callable[[sqlite3.Connection], T]) -> T:
    with (
        told_as_journal_error(file, "read"),
        told_as_damaged(file),
        closing(_connect(file, _reading_mode(file))) as connection,
    ):
        connection.execute("BEGIN")  # all of it from one moment
        return load(connection)


def _stamp(file: Path) -> tuple[bool, int, int]:
    """Give what changes whenever an immutable view of the file would."""
    if _has_log(file):
        return True, 0, 0
    facts = file.stat()
    return False, facts.st_mtime_ns, facts.st_size


def _refuse_what_is_no_journal(file: Path) -> None:
    """Raise a JournalError if a file that is not empty is no sound journal."""
    reason = _reason_against(file)
    if reason is not None:
        raise JournalError(
            f"{file} {reason}. It has been left as it is. Give the `journal` parameter "
            "the path of a journal or of a file that does not exist yet."
        )


@contextmanager
def told_as_journal_error(file: Path, done: str) -> Iterator[None]:
    """Turn SQLite's errors into one that names the file and says what to do."""
    try:
        yield
    except sqlite3.Error as error:
        remedy = _REMEDIES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
        raise JournalError(
            f"The journal {file} could not be {done}: {error}.{remedy}"
        ) from error


@contextmanager
def told_as_damaged(file: Path) -> Iterator[None]:
    """Turn errors of reading rows into one that names the file."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(
            f"The journal {file} is damaged: {error}. Move it away and start a new one."
        ) from error


_REMEDIES = {
    sqlite3.SQLITE_FULL: " Make room on the disk and run the search again.",
    sqlite3.SQLITE_IOERR: " Is the disk full or gone?",
    sqlite3.SQLITE_BUSY: f" Another process has held it for {BUSY_SECONDS:.0f} s.",
    sqlite3.SQLITE_READONLY: " The `journal` parameter needs a file that may be "
    "written, in a folder that may be written.",
    sqlite3.SQLITE_CANTOPEN: " The `journal` parameter needs a file that may be "
    "written, in a folder that may be written.",
    sqlite3.SQLITE_CORRUPT: " It is damaged; move it away and start a new one.",
    sqlite3.SQLITE_NOTADB: " It is damaged; move it away and start a new one.",
}


def checked_place(path: object) -> Path:
    """Give the real path of a file that is, or could be, a journal.

    A leading ``~`` is the home folder, as in a shell.

    Raises
    ------
    TypeError
        If `path` is no path.
    JournalError
        If there can be no file of that name.
    """
    if not isinstance(path, str | os.PathLike) or not isinstance(os.fspath(path), str):
        raise TypeError(
            "The `journal` parameter must be the path of a file, as str or "
            f"os.PathLike. Got {path!r} instead."
        )
    if not os.fspath(path):
        raise JournalError(
            "The `journal` parameter must be the path of a file. Got '' instead."
        )
    try:
        # SQLite puts its log beside the file that a symbolic link leads to.
        file = Path(os.path.realpath(os.path.expanduser(path)))
        reason = _reason_against_place(file)
    except (OSError, ValueError) as error:
        # Too long a name, a folder that may not be looked into, a null character.
        reason = getattr(error, "strerror", None) or str(error)
        raise JournalError(
            "The `journal` parameter must be the path of a file. Got "
            f"{os.fspath(path)!r} instead, which cannot be one: {reason}."
        ) from error
    if reason is not None:
        raise JournalError(f"The `journal` parameter {reason}.")
    return file


def _reason_against_place(file: Path) -> str | None:
    """Why no journal can be in a place, None if one can."""
    if not file.parent.is_dir():
        return (
            f"names the file {file}, but {file.parent} is not a folder. Make it first, "
            "or choose another place"
        )
    with suppress(FileNotFoundError):
        # The longest name that SQLite gives a file of its own beside the journal.
        os.stat(f"{file}-journal")
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(mode):
        is_what = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        return f"must name a file, and {file} is {is_what}"
    return None


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _connect(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{file.as_uri()}?{mode}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,  # transactions are begun by hand
        check_same_thread=False,  # the journal has a lock of its own
    )


def _reading_mode(file: Path) -> str:
    """How to look at a file and leave nothing beside it.

    Without a log nobody is writing, and an immutable database needs no log.
    """
    return "mode=ro" if _has_log(file) else "mode=ro&immutable=1"


def _has_log(file: Path) -> bool:
    return Path(f"{file}-wal").exists()


def _reason_against(file: Path) -> str | None:
    """Why a file is no sound journal, None if it is one."""
    mode = _reading_mode(file)
    try:
        with closing(_connect(file, mode)) as connection:
            if _pragma(connection, "application_id") != APPLICATION_ID:
                return "is no journal of skbayes"
            if (version := _pragma(connection, "user_version")) != VERSION:
                return (
                    f"is a journal of version {version}, but this skbayes reads "
                    f"version {VERSION}"
                )
            if "immutable" in mode and not _has_whole_pages(connection, file):
                return "is a damaged journal: its end is missing"
            report = _pragma(connection, "integrity_check(1)")
            if report != "ok":
                return f"is a damaged journal ({report})"
            missing = _TABLES.keys() - _table_names(connection)
            if 0 < len(missing) < len(_TABLES):
                return f"is a damaged journal: it has no {min(missing)}"
            return None
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_CORRUPT:
            return f"is a damaged journal, or none ({error})"
        if code == sqlite3.SQLITE_NOTADB:
            return "is no journal of skbayes, or one damaged beyond recognition"
        return f"could not be read ({error})"


def _has_whole_pages(connection: sqlite3.Connection, file: Path) -> bool:
    size, page_size = _size(file), int(_pragma(connection, "page_size"))
    n_pages = int(_pragma(connection, "page_count"))
    return size % page_size == 0 and size >= n_pages * page_size


def _pragma(connection: sqlite3.Connection, name: str) -> int | str:
    row: tuple[int | str] = connection.execute(f"PRAGMA {name}").fetchone()
    return row[0]


def _table_names(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}


def _prepare(connection: sqlite3.Connection, file: Path) -> None:
    """Make an empty file a journal, in steps that may each be the last.

    First a header that fills one page, so that a process killed here leaves an
    empty file or a recognisable one; then the log; then all tables at once.
    """
    if _pragma(connection, "application_id") != APPLICATION_ID:
        connection.execute("BEGIN EXCLUSIVE")
        if _pragma(connection, "application_id") != APPLICATION_ID:
            if _table_names(connection):
                connection.execute("ROLLBACK")
                raise JournalError(f"{file} is no journal of skbayes.")
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.execute(f"PRAGMA user_version = {VERSION}")
        connection.execute("COMMIT")
    _switch_to_log(connection)
    # What the kernel has is safe from a killed process; each fold would otherwise
    # wait for the disk, which protects from power cuts only.
    connection.execute("PRAGMA synchronous = NORMAL")
    if not _TABLES.keys() <= _table_names(connection):
        connection.execute("BEGIN IMMEDIATE")
        for name, columns in _TABLES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
        connection.execute("COMMIT")


def _switch_to_log(connection: sqlite3.Connection) -> None:
    """Turn on WAL mode, which SQLite does not wait for by itself.

    Where the file system cannot do it, the journal works without, only slower.
    """
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() > deadline:
                raise
        time.sleep(_LOOK_SECONDS / 5)

"""Open a journal's file, after checking that it is one and may be written.

A journal is an SQLite database whose header carries `APPLICATION_ID` and `VERSION`.
Other files and damaged journals are refused before anything opens them for writing.

Only SQLite opens the file. POSIX drops all locks of a process on a file when it closes
any descriptor of it, so reading the header with `open` would let another process
delete the log while a search in this one writes to it.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from skbayes._journal.database_setup import pragma, set_up_journal, table_names
from skbayes._journal.file_systems import network_file_system
from skbayes._journal.machine_mark import marks_of_others
from skbayes._journal.schema import (
    APPLICATION_ID,
    TABLES_OF_VERSIONS,
    UPGRADED,
    VERSION,
)
from skbayes.exceptions import JournalError

#: Seconds to wait for another process that is writing.
BUSY_SECONDS = 60.0
_N_LOOKS = 4
_LOOK_SECONDS = 0.05

T = TypeVar("T")


def open_for_writing(file: Path) -> sqlite3.Connection:
    """Connect to a journal, made if there is no file or an empty one.

    Parameters
    ----------
    file : Path
        Path returned by `checked_place`.

    Raises
    ------
    JournalError
        If the file is no journal, damaged or cannot be written.
    """
    # Checked on a read-only connection first: SQLite may write to a file on opening it.
    if _size(file):
        known = {VERSION, *UPGRADED}
        _settled(file, lambda file: _refuse_what_is_no_journal(file, known))
    with as_journal_error(file, "opened for writing"):
        connection = _connect(file, "mode=rwc")
        try:
            set_up_journal(connection, file, BUSY_SECONDS)
        except BaseException:
            connection.close()
            raise
    return connection


def read_snapshot(
    path: str | os.PathLike[str], load: Callable[[sqlite3.Connection], T]
) -> T:
    """Read a consistent snapshot of a journal without changing it.

    Other processes may write meanwhile.

    Parameters
    ----------
    path : str or os.PathLike
        Path of the journal.
    load : callable
        Gets a connection and returns the content; may be called again.

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
        known = TABLES_OF_VERSIONS.keys()
        _settled(file, lambda file: _refuse_what_is_no_journal(file, known))
    return _settled(file, lambda file: _load(file, load))


def _settled(file: Path, look: Callable[[Path], T]) -> T:
    """Read a file, and read it again if it has changed meanwhile.

    Reading an immutable file takes no locks, so a checkpoint by another process may
    make a sound file look damaged.
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
        as_journal_error(file, "read"),
        as_damaged_journal(file),
        closing(_connect(file, _reading_mode(file))) as connection,
    ):
        connection.execute("BEGIN")  # all of it from one moment
        return load(connection)


def _stamp(file: Path) -> tuple[bool, int, int]:
    """A value that changes whenever an immutable view of the file would."""
    if _has_log(file):
        # With a log SQLite takes locks, and its own snapshot is consistent.
        return True, 0, 0
    facts = file.stat()
    return False, facts.st_mtime_ns, facts.st_size


def _refuse_what_is_no_journal(file: Path, versions: Collection[int]) -> None:
    """Raise a JournalError if a file that is not empty is no sound journal."""
    reason = _reason_against(file, versions)
    if reason is not None:
        raise JournalError(
            f"{file} {reason}. It has been left as it is. Give the `journal` parameter "
            "the path of a journal or of a file that does not exist yet."
        )


@contextmanager
def as_journal_error(file: Path, done: str) -> Iterator[None]:
    """Turn SQLite's errors into one that names the file and a remedy."""
    try:
        yield
    except sqlite3.Error as error:
        remedy = _REMEDIES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
        raise JournalError(
            f"The journal {file} could not be {done}: {error}.{remedy}"
        ) from error


@contextmanager
def as_damaged_journal(file: Path) -> Iterator[None]:
    """Turn errors of reading rows into one that names the file."""
    try:
        yield
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(
            f"The journal {file} is damaged: {error}. Move it away and start a new one."
        ) from error


_REMEDIES = {
    sqlite3.SQLITE_FULL: " Make room on the disk and run the search again.",
    sqlite3.SQLITE_IOERR: " Is the disk full or gone, or is it object "
    "storage, which cannot change a file in place?",
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
    if "://" in os.fspath(path):
        raise JournalError(
            "The `journal` parameter must be the path of a file. Got the address "
            f"{os.fspath(path)!r} instead; write what follows '://', such as "
            "'search.sqlite'."
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
    """Why a path cannot be a journal; None if it can."""
    if not file.parent.is_dir():
        return (
            f"names the file {file}, but {file.parent} is not a folder. Make it first, "
            "or choose another place"
        )
    with suppress(FileNotFoundError):
        # SQLite's longest name for a file beside the journal must be valid too.
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
    """The mode that reads a file and leaves no other files beside it.

    Without a log nobody is writing, and an immutable database needs no log. On a
    network file system there is never a log. There a reader takes part in the locking,
    and rolls back the unfinished transaction of a killed writer. A writer on another
    machine that does not see the lock may be alive, so nothing of it is touched.
    """
    network = network_file_system(file)
    if network is not None and network.has_local_locks and marks_of_others(file):
        return "mode=ro&immutable=1"
    if _has_log(file):
        return "mode=ro"
    if network is not None or Path(f"{file}-journal").exists():
        return "mode=rw" if os.access(file, os.W_OK) else "mode=ro"
    return "mode=ro&immutable=1"


def _has_log(file: Path) -> bool:
    return Path(f"{file}-wal").exists()


def _reason_against(file: Path, versions: Collection[int]) -> str | None:
    """Why a file is not a sound journal of one of these versions; None if it is."""
    mode = _reading_mode(file)
    try:
        with closing(_connect(file, mode)) as connection:
            if pragma(connection, "application_id") != APPLICATION_ID:
                # Empty: SQLite has taken back the first page of a writer killed early.
                return "is no journal of skbayes" if _size(file) else None
            version = int(pragma(connection, "user_version"))
            if version not in versions:
                return _reason_against_version(version)
            # SQLite reads missing pages at the end as zeros and reports no error.
            if "immutable" in mode and not _has_whole_pages(connection, file):
                return "is a damaged journal: its end is missing"
            # The costliest check comes last.
            report = pragma(connection, "integrity_check(1)")
            if report != "ok":
                return f"is a damaged journal ({report})"
            tables = TABLES_OF_VERSIONS[version]
            missing = tables - table_names(connection)
            if 0 < len(missing) < len(tables):
                return f"is a damaged journal: it has no {min(missing)}"
            return None
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_CORRUPT:
            return f"is a damaged journal, or none ({error})"
        if code == sqlite3.SQLITE_NOTADB:
            return "is no journal of skbayes, or one damaged beyond recognition"
        return f"could not be read ({error})"


def _reason_against_version(version: int) -> str:
    text = f"is a journal of version {version}, but this skbayes writes {VERSION}"
    if version in TABLES_OF_VERSIONS:
        return f"{text}: it can be read, as by skbayes.journal.read, not continued"
    return text


def _has_whole_pages(connection: sqlite3.Connection, file: Path) -> bool:
    size, page_size = _size(file), int(pragma(connection, "page_size"))
    n_pages = int(pragma(connection, "page_count"))
    return size % page_size == 0 and size >= n_pages * page_size

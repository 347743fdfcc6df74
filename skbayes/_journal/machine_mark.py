"""Let one machine at a time write to a journal whose locks other machines do not see.

Two machines that write to such a journal would run folds twice and damage the file. So
each process that opens it leaves a mark beside it, a file that it rewrites while it
lives, and does not go on where another machine's mark is alive. Files can be made and
listed without locks; a listing may be a minute old.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from skbayes._journal.file_systems import NetworkFileSystem, network_file_system
from skbayes._journal.processes import Process, has_ended, this_process
from skbayes._user_warnings import warn_user
from skbayes.exceptions import JournalError

#: Seconds between two rewritings of a mark.
REWRITE_SECONDS = 10.0
#: Seconds for which a mark must stay the same until its process counts as dead. NFS and
#: others may show a file as it was a minute ago.
SILENT_SECONDS = 90.0
_LOOK_SECONDS = 0.5


class MachineMark:
    """The mark of this process beside a journal.

    Parameters
    ----------
    file : Path
        The journal.
    network : NetworkFileSystem
        The file system it is on.

    Raises
    ------
    JournalError
        If another machine uses the journal, or the mark cannot be written.
    """

    def __init__(self, file: Path, network: NetworkFileSystem) -> None:
        self._file, self._network = file, network
        self._process = this_process()
        self._n_written = 0
        self._refusal: str | None = None
        self._is_over = threading.Event()
        self._remove_ended()
        self._wait_for_others()
        self._path = file.with_name(
            f"{_prefix(file)}{_digest(self._process)}-{secrets.token_hex(4)}"
        )
        with self._as_journal_error():
            self._write("x")
        # Where two come at the same time, each may see the other, and then neither
        # stays.
        if others := marks_of_others(file):
            self._path.unlink(missing_ok=True)
            raise JournalError(self._in_use_by(others))
        self._thread = threading.Thread(
            target=self._run, name="skbayes-mark", daemon=True
        )
        self._thread.start()

    def check(self) -> None:
        """Raise if this process must not write any more.

        Raises
        ------
        JournalError
            If another machine has begun to use the journal.
        """
        if self._refusal is not None:
            raise JournalError(self._refusal)

    def close(self) -> None:
        """Remove the mark."""
        self._is_over.set()
        self._thread.join()
        with suppress(OSError):
            self._path.unlink()

    def _remove_ended(self) -> None:
        """Remove the marks that killed processes of this machine have left."""
        own = f"{_prefix(self._file)}{_digest(self._process)}-"
        for path in _beside(self._file, own):
            process = _process_of(_text_of(path))
            if process is not None and has_ended(process):
                path.unlink(missing_ok=True)

    def _wait_for_others(self) -> None:
        """Wait until the marks of other machines have been silent for long."""
        before = marks_of_others(self._file)
        if not before:
            return
        warn_user(
            f"The journal {self._file} has the mark of a driver on another machine. "
            f"Waiting {SILENT_SECONDS:g} seconds for a sign of life from it."
        )
        until, now = time.monotonic() + SILENT_SECONDS, before
        while now and time.monotonic() < until:
            time.sleep(_LOOK_SECONDS)
            now = marks_of_others(self._file)
            if not now.items() <= before.items():
                raise JournalError(self._in_use_by(now))
        for path in before:
            path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._is_over.wait(REWRITE_SECONDS):
            # A network may fail for a while; the search itself reports that.
            with suppress(OSError):
                self._rewrite()

    def _rewrite(self) -> None:
        """Give a sign of life, and look for machines that came meanwhile."""
        others = marks_of_others(self._file)
        # Of two that did not see each other when they began, one goes on.
        if not self._path.exists() or any(path < self._path for path in others):
            self._refusal = self._in_use_by(others)
        else:
            self._write("w")

    def _write(self, mode: str) -> None:
        self._n_written += 1
        content = asdict(self._process) | {"written": self._n_written}
        with self._path.open(mode, encoding="utf-8") as mark:
            json.dump(content, mark)

    def _in_use_by(self, others: dict[Path, str]) -> str:
        found = (_process_of(text) for text in others.values())
        names = sorted({p.machine.partition(" ")[0] for p in found if p is not None})
        named = f" ({', '.join(names)})" if names else ""
        return (
            f"The journal {self._file} is on a file system "
            f"({self._network.described}) whose locks hold on one machine only, and a "
            f"driver on another machine{named} uses it. Both together would run folds "
            "twice and damage the file. Run the search again when that driver has "
            "ended, or put the journal on storage whose locks all machines see, such "
            "as NFS 4, Lustre or CephFS, mounted without options that make locks local."
        )

    @contextmanager
    def _as_journal_error(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise JournalError(
                f"The journal {self._file} could not be opened for writing: {error}. "
                "The `journal` parameter needs a file in a folder that may be written."
            ) from error


def mark_machine(file: Path) -> MachineMark | None:
    """Mark a journal as used by this machine, where others do not see its locks.

    Parameters
    ----------
    file : Path
        The journal, which need not exist.

    Raises
    ------
    JournalError
        If another machine uses the journal.
    """
    network = network_file_system(file)
    if network is None or not network.has_local_locks:
        return None
    if Path(f"{file}-wal").exists():
        raise JournalError(
            f"The journal {file} is on a file system ({network.described}) whose locks "
            "hold on one machine only, and lies there with SQLite's write-ahead log: "
            "a process on the machine of the disk uses it, or was killed. Run the "
            "search there, or end it there first."
        )
    return MachineMark(file, network)


def marks_of_others(file: Path) -> dict[Path, str]:
    """Marks of other machines beside a journal, with what is written in them."""
    own = f"{_prefix(file)}{_digest(this_process())}-"
    paths = _beside(file, _prefix(file))
    return {p: _text_of(p) for p in paths if not p.name.startswith(own)}


def _prefix(file: Path) -> str:
    return f"{file.name}-machine-"


def _digest(process: Process) -> str:
    return hashlib.sha256(process.machine.encode()).hexdigest()[:8]


def _beside(file: Path, start: str) -> list[Path]:
    """Files in the folder of a journal whose names begin in a certain way."""
    return [path for path in file.parent.iterdir() if path.name.startswith(start)]


def _text_of(path: Path) -> str:
    """What is written in a mark; empty while it is rewritten or if it is gone."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        return ""


def _process_of(text: str) -> Process | None:
    """The process that wrote a mark, if it can be read."""
    try:
        content = json.loads(text)
        return Process(content["machine"], content["number"], content["started"])
    except (ValueError, KeyError, TypeError):
        return None

"""Does one machine at a time write to a journal whose locks others do not see?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from skbayes._journal import file_systems, machine_mark, processes
from skbayes._journal.database import read_snapshot
from skbayes._journal.journal_file import Journal
from skbayes._journal.machine_mark import mark_machine, marks_of_others
from skbayes._protocol import FoldResult
from skbayes.exceptions import JournalError
from tests._journal.identities import begin

ROOT = Path(__file__).parents[2]
C = {"C": 1}
COUNT_FOLDS = "SELECT count(*) FROM folds"


@pytest.fixture(autouse=True)
def short_times(monkeypatch):
    """A mark is silent after a second."""
    monkeypatch.setattr(machine_mark, "REWRITE_SECONDS", 0.1)
    monkeypatch.setattr(machine_mark, "SILENT_SECONDS", 1.0)
    monkeypatch.setattr(machine_mark, "_LOOK_SECONDS", 0.05)


@pytest.fixture
def mount(tmp_path, monkeypatch):
    """Say what the folder of the journal is."""
    table = tmp_path / "mounts"

    def _mount(kind="fuse.sshfs", options="rw"):
        table.write_text(
            f"/dev/a / ext4 rw 0 0\ns:/x {tmp_path} {kind} {options} 0 0\n"
        )
        monkeypatch.setattr(file_systems, "MOUNTS", table)

    _mount()
    return _mount


@pytest.fixture
def on_another_machine(monkeypatch):
    """Call a function as if this process ran on another machine."""

    def _call(function, *arguments):
        with monkeypatch.context() as patch:
            patch.setattr(processes, "_this_machine", lambda: "elsewhere 1 2")
            return function(*arguments)

    return _call


def marks(path):
    """Names of all marks beside a journal."""
    start = f"{path.name}-machine-"
    return [p.name for p in path.parent.iterdir() if p.name.startswith(start)]


HOLD = """
import sys, time
from pathlib import Path
from skbayes._journal import file_systems, machine_mark, processes
from tests._journal.test_machine_mark import Journal, begin, FoldResult
file_systems.MOUNTS = Path(sys.argv[2])
processes._this_machine = lambda: sys.argv[3]
machine_mark.REWRITE_SECONDS = 0.1
with Journal.open(sys.argv[1]) as journal:
    begin(journal).write(0, {"C": 1}, FoldResult(0, {"score": 0.5}))
    print("open", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def hold(path, mount):
    """Start a process that has the journal open, on a machine of a name."""
    started = []

    def _hold(machine="elsewhere"):
        arguments = [str(path), str(path.with_name("mounts")), machine]
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, *arguments],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            text=True,
        )
        started.append(process)
        assert process.stdout.readline() == "open\n"
        return process

    yield _hold
    for process in started:
        process.kill()
        with process:
            process.wait()


def test_mark_machine_is_for_local_locks_only(path, mount):
    """Where all machines see the locks, there is no mark, and nothing to refuse."""
    for kind, options in [("ext4", "rw"), ("nfs4", "rw"), ("fuse.glusterfs", "rw")]:
        mount(kind, options)
        assert mark_machine(path) is None


def test_machine_mark_lets_one_machine_alone(path, mount):
    """One driver, or several of one machine, are not warned; they leave nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with Journal.open(path) as one, Journal.open(path) as other:
            begin(one).write(0, C, FoldResult(0, {"score": 0.5}))
            assert begin(other).results([C], 0)[0].test_scores == {"score": 0.5}
            assert len(marks(path)) == 2
    assert marks(path) == []


def test_machine_mark_refuses_a_second_machine_and_lets_it_take_over(path, hold):
    """It is refused as long as the first lives, and goes on where that was killed."""
    process = hold()
    told = (
        r"\(fuse\.sshfs\) whose locks hold on one machine only, and a driver on "
        r"another machine \(elsewhere\) uses it.*Run the search again when"
    )
    with (
        pytest.warns(UserWarning, match="Waiting 1 seconds for a sign of life"),
        pytest.raises(JournalError, match=told),
    ):
        Journal.open(path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with pytest.warns(UserWarning, match="Waiting"):
        journal = Journal.open(path)
    with journal:
        assert begin(journal).results([C], 0)[0].test_scores == {"score": 0.5}
        assert len(marks(path)) == 1


def test_machine_mark_of_a_killed_process_here_is_removed_at_once(path, hold):
    """Whether a process of this machine lives is known."""
    process = hold(processes._this_machine())
    process.kill()
    process.wait()
    assert len(marks(path)) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Journal.open(path).close()
    assert marks(path) == []


def test_machine_mark_that_was_taken_for_dead_ends_its_search(path, mount):
    """A machine that slept finds its mark gone, and writes nothing more."""
    with Journal.open(path) as journal:
        search = begin(journal)
        search.write(0, C, FoldResult(0, {"score": 0.5}))
        (path.parent / marks(path)[0]).unlink()
        with pytest.raises(JournalError, match="locks hold on one machine only"):
            write_until_refused(search)
    assert read_snapshot(path, lambda c: c.execute(COUNT_FOLDS).fetchone()) == (1,)


@pytest.mark.parametrize(("name", "goes_on"), [("00000000-0", False), ("zz-0", True)])
def test_machine_marks_seen_too_late_leave_one_machine(path, mount, name, goes_on):
    """Of two that began at the same time, one ends, which is the same for both."""
    with Journal.open(path) as journal:
        search = begin(journal)
        other = path.with_name(f"{path.name}-machine-{name}")
        other.write_text("{}")
        if goes_on:
            time.sleep(0.5)
            search.write(0, C, FoldResult(0, {"score": 0.5}))
        else:
            with pytest.raises(JournalError, match="a driver on another machine uses"):
                write_until_refused(search)
        other.unlink()


def write_until_refused(search):
    """Write a fold again and again, for some seconds."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        time.sleep(0.05)
        search.write(0, C, FoldResult(0, {"score": 0.5}))


def test_machine_mark_that_cannot_be_written_is_told(path, mount, monkeypatch):
    """The error is the journal's own."""

    def read_only(self, content):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(machine_mark.MachineMark, "_write", read_only)
    with pytest.raises(JournalError, match="opened for writing: .*Read-only file sys"):
        Journal.open(path)


def test_mark_machine_refuses_a_log_of_the_machine_of_the_disk(path, mount):
    """The log is in that machine's memory."""
    path.with_name("j.sqlite-wal").touch()
    with pytest.raises(JournalError, match="with SQLite's write-ahead log"):
        Journal.open(path)


def test_marks_of_others_keep_readers_from_touching_anything(
    path, mount, on_another_machine
):
    """A reader on another machine does not roll back what a writer is writing."""
    with Journal.open(path) as journal:
        begin(journal).write(0, C, FoldResult(0, {"score": 0.5}))
        assert marks_of_others(path) == {}
        assert len(on_another_machine(marks_of_others, path)) == 1
        path.with_name("j.sqlite-journal").write_bytes(b"x" * 512)
        n_folds = on_another_machine(
            read_snapshot, path, lambda c: c.execute(COUNT_FOLDS).fetchone()
        )
        assert n_folds == (1,)
        assert path.with_name("j.sqlite-journal").read_bytes() == b"x" * 512
        path.with_name("j.sqlite-journal").unlink()

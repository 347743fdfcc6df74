"""Disks that are full or read-only, and processes killed at birth."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from skbayes._journal.database import read_snapshot
from skbayes._journal.journal_file import Journal
from skbayes._protocol import FoldResult
from skbayes.exceptions import JournalError
from tests._journal.written_journals import (
    COUNT_FOLDS,
    begin,
    scores_in,
    write_on,
    write_trials,
)

ROOT = Path(__file__).parents[2]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB, where mounting one is permitted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(place)]
    if (
        shutil.which("mount") is None
        or subprocess.run(mount, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting is not permitted")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def remount_read_only(place: Path) -> None:
    """Let nobody write to a disk, not even root."""
    subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True)


def test_open_for_writing_refuses_a_read_only_disk(small_disk):
    """A new journal cannot be made there, and the message names the parameter."""
    remount_read_only(small_disk)
    with pytest.raises(JournalError, match=r"j\.sqlite .*opened.* `journal` parameter"):
        Journal.open(small_disk / "j.sqlite")


def test_read_snapshot_needs_no_right_to_write(small_disk):
    """A read-only journal can be read, though it is refused for writing."""
    write_trials(small_disk / "j.sqlite", range(3))
    remount_read_only(small_disk)
    with pytest.raises(JournalError, match="`journal` parameter needs"):
        begin(Journal.open(small_disk / "j.sqlite"))
    (row,) = read_snapshot(
        small_disk / "j.sqlite", lambda c: c.execute(COUNT_FOLDS).fetchall()
    )
    assert row == (6,)


def test_open_for_writing_keeps_what_a_full_disk_already_has(small_disk):
    """The fold that did not fit is refused in plain words; with room all is well."""
    path = small_disk / "j.sqlite"
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * 50_000)
    with Journal.open(path) as journal:
        search = begin(journal)
        with pytest.raises(JournalError, match=r"j\.sqlite could not be .*: .*disk"):
            write_on(search)
        written = len(search.trials())
        assert written > 5
        ballast.unlink()
        search.write(written, {"C": written}, FoldResult(0, {"score": 1.0}))
        assert len(search.trials()) == written + 1
    assert len(scores_in(path)) == written + 1


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write")
def test_open_for_writing_refuses_a_folder_without_permission(tmp_path):
    """The message names the parameter."""
    tmp_path.chmod(0o500)
    with pytest.raises(JournalError, match="`journal` parameter needs"):
        Journal.open(tmp_path / "j.sqlite")


KILL_AT_BIRTH = """
import os, random, signal, sys, time
from skbayes._journal.journal_file import Journal
from tests._journal.written_journals import scores_in, write_trials

rng = random.Random(0)
began = time.perf_counter()
write_trials(os.path.join(sys.argv[1], "first.sqlite"), range(3))
longest = 2 * (time.perf_counter() - began)
for i in range(60):
    path = os.path.join(sys.argv[1], f"{i}.sqlite")
    child = os.fork()
    if not child:
        write_trials(path, range(1000))
        os._exit(0)
    time.sleep(rng.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    n_before = len(scores_in(path))
    write_trials(path, range(1000, 1003))
    assert len(scores_in(path)) == n_before + 3
    print(n_before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_open_for_writing_goes_on_after_a_killed_beginning(tmp_path):
    """Whenever a process dies between nothing and a journal, the next one goes on."""
    done = subprocess.run(
        [sys.executable, "-c", KILL_AT_BIRTH, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    survivors = [int(line) for line in done.stdout.split()]
    assert len(survivors) == 60
    assert 0 in survivors
    assert max(survivors) > 0

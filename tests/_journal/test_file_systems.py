"""On a network file system a journal does without what works on one machine only."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from skbayes._journal import file_systems
from skbayes._journal.database import read_snapshot
from skbayes._journal.file_systems import network_file_system
from skbayes._journal.journal_file import Journal
from skbayes._protocol import FoldResult
from skbayes.exceptions import JournalError
from tests._journal.written_journals import begin

ROOT = Path(__file__).parents[2]

COUNT_FOLDS = "SELECT count(*) FROM folds"


@pytest.fixture
def mount(tmp_path, monkeypatch):
    """Say what is mounted where, besides a local disk at the root."""

    def _mount(*lines):
        table = tmp_path / "mounts"
        table.write_text("\n".join(["/dev/sda1 / ext4 rw 0 0", *lines, ""]))
        monkeypatch.setattr(file_systems, "MOUNTS", table)

    _mount()
    return _mount


def mode_of(path):
    """SQLite's mode of a journal that nobody has open."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA journal_mode").fetchone()[0]


def write(path, number=0):
    """Write a fold."""
    with Journal.open(path) as journal:
        begin(journal).write(number, {"C": number}, FoldResult(0, {"score": 1.0}))


# -------------------------------------------------------------------------- detecting


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        ([], None),
        (["s:/x /data nfs4 rw,vers=4.2 0 0"], "nfs4"),
        (["s:/x /data/shared lustre rw 0 0"], "lustre"),
        (["s:/x /data/other nfs rw 0 0"], None),
        (["s:/x /dat nfs rw 0 0"], None),
        (["s:/x /data nfs rw 0 0", "/dev/b /data/shared xfs rw 0 0"], None),
        (["/dev/b /data xfs rw 0 0", "s:/x /data nfs rw 0 0"], "nfs"),
        (["s:/x /data fuse.sshfs rw 0 0"], "fuse.sshfs"),
        (["s:/x /data fuse.fuse-overlayfs rw 0 0"], None),
        (["bucket /data fuse rw 0 0"], "fuse"),
        (["/dev/b /data fuseblk rw 0 0"], None),
        (["s:/x / nfs rw 0 0"], "nfs"),
        (["half a line"], None),
    ],
)
def test_network_file_system_is_that_of_the_innermost_mount(mount, lines, kind):
    """The innermost mount counts, and of several in one place the last."""
    mount(*lines)
    found = network_file_system(Path("/data/shared/j.sqlite"))
    assert (found and found.kind) == kind


def test_network_file_system_reads_blanks_in_names(mount):
    """Linux writes blanks as their number."""
    mount(r"s:/x /my\040data nfs rw 0 0")
    assert network_file_system(Path("/my data/j.sqlite")).kind == "nfs"
    assert network_file_system(Path("/my/j.sqlite")) is None


def test_network_file_system_is_none_without_a_table(monkeypatch):
    """Systems other than Linux have no table of mounts."""
    monkeypatch.setattr(file_systems, "MOUNTS", Path("/nowhere/mounts"))
    assert network_file_system(Path("/data/j.sqlite")) is None


@pytest.mark.parametrize(
    "local",
    [
        "nfs rw,nolock,vers=3", "nfs4 rw,local_lock=all", "nfs rw,local_lock=posix",
        "cifs rw,nobrl", "lustre rw,localflock", "gfs2 rw,localflocks", "9p rw",
        "fuse.sshfs rw", "fuse.s3fs rw", "fuse.gcsfuse rw", "fuse.rclone rw",
        "fuse.blobfuse2 rw", "fuse rw", "beegfs rw,cfgFile=/nowhere",
    ],
)  # fmt: skip
def test_has_local_locks_where_other_machines_do_not_see_them(mount, local):
    """goofys and mountpoint-s3 are told as "fuse" alone."""
    mount(f"s:/x /data {local} 0 0")
    assert network_file_system(Path("/data/j.sqlite")).has_local_locks


@pytest.mark.parametrize(
    "shared",
    [
        "nfs rw,vers=3", "nfs4 rw,local_lock=none", "nfs rw,local_lock=flock",
        "cifs rw", "lustre rw,flock", "ceph rw", "fuse.glusterfs rw",
        "fuse.juicefs rw", "gpfs rw",
    ],
)  # fmt: skip
def test_has_local_locks_is_false_where_a_server_has_them(mount, shared):
    """SQLite uses POSIX locks, not those of flock."""
    mount(f"s:/x /data {shared} 0 0")
    assert not network_file_system(Path("/data/j.sqlite")).has_local_locks


@pytest.mark.parametrize("is_global", [False, True])
def test_has_local_locks_reads_the_settings_of_beegfs(tmp_path, mount, is_global):
    """The setting is commented out, or it is not."""
    settings = tmp_path / "client.conf"
    settings.write_text(
        f"a = b\n{'' if is_global else '#'}tuneUseGlobalFileLocks   = true\n"
    )
    mount(f"s:/x /data beegfs rw,cfgFile={settings} 0 0")
    network = network_file_system(Path("/data/j.sqlite"))
    assert network.has_local_locks == (not is_global)


# ------------------------------------------------------------------------- the journal


def test_network_file_system_gets_no_log_for_a_new_journal(tmp_path, mount):
    """The journal gets a log when it is opened where the disk is."""
    path = tmp_path / "j.sqlite"
    mount(f"s:/x {tmp_path} nfs4 rw 0 0")
    write(path)
    assert mode_of(path) == "delete"
    write(path, 1)
    mount()
    write(path, 2)
    assert mode_of(path) == "delete"
    assert read_snapshot(path, lambda c: c.execute(COUNT_FOLDS).fetchone()) == (3,)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["j.sqlite", "mounts"]


def test_network_file_system_takes_away_a_journals_log(tmp_path, mount):
    """The journal loses its log if nobody has it open, else it is refused."""
    path = tmp_path / "j.sqlite"
    write(path)
    assert mode_of(path) == "wal"
    mount(f"s:/x {tmp_path} nfs4 rw 0 0")
    write(path, 1)
    assert mode_of(path) == "delete"
    assert read_snapshot(path, lambda c: c.execute(COUNT_FOLDS).fetchone()) == (2,)


def test_network_file_system_refuses_a_log_in_use(tmp_path, mount, monkeypatch):
    """The message says what to do."""
    monkeypatch.setattr("skbayes._journal.database_setup._ALONE_SECONDS", 0.05)
    path = tmp_path / "j.sqlite"
    mount()
    with Journal.open(path) as journal:
        begin(journal)
        mount(f"s:/x {tmp_path} nfs4 rw 0 0")
        with pytest.raises(JournalError, match=r"network file system \(nfs4\).*WAL"):
            Journal.open(path)


WRITE = """
import sys
from pathlib import Path
from skbayes._journal import file_systems
file_systems.MOUNTS = Path(sys.argv[2])
from tests._journal.test_file_systems import FoldResult, Journal, begin
with Journal.open(sys.argv[1]) as journal:
    search = begin(journal)
    for i in range(40):
        if search.claim(i, {"C": i}, [{"C": i}], 0):
            search.write(i, {"C": i}, FoldResult(0, {"score": 1.0}))
            print(i, flush=True)
"""


@pytest.mark.slow
def test_network_file_system_lets_processes_share_a_journal(tmp_path, mount):
    """Processes share a journal without a log, and readers always see a sound one."""
    path = tmp_path / "j.sqlite"
    mount(f"s:/x {tmp_path} nfs4 rw 0 0")
    command = [sys.executable, "-c", WRITE, str(path), str(tmp_path / "mounts")]
    writers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
        for _ in range(2)
    ]
    outs = [""] * len(writers)

    def collect(i):
        outs[i] = writers[i].communicate(timeout=120)[0]

    threads = [threading.Thread(target=collect, args=(i,)) for i in range(len(writers))]
    for thread in threads:
        thread.start()
    counts = []
    while any(thread.is_alive() for thread in threads):
        if path.exists() and path.stat().st_size:
            counts.append(read_snapshot(path, _count))
    assert [writer.returncode for writer in writers] == [0, 0]
    written = sorted(int(line) for out in outs for line in out.split())
    assert written == list(range(40))
    assert counts == sorted(counts)


def _count(connection):
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'folds'")
    return connection.execute(COUNT_FOLDS).fetchone()[0] if tables.fetchone() else 0

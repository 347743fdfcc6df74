"""Damaged and foreign files are refused, and lose nothing."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from skbayes._journal.database import read_snapshot
from skbayes._journal.journal_file import Journal
from skbayes._journal.schema import VERSION
from skbayes._protocol import FoldResult
from skbayes.exceptions import JournalError
from tests._journal.written_journals import (
    COUNT_FOLDS,
    begin,
    scores_in,
    write_on,
    write_trials,
)


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> bytes:
    """The bytes of a closed journal of some pages."""
    path = tmp_path_factory.mktemp("sound") / "j.sqlite"
    write_trials(path, range(60))
    return path.read_bytes()


def assert_refused(path: Path, match: str) -> None:
    """Opening and reading both fail, name the file and change nothing in its folder."""
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    for use in (Journal.open, lambda path: read_snapshot(path, str)):
        with pytest.raises(JournalError, match=match) as caught:
            use(path)
        assert str(path) in str(caught.value)
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before


def test_read_snapshot_refuses_a_journal_cut_off_anywhere(tmp_path, sound):
    """Whatever part of the end is missing, nobody takes the rest for all of it."""
    path = tmp_path / "j.sqlite"
    lengths = {*range(1, 130), *range(130, len(sound), 997), len(sound) - 1}
    pages = range(4096, len(sound), 4096)
    for length in sorted({*lengths, *pages, *(n - 1 for n in pages)}):
        path.write_bytes(sound[:length])
        assert_refused(path, "is (a damaged|no) journal")


@pytest.mark.parametrize("n_trials", range(1, 40, 3))
def test_read_snapshot_refuses_a_journal_that_lacks_a_byte(tmp_path, n_trials):
    """A lost byte of a value is found, which SQLite would take for a zero."""
    path = tmp_path / "j.sqlite"
    write_trials(path, range(n_trials))
    path.write_bytes(path.read_bytes()[:-1])
    assert_refused(path, "is (a damaged|no) journal")


def test_read_snapshot_takes_a_journal_killed_at_a_checkpoint(tmp_path):
    """The file alone is torn then, but with its log it is whole."""
    path = tmp_path / "j.sqlite"
    with Journal.open(path) as journal:
        with journal.reading() as connection:
            connection.execute("PRAGMA wal_autocheckpoint = 0")
        write_on(begin(journal), 60)
        log = Path(f"{path}-wal").read_bytes()
        with journal.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(FULL)").fetchall()
        whole = path.read_bytes()
    for n_pages in range(1, len(whole) // 4096):
        torn = tmp_path / f"torn{n_pages}" / "j.sqlite"
        torn.parent.mkdir()
        torn.write_bytes(whole[: n_pages * 4096])
        Path(f"{torn}-wal").write_bytes(log)
        (row,) = read_snapshot(torn, lambda c: c.execute(COUNT_FOLDS).fetchall())
        assert row == (60,)
        assert len(scores_in(torn)) == 60


def test_read_snapshot_refuses_garbage_on_any_page(tmp_path, sound):
    """Pages that make no sense are found before anything is written."""
    path = tmp_path / "j.sqlite"
    for start in range(0, len(sound), 4096):
        path.write_bytes(sound[:start] + b"\xa5" * 200 + sound[start + 200 :])
        assert_refused(path, "is (a damaged|no) journal")


def test_as_damaged_journal_tells_of_senseless_rows(tmp_path):
    """Damage within a value is told at reading, without a traceback of SQLite."""
    path = tmp_path / "j.sqlite"
    write_trials(path, range(3))
    changes = [
        """UPDATE folds SET test_scores = '{"score": {"float"' WHERE split_id = 1""",
        """UPDATE folds SET test_scores = '{"score": "good"}' WHERE split_id = 1""",
        """UPDATE folds SET test_scores = '[1.0]' WHERE split_id = 1""",
        """UPDATE folds SET error = CAST(x'ff' AS TEXT) WHERE split_id = 1""",
        """UPDATE trials SET params = '{"C": {"object": 0}}' WHERE id = 1""",
        """UPDATE trials SET params = '{"C": {"object": {"digest": 1}}}'""",
        """UPDATE trials SET params = '{"C": {"pickle": "gASV"}}' WHERE id = 1""",
        """UPDATE trials SET status = 'fine' WHERE id = 1""",
    ]
    sound = path.read_bytes()
    for change in changes:
        path.write_bytes(sound)
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute(change)
        with (
            Journal.open(path) as journal,
            pytest.raises(JournalError, match=r"The journal .*j\.sqlite"),
        ):
            begin(journal).trials()


def test_open_for_writing_leaves_a_damaged_journal_with_its_log(tmp_path):
    """The log of a killed process is not written into a file that has lost its end."""
    path = tmp_path / "live" / "j.sqlite"
    path.parent.mkdir()
    write_trials(path, range(60))
    with Journal.open(path) as journal:
        begin(journal).write(99, {"C": 99}, FoldResult(0, {"score": 9.0}))
        copies = tmp_path / "killed"
        copies.mkdir()
        for name in ("j.sqlite", "j.sqlite-wal"):
            shutil.copy(path.parent / name, copies / name)
    damaged = copies / "j.sqlite"
    damaged.write_bytes(damaged.read_bytes()[: 3 * 4096])
    before = damaged.read_bytes(), (copies / "j.sqlite-wal").read_bytes()
    with pytest.raises(JournalError, match=r"killed/j\.sqlite is a damaged journal"):
        Journal.open(damaged)
    assert (damaged.read_bytes(), (copies / "j.sqlite-wal").read_bytes()) == before


def test_open_for_writing_loses_only_the_torn_end_of_a_log(tmp_path):
    """After a crash that tore the log, the folds before the tear are there."""
    path = tmp_path / "j.sqlite"
    with Journal.open(path) as journal:
        search = begin(journal)
        for i in range(30):
            search.write(i, {"C": i}, FoldResult(0, {"score": float(i)}))
        main, log = path.read_bytes(), Path(f"{path}-wal").read_bytes()
    n_found = []
    for n in sorted({*range(0, 64), *range(64, len(log), 3991), len(log)}):
        torn = tmp_path / f"torn{n}" / "j.sqlite"
        torn.parent.mkdir()
        torn.write_bytes(main)
        Path(f"{torn}-wal").write_bytes(log[:n])
        found = scores_in(torn)
        assert found == [float(i) for i in range(len(found))]
        n_found.append(len(found))
    assert n_found[-1] == 30
    assert n_found == sorted(n_found)


@pytest.mark.parametrize(
    "content", [b"C,score\n1,0.5\n" * 500, b"\0" * 8192, b"x", b"SQLite format 3\0"]
)
def test_read_snapshot_refuses_other_files(tmp_path, content):
    """Text, zeros, a byte and the mere beginning of a database are no journals."""
    path = tmp_path / "results.csv"
    path.write_bytes(content)
    assert_refused(path, "is no journal")


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_read_snapshot_refuses_other_databases(tmp_path, mode):
    """A database of someone else is recognised by its header and left alone."""
    path = tmp_path / "mlflow.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
        connection.execute("CREATE TABLE runs (id)")
    assert_refused(path, "is no journal of skbayes")


def test_open_for_writing_refuses_a_database_in_use(tmp_path):
    """A database that a program has open, with a log beside it, is left alone."""
    path = tmp_path / "live.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE runs (id)")
        before = path.read_bytes()
        with pytest.raises(JournalError, match="is no journal of skbayes"):
            Journal.open(path)
        assert path.read_bytes() == before


def test_read_snapshot_refuses_another_version(tmp_path, sound):
    """The message says which versions are meant."""
    path = tmp_path / "j.sqlite"
    path.write_bytes(sound[:60] + (VERSION + 1).to_bytes(4, "big") + sound[64:])
    assert_refused(path, rf"is a journal of version {VERSION + 1}.* writes {VERSION}")


def test_read_snapshot_refuses_a_journal_without_a_table(tmp_path, sound):
    """A journal whose pages are sound is refused all the same if a table is missing."""
    path = tmp_path / "j.sqlite"
    path.write_bytes(sound)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("DROP TABLE folds")
    assert_refused(path, "is a damaged journal: it has no folds")

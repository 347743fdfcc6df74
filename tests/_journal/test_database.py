"""What is a journal and what is refused, and that refusing leaves it alone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from skbayes._journal.database import read_snapshot
from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._journal.schema import VERSION
from skbayes._protocol import FoldResult, Status
from skbayes.exceptions import JournalError
from tests._journal.identities import identity_of

ROOT = Path(__file__).parents[2]
COUNT_FOLDS = "SELECT count(*) FROM folds"


def write_trials(path: Path, numbers, *, name: str = "a") -> None:
    """Write whole trials of two folds each, with long error texts."""
    with Journal.open(path) as journal:
        search = begin(journal, name)
        for i in numbers:
            for k in range(2):
                result = FoldResult(k, {"score": float(i)}, error="x" * 300)
                search.write(i, {"C": i}, result)
            search.finish(i, {"C": i}, Status.COMPLETE)


def write_on(search, n_trials: int = 10_000) -> None:
    """Write a fold each of many trials."""
    for i in range(n_trials):
        search.write(i, {"C": i}, FoldResult(0, {"score": 1.0}, error="x" * 999))


def begin(journal: Journal, name: str = "a"):
    """Begin a search of two folds."""
    return journal.search(
        identity_of(name, 2), description={}, metrics=["score"], codec=ParamsCodec()
    )


def scores_in(path: Path, name: str = "a") -> list[float]:
    """First fold's score of every trial."""
    with Journal.open(path) as journal:
        trials = begin(journal, name).trials()
    return [trial.folds[0].test_scores["score"] for trial in trials]


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


# ------------------------------------------------------------------ new journals


def test_open_for_writing_makes_a_journal_of_one_file(tmp_path):
    """A new journal, once closed, is a single file."""
    write_trials(tmp_path / "j.sqlite", range(3))
    assert [p.name for p in tmp_path.iterdir()] == ["j.sqlite"]
    assert scores_in(tmp_path / "j.sqlite") == [0.0, 1.0, 2.0]


def test_open_for_writing_fills_an_empty_file(tmp_path):
    """A file of length zero, as `tempfile` makes it, becomes a journal."""
    path = tmp_path / "j.sqlite"
    path.touch()
    write_trials(path, range(2))
    assert scores_in(path) == [0.0, 1.0]


@pytest.mark.parametrize("name", ["j.sqlite", "späce & 100%?#.db", "noend", ":memory:"])
def test_open_for_writing_takes_any_path(tmp_path, monkeypatch, name):
    """Names with characters that mean something in addresses, str and Path work."""
    monkeypatch.chdir(tmp_path)
    write_trials(name, [7])
    assert scores_in(tmp_path / name) == scores_in(str(tmp_path / name)) == [7.0]
    assert [p.name for p in tmp_path.iterdir()] == [name]


def test_open_for_writing_follows_a_symbolic_link(tmp_path):
    """A link and its file are the same journal, also when both are open."""
    (tmp_path / "links").mkdir()
    link, path = tmp_path / "links" / "l.sqlite", tmp_path / "j.sqlite"
    link.symlink_to(path)
    with Journal.open(link) as first, Journal.open(path) as second:
        begin(first).write(0, {"C": 1}, FoldResult(0, {"score": 1.0}))
        begin(second).write(1, {"C": 2}, FoldResult(0, {"score": 2.0}))
        assert len(begin(first).trials()) == 2
    assert [p.name for p in link.parent.iterdir()] == ["l.sqlite"]


# ------------------------------------------------------------------ damaged files


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


# ------------------------------------------------------------------ foreign files


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


# ------------------------------------------------------------------ wrong places


@pytest.mark.parametrize("path", [3, b"j.sqlite", True, ["j.sqlite"]])
def test_checked_place_refuses_what_is_no_path(path):
    """The message names the parameter and shows what was given."""
    with pytest.raises(
        TypeError, match=r"The `journal` parameter must be.*Got .* instead"
    ):
        Journal.open(path)


def test_checked_place_refuses_an_empty_path():
    """An empty path would mean the folder one is in."""
    with pytest.raises(
        JournalError, match=r"The `journal` parameter must be .* Got ''"
    ):
        Journal.open("")


def test_checked_place_names_a_missing_folder(tmp_path):
    """No folders are made on the way."""
    with pytest.raises(
        JournalError, match=r"`journal` parameter names .*nowhere is not"
    ):
        Journal.open(tmp_path / "nowhere" / "j.sqlite")


def test_checked_place_names_a_folder_that_is_a_file(tmp_path):
    """Nobody can write below a regular file, not even root."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(
        JournalError, match=r"`journal` parameter names .*file is not a"
    ):
        Journal.open(tmp_path / "file" / "j.sqlite")


def test_checked_place_refuses_a_folder(tmp_path):
    """The message says that the path is a folder."""
    with pytest.raises(
        JournalError, match="`journal` parameter must name a .* a folder"
    ):
        Journal.open(tmp_path)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a\0b", "embedded null"),
        ("\ud800", "surrogates not allowed"),
        ("x" * 300, "File name too long"),
        # The journal's own name would do, but not those of SQLite's files beside it.
        ("x" * 250, "File name too long"),
    ],
    ids=["null", "surrogate", "long", "long log"],
)
def test_checked_place_tells_of_a_name_no_file_can_have(tmp_path, name, reason):
    """Writers and readers are told of the name, and nothing is left behind."""
    path = str(tmp_path / name)
    message = f"(?s)`journal` parameter must be the path .* cannot be one: .*{reason}"
    with pytest.raises(JournalError, match=message):
        Journal.open(path)
    with pytest.raises(JournalError, match=message):
        read_snapshot(path, lambda connection: None)
    assert list(tmp_path.iterdir()) == []


def test_checked_place_takes_the_longest_name_that_works(tmp_path):
    """The longest name leaves room for what SQLite adds to it."""
    path = tmp_path / ("x" * (255 - len("-journal")))
    with Journal.open(path):
        assert path.exists()
    assert read_snapshot(path, lambda connection: "read") == "read"


def test_checked_place_expands_a_tilde(tmp_path, monkeypatch):
    """A tilde is the home folder, as in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    with Journal.open("~/j.sqlite"):
        assert (tmp_path / "j.sqlite").exists()
    assert read_snapshot(Path("~/j.sqlite"), lambda connection: "read") == "read"


def test_checked_place_refuses_a_device():
    """A device has no length and would otherwise pass for an empty file."""
    with pytest.raises(JournalError, match="/dev/null is not a regular file"):
        Journal.open("/dev/null")


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


# ------------------------------------------------------------------ killed at birth

KILL_AT_BIRTH = """
import os, random, signal, sys, time
from skbayes._journal.journal_file import Journal
from tests._journal.test_database import begin, scores_in, write_trials

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

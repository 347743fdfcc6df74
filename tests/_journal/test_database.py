"""What is a journal and what is refused, and that refusing leaves it alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from skbayes._journal.database import read_snapshot
from skbayes._journal.journal_file import Journal
from skbayes._protocol import FoldResult
from skbayes.exceptions import JournalError
from tests._journal.written_journals import begin, scores_in, write_trials

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

"""Does the command line print what is in a journal, and errors in one line?"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from skbayes._journal.command_line import main
from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import identity_of
from tests._journal.two_searches import write_two_searches


@pytest.fixture
def path(tmp_path) -> Path:
    """Where a journal of two searches is, the first one unfinished."""
    write_two_searches(tmp_path / "j.sqlite")
    return tmp_path / "j.sqlite"


def test_main_tells_progress_and_best(path, capsys):
    """The output lists searches, how far they are, and the best complete trial."""
    assert main([str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    lines = [line for line in lines if not line.startswith("  last fold: ")]
    assert lines[0] == "2 searches"
    assert lines[2].startswith("search 1, begun 20")
    assert lines[3:10] == [
        "  estimator: Pipeline( SVC())",
        "  scoring: accuracy",
        "  trials: 6 of 10 (1 running, 2 complete, 1 stopped, 2 failed)",
        "  folds: 8 of 12, 16 s of fitting and scoring",
        "  best mean auc: 0.625, trial 1",
        "    C: inf",
        "    clf: SVC(C=4)",
    ]
    assert lines[11].startswith("search 2, begun 20")
    assert lines[12:] == [
        "  differs from search 1 in: data, folds",
        "  trials: 1 (1 complete)",
        "  folds: 3 of 3, 0 s of fitting and scoring",
        "  best mean score: 1, trial 0",
        "    alpha: (1, 2)",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"), [(119.4, "119 s"), (120, "2 min"), (7200, "2 h")]
)
def test_main_tells_long_times_in_larger_units(tmp_path, capsys, seconds, text):
    """The output has seconds, minutes and hours."""
    with Journal.open(tmp_path / "j.sqlite") as journal:
        search = journal.search(
            identity_of("a", 1), description={}, metrics=[], codec=ParamsCodec()
        )
        search.write(0, {}, FoldResult(0, {"score": math.nan}, fit_time=seconds))
        search.finish(0, {}, Status.COMPLETE)
    assert main([str(tmp_path / "j.sqlite")]) == 0
    out = capsys.readouterr().out
    assert f"1 of 1, {text} of fitting" in out
    assert "best mean score: nan" in out


def test_main_tells_errors(tmp_path, capsys):
    """An error is one line without traceback, and the exit status is not zero."""
    assert main([str(tmp_path / "j.sqlite")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"There is no journal {tmp_path / 'j.sqlite'}.\n"


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_main_tells_of_names_no_file_can_have(name, capsys):
    """Such a name is told as any other that is no journal."""
    assert main([name]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("The `journal` parameter must be the path of a file")
    assert captured.err.count("\n") == 1

"""A journal can be looked into, as a data frame and on the command line."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.svm import SVC

import skbayes
from skbayes import GridSearchCV
from skbayes import journal as reader
from skbayes._journal.command_line import main
from skbayes._journal.journal_file import Journal
from skbayes.exceptions import JournalError
from tests._journal.two_searches import write_two_searches

ROOT = Path(skbayes.__file__).parents[1]
DATA = np.arange(8.0).reshape(-1, 1), np.tile([0, 1], 4)


@pytest.fixture
def path(tmp_path) -> Path:
    """Where a journal of two searches is, the first one unfinished."""
    write_two_searches(tmp_path / "j.sqlite")
    return tmp_path / "j.sqlite"


def test_read_returns_a_tidy_frame(path):
    """The frame has one row a trial, and one column a parameter and a fold's score."""
    pd = pytest.importorskip("pandas")
    frame = reader.read(path)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [
        "search",
        "trial",
        "status",
        "param_C",
        "param_clf",
        "param_alpha",
        *("split0_test_auc", "split1_test_auc", "mean_test_auc"),
        *("split0_test_acc", "split1_test_acc", "mean_test_acc"),
        *("split0_train_auc", "split1_train_auc", "mean_train_auc"),
        *("split0_train_acc", "split1_train_acc", "mean_train_acc"),
        *("split0_test_score", "split1_test_score", "split2_test_score"),
        "mean_test_score",
        "n_splits_evaluated",
        "mean_fit_time",
        "mean_score_time",
        "error",
    ]
    assert frame["search"].tolist() == [1] * 6 + [2]
    assert frame["trial"].tolist() == [0, 1, 2, 3, 4, 5, 0]
    assert frame["status"].tolist() == [
        *("complete", "complete", "stopped", "failed", "failed", "running"),
        "complete",
    ]
    assert frame["n_splits_evaluated"].tolist() == [2, 2, 1, 2, 0, 1, 3]


def test_read_has_parameters_as_values_or_the_text_of_choices(path):
    """Nothing of the search's program is needed to read the parameters."""
    pytest.importorskip("pandas")
    frame = reader.read(path)
    assert frame["param_clf"].tolist()[:3] == ["SVC(C=3)", "SVC(C=4)", "passthrough"]
    assert frame["param_C"].tolist()[:4] == [0.5, math.inf, 2, -1]
    assert frame["param_alpha"][6] == (1, 2)


def test_read_has_means_of_all_folds_only(path):
    """The mean of fewer folds, or of a failed one among them, is NaN."""
    pytest.importorskip("pandas")
    frame = reader.read(path)
    means = frame["mean_test_auc"][:6]
    np.testing.assert_array_equal(means, [0.5, 0.625, *[np.nan] * 4])
    assert frame["split0_test_auc"][2] == 0.9
    assert math.isnan(frame["split1_test_auc"][2])
    assert frame["mean_train_auc"][0] == 1.0
    np.testing.assert_array_equal(frame["mean_fit_time"][:3], [1.5, 1.5, 1.0])
    assert math.isnan(frame["mean_fit_time"][4])
    assert frame["error"][3] == "ValueError: boom"
    assert frame["error"].isna().tolist() == [True] * 3 + [False] + [True] * 3


def test_read_returns_an_empty_frame_without_trials(tmp_path):
    """The file may have length zero, or may only just have been made."""
    pytest.importorskip("pandas")
    (tmp_path / "empty").touch()
    Journal.open(tmp_path / "j.sqlite").close()
    for name in ("empty", "j.sqlite"):
        frame = reader.read(tmp_path / name)
        assert len(frame) == 0
        assert list(frame.columns)[:3] == ["search", "trial", "status"]


def test_read_leaves_no_trace(path):
    """No log appears beside the file, no byte of it changes."""
    pytest.importorskip("pandas")
    before = path.read_bytes()
    reader.read(path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"C,score\n", b"\x80\x04pickle"])
def test_read_refuses_what_is_no_journal(tmp_path, content):
    """The message names the file."""
    pytest.importorskip("pandas")
    (tmp_path / "results.csv").write_bytes(content)
    with pytest.raises(JournalError, match=r"results\.csv is no journal"):
        reader.read(tmp_path / "results.csv")


def test_read_does_not_make_a_missing_journal(tmp_path):
    pytest.importorskip("pandas")
    with pytest.raises(JournalError, match=r"There is no journal .*j\.sqlite"):
        reader.read(tmp_path / "j.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_read_says_what_to_do_without_pandas(path, monkeypatch):
    """The command line does without pandas."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        ImportError, match=r"needs pandas: .*python -m skbayes\.journal"
    ):
        reader.read(path)
    assert main([str(path)]) == 0


def test_read_takes_a_tilde_for_the_home_folder(path, monkeypatch, capsys):
    """`read` and the command line do so, as the search that wrote the journal."""
    pytest.importorskip("pandas")
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))
    GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, journal="~/j.sqlite").fit(*DATA)
    assert len(reader.read("~/j.sqlite")) == len(reader.read(path)) == 9
    assert main(["~/j.sqlite"]) == 0
    assert capsys.readouterr().out.startswith("3 searches")


WRITER = """
import itertools, sys
from skbayes._journal.journal_file import Journal
from skbayes._protocol import FoldResult
from tests._journal.identities import begin
with Journal.open(sys.argv[1]) as journal:
    search = begin(journal)
    for i in itertools.count():
        search.write(i, {"C": i}, FoldResult(0, {"score": 1.0}))
        print(i, flush=True)
"""


def test_read_works_while_another_process_writes(tmp_path):
    """`python -m skbayes.journal` works, too, also after the writer was killed."""
    path = tmp_path / "j.sqlite"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    command = [sys.executable, "-m", "skbayes.journal", str(path)]
    try:
        for _ in range(20):
            writer.stdout.readline()
        printed = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=True
        ).stdout
        n_told = int(printed.split("trials: ")[1].split()[0])
        assert n_told >= 20
        assert f"({n_told} running)" in printed
    finally:
        writer.kill()
        writer.communicate()
    assert Path(f"{path}-wal").exists()
    again = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert int(again.split("trials: ")[1].split()[0]) >= n_told
    pytest.importorskip("pandas")
    assert len(reader.read(path)) >= n_told

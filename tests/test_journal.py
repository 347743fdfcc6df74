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
from skbayes._journal.journal import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Status
from skbayes.exceptions import JournalError
from tests._journal.identities import identity_of

ROOT = Path(skbayes.__file__).parents[1]
CLASSIFIERS = [SVC(C=3), SVC(C=4)]
DATA = np.arange(8.0).reshape(-1, 1), np.tile([0, 1], 4)


@pytest.fixture
def path(tmp_path) -> Path:
    """Make a journal of two searches, the first one unfinished."""
    path = tmp_path / "j.sqlite"
    with Journal.open(path) as journal:
        first = journal.search(
            identity_of("a", 2),
            description={"estimator": "Pipeline(\n  SVC())", "scoring": "accuracy"},
            metrics=["auc", "acc"],
            codec=ParamsCodec({"clf": CLASSIFIERS}),
            n_candidates=10,
        )
        rows = [
            (Status.COMPLETE, {"C": 0.5, "clf": CLASSIFIERS[0]}, [0.25, 0.75]),
            (Status.COMPLETE, {"C": math.inf, "clf": CLASSIFIERS[1]}, [0.5, 0.75]),
            (Status.STOPPED, {"C": 2, "clf": "passthrough"}, [0.9]),
            (Status.FAILED, {"C": -1}, [0.9, math.nan]),
            (Status.FAILED, {"C": -2}, []),
        ]
        for index, (status, params, scores) in enumerate(rows):
            for k, auc in enumerate(scores):
                first.write(index, params, fold(k, auc))
            first.finish(index, params, status)
        first.write(9, {"C": 9}, fold(1, 0.95))
        second = journal.search(
            identity_of("b"), description={}, metrics=[], codec=ParamsCodec()
        )
        for k in range(3):
            second.write(0, {"alpha": (1, 2)}, FoldResult(k, {"score": float(k)}))
        second.finish(0, {"alpha": (1, 2)}, Status.COMPLETE)
    return path


def fold(k: int, auc: float) -> FoldResult:
    """Make a fold that has failed if its score is NaN."""
    return FoldResult(
        k,
        {"auc": auc, "acc": auc / 2},
        train_scores={"auc": 1.0, "acc": 1.0},
        fit_time=k + 1.0,
        score_time=0.5,
        n_test_samples=10,
        error="ValueError: boom" if math.isnan(auc) else None,
    )


def test_the_frame_is_tidy(path):
    """One row a trial, one column a parameter and a fold's score."""
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


def test_parameters_are_values_or_the_text_of_choices(path):
    """Nothing of the search's program is needed to read them."""
    pytest.importorskip("pandas")
    frame = reader.read(path)
    assert frame["param_clf"].tolist()[:3] == ["SVC(C=3)", "SVC(C=4)", "passthrough"]
    assert frame["param_C"].tolist()[:4] == [0.5, math.inf, 2, -1]
    assert frame["param_alpha"][6] == (1, 2)


def test_a_mean_is_a_mean_of_all_folds(path):
    """Of fewer, or with a failed one among them, it is NaN."""
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


def test_a_journal_without_trials_is_an_empty_frame(tmp_path):
    """Also a file of length zero, or one that was only just made."""
    pytest.importorskip("pandas")
    (tmp_path / "empty").touch()
    Journal.open(tmp_path / "j.sqlite").close()
    for name in ("empty", "j.sqlite"):
        frame = reader.read(tmp_path / name)
        assert len(frame) == 0
        assert list(frame.columns)[:3] == ["search", "trial", "status"]


def test_reading_leaves_no_trace(path):
    """No log appears beside the file, no byte of it changes."""
    pytest.importorskip("pandas")
    before = path.read_bytes()
    reader.read(path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("content", [b"C,score\n", b"\x80\x04pickle"])
def test_what_is_no_journal_is_refused(tmp_path, content):
    """The message names the file."""
    pytest.importorskip("pandas")
    (tmp_path / "results.csv").write_bytes(content)
    with pytest.raises(JournalError, match=r"results\.csv is no journal"):
        reader.read(tmp_path / "results.csv")


def test_a_missing_journal_is_not_made(tmp_path):
    """Looking for it does not make it."""
    pytest.importorskip("pandas")
    with pytest.raises(JournalError, match=r"There is no journal .*j\.sqlite"):
        reader.read(tmp_path / "j.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_without_pandas_it_says_what_to_do(path, monkeypatch):
    """The command line does without."""
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(
        ImportError, match=r"needs pandas: .*python -m skbayes\.journal"
    ):
        reader.read(path)
    assert main([str(path)]) == 0


def test_the_command_line_tells_progress_and_best(path, capsys):
    """Searches, how far they are, and the best complete trial."""
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
def test_long_times_are_told_in_larger_units(tmp_path, capsys, seconds, text):
    """Seconds, minutes and hours."""
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


def test_the_command_line_tells_errors(tmp_path, capsys):
    """One line, no traceback, a status that says that it failed."""
    assert main([str(tmp_path / "j.sqlite")]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"There is no journal {tmp_path / 'j.sqlite'}.\n"


@pytest.mark.parametrize("name", ["a\0b", "x" * 300])
def test_the_command_line_tells_of_names_no_file_can_have(name, capsys):
    """As of any other that is no journal."""
    assert main([name]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("The `journal` parameter must be the path of a file")
    assert captured.err.count("\n") == 1


def test_a_tilde_is_the_home_folder(path, monkeypatch, capsys):
    """For `read` and on the command line, as for the search that wrote it."""
    pytest.importorskip("pandas")
    monkeypatch.setenv("HOME", str(path.parent))
    monkeypatch.setenv("USERPROFILE", str(path.parent))
    GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, journal="~/j.sqlite").fit(*DATA)
    assert len(reader.read("~/j.sqlite")) == len(reader.read(path)) == 9
    assert main(["~/j.sqlite"]) == 0
    assert capsys.readouterr().out.startswith("3 searches")


WRITER = """
import itertools, sys
from tests.test_journal import FoldResult, Journal, ParamsCodec, identity_of
with Journal.open(sys.argv[1]) as journal:
    search = journal.search(identity_of("w", 1), description={}, metrics=[],
                            codec=ParamsCodec())
    for i in itertools.count():
        search.write(i, {"C": i}, FoldResult(0, {"score": 1.0}))
        print(i, flush=True)
"""


def test_it_works_while_another_process_writes(tmp_path):
    """`python -m skbayes.journal` and `read`, and after the writer was killed."""
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

"""A journal of skbayes 0.1 can be looked at, and is not written to."""

from __future__ import annotations

import json
import math
import sqlite3
from contextlib import closing

import pytest
from sklearn.datasets import make_classification
from sklearn.svm import SVC

import skbayes.journal
from skbayes import GridSearchCV
from skbayes._journal.command_line import main
from skbayes._journal.schema import APPLICATION_ID
from skbayes.exceptions import JournalError

TABLES = """
CREATE TABLE searches (
    id INTEGER PRIMARY KEY, fingerprint TEXT NOT NULL UNIQUE, description TEXT NOT NULL,
    n_splits INTEGER NOT NULL, n_candidates INTEGER, metrics TEXT NOT NULL,
    choices TEXT NOT NULL, begun REAL NOT NULL
);
CREATE TABLE trials (
    id INTEGER PRIMARY KEY, search_id INTEGER NOT NULL REFERENCES searches (id),
    trial INTEGER NOT NULL, params_key TEXT NOT NULL, params TEXT NOT NULL,
    status TEXT NOT NULL, UNIQUE (search_id, params_key)
);
CREATE TABLE folds (
    trial_id INTEGER NOT NULL REFERENCES trials (id), fold INTEGER NOT NULL,
    test_scores TEXT NOT NULL, train_scores TEXT, fit_time REAL NOT NULL,
    score_time REAL NOT NULL, n_test_samples INTEGER NOT NULL, error TEXT,
    scoring_error TEXT, started REAL NOT NULL, worker TEXT NOT NULL,
    is_multimetric INTEGER NOT NULL, is_fatal INTEGER NOT NULL, written REAL NOT NULL,
    PRIMARY KEY (trial_id, fold)
);
"""
PARAMS = [
    {"C": 1.5, "clf": {"choice": 1}, "shape": {"tuple": [1, {"list": [2]}]}},
    {"C": {"float": "inf"}, "clf": "passthrough", "shape": None},
]


@pytest.fixture
def path(tmp_path):
    """Write a journal as version 1 did."""
    path = tmp_path / "old.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute("PRAGMA user_version = 1")
        connection.executescript(TABLES)
        connection.execute(
            "INSERT INTO searches VALUES (1, 'f', ?, 2, 5, '[\"score\"]', ?, 1e9)",
            (json.dumps({"estimator": "SVC()"}), json.dumps({"clf": ["A()", "B()"]})),
        )
        for i, params in enumerate(PARAMS):
            connection.execute(
                "INSERT INTO trials VALUES (?, 1, ?, ?, ?, ?)",
                (i + 1, i, str(i), json.dumps(params), ["complete", "failed"][i]),
            )
        for trial, fold, score in [(1, 0, "0.25"), (1, 1, "0.75"), (2, 1, None)]:
            scores = json.dumps({"score": {"float": "nan"}}) if score is None else None
            connection.execute(
                "INSERT INTO folds VALUES "
                "(?, ?, ?, ?, 1, .5, 9, NULL, ?, 0, 'w', 0, 0, 2e9)",
                (
                    trial,
                    fold,
                    scores or f'{{"score": {score}}}',
                    '{"score": 1.0}',
                    None if score else "boom",
                ),
            )
    return path


def test_recorded_searches_of_version_1_are_a_frame(path):
    """The frame shows choices as their text."""
    pytest.importorskip("pandas")
    frame = skbayes.journal.read(path)
    assert frame["status"].tolist() == ["complete", "failed"]
    assert frame["param_clf"].tolist() == ["B()", "passthrough"]
    assert frame["param_C"].tolist() == [1.5, math.inf]
    assert frame["param_shape"].tolist() == [(1, [2]), None]
    assert frame["mean_test_score"][0] == 0.5
    assert frame["mean_train_score"][0] == 1.0
    assert frame["error"][1] == "boom"


def test_recorded_searches_of_version_1_are_told_on_the_command_line(path, capsys):
    """The command line tells what is in the file, as of any other journal."""
    assert main([str(path)]) == 0
    out = capsys.readouterr().out
    assert "search 1, begun" in out
    assert "trials: 2 of 5 (1 complete, 1 failed)" in out
    assert "best mean score: 0.5, trial 0" in out


def test_recorded_searches_of_version_1_are_not_continued(path):
    """The error says what can be done with the file, which is left alone."""
    before = path.read_bytes()
    data = make_classification(40, random_state=0)
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, journal=path)
    with pytest.raises(JournalError, match=r"of version 1, .* can be read, .* not con"):
        search.fit(*data)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "change",
    [
        """UPDATE trials SET params = '{"C": {"choice": 7}}'""",
        """UPDATE trials SET params = '{"C": {"pickle": "gASV"}}'""",
        """UPDATE trials SET params = '[]'""",
        """UPDATE folds SET test_scores = '[1.0]'""",
        "DROP TABLE folds",
    ],
)
def test_recorded_searches_of_version_1_tell_damage(path, change):
    """The JournalError names the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(change)
    with pytest.raises(JournalError, match=r"old\.sqlite"):
        skbayes.journal.read(path)

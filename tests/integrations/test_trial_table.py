"""Is the table of all trials so far whole, at any time?"""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes.callbacks import TrialTable
from skbayes.search import GridSearchCV, RandomSearchCV

X, Y = load_iris(return_X_y=True)


def test_trial_table_grows_with_the_search(tmp_path):
    """After each trial the file has a row more, and the scores of the search."""
    path = tmp_path / "trials.csv"
    n_rows = []
    table = TrialTable(path)
    search = GridSearchCV(
        SVC(),
        {"C": [0.1, 1.0, 10.0]},
        callbacks=[table, lambda progress: n_rows.append(len(pd.read_csv(path)))],
    ).fit(X, Y)
    assert n_rows == [1, 2, 3]
    pd.testing.assert_frame_equal(table.to_frame(), search.to_frame())
    means = pd.read_csv(path)["mean_test_score"]
    np.testing.assert_allclose(means, search.cv_results_["mean_test_score"])
    search.fit(X[:90], Y[:90])
    assert len(table.to_frame()) == 3
    assert n_rows == [1, 2, 3, 1, 2, 3]


def test_trial_table_of_a_race_has_each_trial_once():
    """A trial that racing resumed has its last state."""
    table = TrialTable()
    search = RandomSearchCV(
        SVC(),
        {"C": list(np.logspace(-4, 3, 40))},
        n_iter=20,
        racing=True,
        random_state=0,
        callbacks=[table],
    ).fit(X, Y)
    pd.testing.assert_frame_equal(table.to_frame(), search.to_frame())


def test_trial_table_copies_begin_anew():
    """A clone of a search has a table of its own."""
    table = TrialTable()
    search = GridSearchCV(SVC(), {"C": [1.0]}, callbacks=[table]).fit(X, Y)
    assert len(search.callbacks[0].to_frame()) == 1
    again = pickle.loads(pickle.dumps(table))
    assert repr(again) == "TrialTable(path=None)"
    assert len(again.to_frame()) == 0


def test_trial_table_into_a_folder_that_is_not_there(tmp_path):
    """The error names the file."""
    table = TrialTable(tmp_path / "no" / "trials.csv")
    with pytest.raises(OSError, match="no"):
        GridSearchCV(SVC(), {"C": [1.0]}, callbacks=[table]).fit(X, Y)

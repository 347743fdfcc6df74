"""A search that continues has predictions, scores and messages as if it were new."""

from __future__ import annotations

import functools
import os

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tests.search.journaled import SEEN, Seen, X, bayes, grid, n_fits, y


@pytest.fixture(autouse=True)
def nothing_seen():
    """Forget the fits of other tests."""
    SEEN.clear()


@pytest.fixture
def journal(tmp_path):
    """Where there is no journal yet."""
    return tmp_path / "j.sqlite"


class Fickle(Seen):
    """Fails as long as its server is down."""

    def fit(self, X, y):
        """Fit what needs no server."""
        super().fit(X, y)
        if self.C > 1 and "SERVER" not in os.environ:
            raise OSError("no answer from the server")
        return self


@pytest.mark.parametrize("make", [grid, functools.partial(bayes, n_iter=3)])
def test_failed_folds_are_tried_again_once(journal, make, monkeypatch):
    """Failed folds are tried each time the search is continued, until they succeed."""
    space = {"C": [1, 2, 3]}
    assert n_fits(make(journal, space, estimator=Fickle(C=1))) == 9
    assert n_fits(make(journal, space, estimator=Fickle(C=1))) == 6
    monkeypatch.setenv("SERVER", "up")
    search = make(journal, space, estimator=Fickle(C=1))
    assert n_fits(search) == 6
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert n_fits(make(journal, space, estimator=Fickle(C=1))) == 0


@pytest.mark.parametrize("kept", [True, "probabilities"])
def test_predictions_are_kept_in_the_journal(journal, kept):
    """Predictions come back as they were, and are made where they are missing."""
    space = {"C": [0.1, 1.0]}
    labels = np.where(y == 1, "yes", "no")

    def search(**settings):
        return grid(journal, space, LogisticRegression(), **settings)

    search().fit(X, labels)
    first = search(store_predictions=kept).fit(X, labels)
    second = search(store_predictions=kept).fit(X, labels)
    assert all(f.written is None for t in first.trials_ for f in t.folds)
    for one, other in zip(first.trials_, second.trials_, strict=True):
        for fold, found in zip(one.folds, other.folds, strict=True):
            assert found.written is not None
            np.testing.assert_array_equal(fold.predictions, found.predictions)
            np.testing.assert_array_equal(fold.response_classes, found.response_classes)
            assert fold.response_method == found.response_method
            if kept == "probabilities":
                np.testing.assert_array_equal(fold.probabilities, found.probabilities)
    # Who needs less takes what there is.
    third = search(store_predictions=True).fit(X, labels)
    assert all(f.written is not None for t in third.trials_ for f in t.folds)


def test_training_scores_are_made_where_they_are_missing(journal):
    """The scores are there for those who want them next."""
    space = {"C": [1, 2]}
    n_fits(grid(journal, space))
    assert n_fits(grid(journal, space, return_train_score=True)) == 6
    assert n_fits(grid(journal, space, return_train_score=True)) == 0
    search = grid(journal, space)
    assert n_fits(search) == 0
    assert not any("train" in name for name in search.cv_results_)


def test_verbose_tells_what_is_continued_and_what_is_left(journal, capsys):
    """What is in the journal is not counted as work to be done."""
    n_fits(grid(journal, {"C": [1, 2]}, verbose=1))
    out = capsys.readouterr().out
    assert f"Journal {journal}: begins search 1\n" in out
    assert "each of 2 candidates, totalling 6 fits\n" in out
    n_fits(grid(journal, {"C": [1, 2]}, verbose=1))
    out = capsys.readouterr().out
    assert "continues search 1, which has begun 2 of 2 candidates\n" in out
    assert "totalling 6 fits, of which 6 are in the journal and 0 are left\n" in out
    n_fits(grid(journal, {"C": [1, 2, 3]}, verbose=2))
    out = capsys.readouterr().out
    assert "begins search 2, which differs from search 1 in: space\n" in out
    assert "of which 6 are in the journal and 3 are left\n" in out
    assert out.count("from the journal\n") == 2
    space = {"C": (0.1, 1.0, "log-uniform")}
    n_fits(bayes(journal, space, n_iter=4, verbose=1))
    n_fits(bayes(journal, {"C": (0.1, 9.0, "log-uniform")}, n_iter=6, verbose=1))
    out = capsys.readouterr().out
    assert "differs from search 3 in: space; takes over 4 of 6 candidates\n" in out
    assert "totalling 18 fits, of which 12 are in the journal and 6 are left\n" in out


def test_callbacks_are_told_how_many_were_found(journal):
    """A bar can tell these folds from those that were run."""
    n_fits(grid(journal, {"C": [1, 2]}))
    seen = []
    search = grid(
        journal,
        {"C": [1, 2, 3]},
        callbacks=[lambda p: seen.append((p.n_done, p.n_found))],
    )
    n_fits(search)
    assert seen == [(1, 1), (2, 2), (3, 2)]

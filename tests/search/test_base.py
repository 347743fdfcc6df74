"""What all searches share: a table of trials, and a fit that forgets the one before."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes import GridSearchCV
from tests.search.estimators import FOLDS, Scripted, X, mean_of, y
from tests.search.expected import failed_fits_are_warned_about
from tests.search.test_budgets import make_search


class Choosy(BaseEstimator):
    """Takes anything, and scores all alike."""

    def __init__(self, quality=0.0, act=None, n=1):
        self.quality = quality
        self.act = act
        self.n = n

    def fit(self, X, y):
        """Nothing to learn."""
        return self

    def score(self, X, y):
        """The same for all."""
        return 0.5


IRIS = load_iris(return_X_y=True)


def test_search_cv_to_frame_gives_a_row_a_trial():
    """A row has parameters, fold scores, means, times, status and error."""
    grid = [{"quality": [0.1, 0.5]}, {"act": ["raise"], "quality": [0.9]}]
    search = GridSearchCV(Scripted(), grid, cv=FOLDS, return_train_score=True)
    with failed_fits_are_warned_about():
        search.fit(X, y)
    frame = search.to_frame()
    assert frame["status"].tolist() == ["complete", "complete", "failed"]
    assert frame["param_quality"].tolist() == [0.1, 0.5, 0.9]
    assert frame["trial"].tolist() == [0, 1, 2]
    assert frame["mean_test_score"][1] == pytest.approx(mean_of(0.5))
    for column in ["mean_test_score", "split2_test_score", "mean_train_score"]:
        np.testing.assert_array_equal(frame[column], search.cv_results_[column])
    np.testing.assert_allclose(
        frame["mean_fit_time"], search.cv_results_["mean_fit_time"]
    )
    assert frame["error"][:2].isna().all()
    assert "told to fail" in frame["error"][2]


def test_search_cv_to_frame_tells_none_from_a_missing_parameter():
    """None stays None, what a trial lacks is NaN, and integers stay integers."""
    grid = [{"quality": [0.1, None], "act": [None]}, {"n": [5]}]
    search = GridSearchCV(Choosy(), grid, cv=FOLDS).fit(X, y)
    frame = search.to_frame()
    quality = frame["param_quality"].tolist()
    assert quality[:2] == [0.1, None]
    assert np.isnan(quality[2])
    assert frame["param_n"].tolist()[2] == 5
    assert isinstance(frame["param_n"].tolist()[2], int)
    assert frame["param_act"].tolist()[:2] == [None, None]
    assert np.isnan(frame["param_act"].tolist()[2])


def test_search_cv_to_frame_needs_a_fitted_search_and_pandas(monkeypatch):
    """The errors say what is missing."""
    from sklearn.exceptions import NotFittedError

    search = make_search("grid", n_iter=2)
    with pytest.raises(NotFittedError, match="GridSearchCV"):
        search.to_frame()
    search.fit(X, y)
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ImportError, match="needs pandas: install it"):
        search.to_frame()


def test_search_cv_fit_forgets_what_was_chosen_before():
    """A search that is fitted anew without refit has no old best estimator."""
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=2).fit(*IRIS)
    search.set_params(refit=False).fit(*IRIS)
    assert not hasattr(search, "best_estimator_")


def test_search_cv_fit_forgets_names_and_predictions_that_are_gone():
    """The first data had column names and kept predictions; the second have neither."""
    pd = pytest.importorskip("pandas")
    samples, target = IRIS
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, store_predictions=True)
    search.fit(pd.DataFrame(samples).add_prefix("f"), target)
    assert hasattr(search, "held_out_")
    assert hasattr(search, "feature_names_in_")
    search.set_params(store_predictions=False).fit(samples, target)
    assert not hasattr(search, "held_out_")
    assert not hasattr(search, "feature_names_in_")

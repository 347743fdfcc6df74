"""Is it said why a search lacks one of its results?"""

from __future__ import annotations

import copy
import pickle

import pytest
from sklearn.datasets import load_iris
from sklearn.exceptions import NotFittedError
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

X, y = load_iris(return_X_y=True)
N_SAMPLES = len(y)


@pytest.mark.parametrize("kind", [GridSearchCV, RandomSearchCV, BayesSearchCV])
def test_explains_missing_results_before_fit(kind):
    """The error is scikit-learn's, which is an AttributeError, too."""
    search = kind(SVC(), {"C": [1, 2]})
    for name in ("best_params_", "best_estimator_", "cv_results_", "trials_"):
        with pytest.raises(NotFittedError, match=f"not fitted yet, .* no `{name}`"):
            getattr(search, name)
        assert not hasattr(search, name)


def test_explains_missing_results_without_refit():
    """The error says the reason, and what to do instead."""
    search = GridSearchCV(SVC(), {"C": [1, 2]}, refit=False).fit(X, y)
    with pytest.raises(AttributeError, match=r"`best_estimator_`, because refit=False"):
        _ = search.best_estimator_
    assert set(search.best_params_) == {"C"}
    scoring = ["accuracy", "f1_macro"]
    search.set_params(scoring=scoring).fit(X, y)
    with pytest.raises(AttributeError, match="several scores and refit=False: none of"):
        _ = search.best_params_


def test_explains_missing_results_of_a_rule_that_chooses_without_a_score():
    """The error says where the scores of its choice are, not that `fit` ended early."""
    search = GridSearchCV(SVC(), {"C": [1, 2]}, refit=lambda results: 0).fit(X, y)
    assert not hasattr(search, "best_score_")
    with pytest.raises(AttributeError, match=r"chooses by a rule .* at best_index_"):
        _ = search.best_score_


def test_explains_missing_results_of_a_fit_that_was_cut_short():
    """A rule that fails leaves no choice."""
    search = GridSearchCV(SVC(), {"C": [1, 2]}, refit=lambda results: 1 / 0)
    with pytest.raises(ZeroDivisionError, match="division"):
        search.fit(X, y)
    for name in ("best_index_", "best_score_"):
        with pytest.raises(AttributeError, match="`fit` was cut short before"):
            getattr(search, name)


class StopsAtRefit(SVC):
    """Is interrupted where it sees all data."""

    def fit(self, X, y):
        """Fit a fold."""
        if len(y) == N_SAMPLES:
            raise KeyboardInterrupt("in the refit")
        return super().fit(X, y)


def test_explains_missing_results_of_a_refit_that_was_interrupted():
    """An estimator that is not fitted is no result."""
    search = GridSearchCV(StopsAtRefit(), {"C": [1, 2]})
    with pytest.raises(KeyboardInterrupt, match="in the refit"):
        search.fit(X, y)
    assert set(search.best_params_) == {"C"}
    with pytest.raises(AttributeError, match="`best_estimator_`: .* was cut short"):
        _ = search.best_estimator_


def test_explains_missing_results_leaves_other_attributes_missing():
    """Copies lack them as well, also where a property says itself why."""
    search = GridSearchCV(SVC(), {"C": [1, 2]}, refit=False).fit(X, y)
    for restored in (search, copy.copy(search), pickle.loads(pickle.dumps(search))):
        with pytest.raises(AttributeError, match="object has no attribute 'nothing'"):
            _ = restored.nothing
        with pytest.raises(AttributeError, match="has no attribute 'predict'"):
            _ = restored.predict

"""Do searches use what is known of an estimator, and only of the training parts?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import loguniform, uniform
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes import BayesSearchCV, RandomSearchCV

X, Y = make_classification(60, 5, random_state=0)
PIPE = make_pipeline(StandardScaler(), SVC())
SPACE = {
    "svc__kernel": ["linear", "rbf"],
    "svc__C": [0.1, 1.0, 10.0],
    "svc__gamma": [0.01, 0.1, 1.0],
}


def test_candidates_of_equal_effect_are_tried_once():
    """A finite space has as many candidates as effects; each has every value."""
    search = BayesSearchCV(PIPE, SPACE, n_iter=20, cv=2, include_current=False)
    params = search.fit(X, Y).cv_results_["params"]
    assert len(params) == 3 + 9
    assert all(set(p) == set(SPACE) for p in params)


@pytest.mark.filterwarnings("ignore:The best value")
def test_nothing_that_cannot_be_fitted_is_tried():
    """No candidate of a space with refused combinations fails."""
    space = {
        "bootstrap": [True, False],
        "max_samples": uniform(0.5, 0.4),
        "max_depth": [2, 3],
    }
    forest = RandomForestClassifier(4, random_state=0)
    search = BayesSearchCV(forest, space, n_iter=9, cv=2, random_state=0).fit(X, Y)
    assert {trial.status.value for trial in search.trials_} == {"complete"}
    without = [p for p in search.cv_results_["params"] if not p["bootstrap"]]
    assert without
    assert all("max_samples" not in p for p in without)


def test_random_search_stays_scikit_learns_to_the_last_bit():
    """What is known of the estimator changes nothing there."""
    options = {"n_iter": 6, "cv": 2, "random_state": 3}
    ours = RandomSearchCV(PIPE, SPACE, **options).fit(X, Y)
    theirs = RandomizedSearchCV(PIPE, SPACE, **options).fit(X, Y)
    assert ours.cv_results_["params"] == theirs.cv_results_["params"]
    np.testing.assert_array_equal(
        ours.cv_results_["mean_test_score"], theirs.cv_results_["mean_test_score"]
    )


@pytest.mark.filterwarnings("ignore:The best value")
def test_known_points_lie_in_typed_spaces():
    """Published points are tried in a space of the user's, as far as they lie there."""
    space = {"C": loguniform(1e-4, 1e4)}
    model = LogisticRegression(max_iter=2000)
    search = BayesSearchCV(model, space, n_iter=5, cv=2, random_state=0).fit(X, Y)
    tried = [round(p["C"], 4) for p in search.cv_results_["params"][:3]]
    assert tried == [1.0, 11.5, 100.0]  # its own; 345 / 30 samples; as typed in tables
    search.set_params(first_points=False).fit(X, Y)
    assert 100.0 not in [round(p["C"], 4) for p in search.cv_results_["params"][:3]]

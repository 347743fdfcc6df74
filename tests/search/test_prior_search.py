"""Do results of an earlier search reach a search wherever it is cloned or nested?"""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV as TheirGrid
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV
from tests.search.test_cloning import PRIORS, informed

X, y = make_classification(80, random_state=0)
SPACE = {"C": (0.1, 10.0, "log-uniform")}
GRID = {"C": [0.1, 1.0, 10.0]}


@pytest.mark.parametrize("results", ["search", "table"])
def test_searches_with_prior_results_can_be_nested(results):
    """They nest in cross-validation, voting, a pipeline, another search and workers."""
    prior = PRIORS["bayes"]().fit(X, y)
    search = informed(prior if results == "search" else prior.cv_results_)
    scores = cross_val_score(search, X, y, cv=2, n_jobs=2, error_score="raise")
    assert np.isfinite(scores).all()
    voting = VotingClassifier([("a", search)]).fit(X, y)
    pipeline = Pipeline([("s", StandardScaler()), ("m", search)]).fit(X, y)
    outer = TheirGrid(search, {"n_iter": [1, 2]}, cv=2, error_score="raise").fit(X, y)
    assert len(outer.best_estimator_.trials_) == outer.best_params_["n_iter"]
    for nested in (voting.estimators_[0], pipeline[-1], outer.best_estimator_):
        told = nested.optimizer_.surrogate().data
        assert len(told.U) >= len(prior.trials_)


def steps(n_iter=4, **settings):
    """A search whose choices are estimators, written anew each time."""
    model = Pipeline([("scale", StandardScaler()), ("m", SVC(C=1.0))])
    space = {"scale": [StandardScaler(), MinMaxScaler(), "passthrough"]}
    space["m__C"] = (0.1, 10.0, "log-uniform")
    return BayesSearchCV(
        model, space, n_iter=n_iter, cv=2, random_state=0, **settings
    ).fit(X, y)


def test_estimators_among_the_choices_are_found_by_their_parameters():
    """The untuned pipeline is tried first; initial points are found, though other."""
    search = steps(initial_params=[{"scale": MinMaxScaler(), "m__C": 2.0}])
    first, second = search.cv_results_["params"][:2]
    assert isinstance(first["scale"], StandardScaler)
    assert first["m__C"] == 1.0
    assert isinstance(second["scale"], MinMaxScaler)
    assert second["m__C"] == 2.0
    with pytest.raises(ValueError, match="'scale' must be one of StandardScaler"):
        steps(initial_params=[{"scale": MinMaxScaler((0, 2)), "m__C": 2.0}])


@pytest.mark.parametrize(
    "brought",
    [lambda s: s, lambda s: pickle.loads(pickle.dumps(s))],
    ids=["", "pickled"],
)
def test_results_over_estimators_are_learned_from(brought):
    """Warnings are errors: no row of another process is skipped."""
    search = steps(2, prior_results=brought(steps()))
    assert len(search.optimizer_.surrogate().data.is_complete) >= 4


def test_results_over_estimators_are_learned_from_a_file(tmp_path):
    """The file is a table that is read back from text."""
    pandas = pytest.importorskip("pandas")
    pandas.DataFrame(steps().cv_results_).to_csv(tmp_path / "results.csv")
    search = steps(2, prior_results=pandas.read_csv(tmp_path / "results.csv"))
    assert len(search.optimizer_.surrogate().data.is_complete) >= 4


def test_prior_results_of_another_space_end_the_search():
    """Nothing of these results could be learned."""
    prior = GridSearchCV(SVC(), {"gamma": [0.1, 1.0]}, cv=2).fit(X, y)
    with pytest.raises(ValueError, match="`prior_results`.* 2 rows, none of which"):
        informed(prior).fit(X, y)


def test_the_untuned_candidate_of_the_first_search_needs_no_warning():
    """It was tried outside of the space, as every Bayesian search does."""
    space = {"C": (2.0, 10.0, "log-uniform")}
    first = BayesSearchCV(SVC(), space, n_iter=4, cv=2, random_state=0).fit(X, y)
    assert first.trials_[0].params == {"C": 1.0}
    again = clone(first).set_params(prior_results=first)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(again.fit(X, y).optimizer_.surrogate().predict([{"C": 3.0}])) == 2

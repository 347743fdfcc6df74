"""What a search is to others: cloned, pickled, nested, put in a pipeline."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.base import BaseEstimator, ClassifierMixin, clone, is_classifier
from sklearn.cluster import KMeans
from sklearn.datasets import load_iris
from sklearn.model_selection import cross_val_predict, cross_val_score
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

X, y = load_iris(return_X_y=True)
SPACE = {"C": [0.1, 1, 10]}


def make_search(kind, estimator=None, space=None, **settings):
    """A small search of each kind."""
    estimator = estimator or SVC()
    space = space or SPACE
    if kind == "grid":
        return GridSearchCV(estimator, space, **settings)
    if kind == "random":
        return RandomSearchCV(estimator, space, n_iter=3, random_state=0, **settings)
    space = {"C": loguniform(0.1, 10)} if space is SPACE else space
    return BayesSearchCV(estimator, space, n_iter=6, random_state=0, **settings)


every_kind = pytest.mark.parametrize("kind", ["grid", "random", "bayes"])


@every_kind
def test_is_a_search_of_sklearn(kind):
    """Others look for `BaseSearchCV` and for tags."""
    search = make_search(kind)
    assert isinstance(search, BaseSearchCV)
    assert is_classifier(search)
    assert not is_classifier(make_search(kind, KMeans(), {"n_clusters": [2, 3]}))


@every_kind
def test_outer_folds_are_stratified(kind):
    """Iris is sorted by class: unstratified folds would score zero."""
    assert cross_val_score(make_search(kind), X, y, cv=3).min() > 0.9


@every_kind
def test_a_search_can_be_pickled(kind):
    """The pickle before and after fit has all that the search has found."""
    search = pickle.loads(pickle.dumps(make_search(kind))).fit(X, y)
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.predict(X), search.predict(X))
    assert again.best_params_ == search.best_params_
    assert [t.params for t in again.trials_] == [t.params for t in search.trials_]


@every_kind
def test_a_clone_gives_the_same_result(kind):
    """The same seed means the same search, of the original and of its clone."""
    search = make_search(kind)
    first = clone(search).fit(X, y)
    second = clone(search).fit(X, y)
    assert first.cv_results_["params"] == second.cv_results_["params"]
    assert first.best_score_ == second.best_score_


@every_kind
def test_a_search_in_a_pipeline_in_a_search(kind):
    """Inner searches are estimators like any other."""
    inner = make_pipeline(StandardScaler(), make_search(kind, cv=2))
    name = "param_grid" if kind == "grid" else "param_distributions"
    outer = GridSearchCV(
        inner, {f"{type(make_search(kind)).__name__.lower()}__{name}": [SPACE]}, cv=2
    ).fit(X, y)
    assert outer.best_score_ > 0.9


@every_kind
def test_the_users_estimator_is_left_alone(kind):
    """The estimator given is never fitted or changed, and not the one returned."""
    estimator = SVC(C=123.0)
    search = make_search(kind, estimator).fit(X, y)
    assert estimator.C == 123.0
    assert not hasattr(estimator, "classes_")
    assert search.best_estimator_ is not estimator


@every_kind
def test_methods_are_those_of_the_estimator(kind):
    search = make_search(kind).fit(X, y)
    assert hasattr(search, "decision_function")
    assert not hasattr(search, "transform")
    assert cross_val_predict(search, X, y, cv=2).shape == y.shape
    scaler = make_search(
        kind,
        MinMaxScaler(),
        {"clip": [True, False], "copy": [True, False]},
        scoring=lambda *a: 1.0,
    ).fit(X)
    np.testing.assert_allclose(scaler.inverse_transform(scaler.transform(X)), X)


@every_kind
def test_global_state_is_left_alone(kind):
    """No search draws from, or reseeds, the global generator."""
    before = np.random.get_state()  # noqa: NPY002
    # Without a seed of its own this model draws one from there at every fit.
    make_search(kind, SVC(random_state=0)).fit(X, y)
    after = np.random.get_state()  # noqa: NPY002
    assert after[2] == before[2], "numbers were drawn"
    np.testing.assert_array_equal(after[1], before[1])


class Unseeded:
    """Splits at random, anew at every call, and counts the calls."""

    n_calls = 0

    def get_n_splits(self, X=None, y=None, groups=None):
        """Always three."""
        return 3

    def split(self, X, y=None, groups=None):
        """Three draws from a generator without a seed."""
        type(self).n_calls += 1
        rng = np.random.default_rng()
        for _ in range(3):
            order = rng.permutation(len(X))
            yield order[50:], order[:50]


class Recorder(ClassifierMixin, BaseEstimator):
    """Remembers what it was fitted on."""

    seen: list = []  # noqa: RUF012

    def __init__(self, a=0):
        self.a = a

    def fit(self, X, y):
        """Remember."""
        type(self).seen.append(X.tobytes())
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """The first class."""
        return np.full(len(X), self.classes_[0])


@every_kind
@pytest.mark.filterwarnings("ignore:All 6 candidates")
def test_all_candidates_see_the_same_folds(kind):
    """A splitter without a seed is asked once: 3 training sets, whatever the search."""
    Recorder.seen = []
    Unseeded.n_calls = 0
    space = {"a": list(range(6))}
    make_search(kind, Recorder(), space, cv=Unseeded(), refit=False).fit(X, y)
    assert len(set(Recorder.seen)) == 3
    assert Unseeded.n_calls == 1


@every_kind
def test_values_arrive_as_plain_python_objects(kind):
    """No value is a numpy scalar, whatever the space was written with."""
    space = {
        "C": np.array([0.5, 1.0, 2.0]),
        "kernel": np.array(["rbf", "linear"]),
        "shrinking": np.array([True, False]),
        "degree": np.array([1, 2]),
    }
    search = make_search(kind, space=space).fit(X, y)
    if kind == "bayes":
        types = {type(v) for p in search.cv_results_["params"] for v in p.values()}
        assert types == {float, str, bool, int}


@every_kind
def test_transformers_without_targets(kind):
    """A search passes y=None all the way."""
    search = make_search(
        kind, KMeans(n_init=1, random_state=0), {"n_clusters": [2, 3, 4]}
    )
    assert search.fit(X).predict(X).shape == (150,)


def test_the_warning_of_skipped_results_names_the_line_that_fits():
    """The line is not one of this package's."""
    search = BayesSearchCV(
        SVC(),
        {"C": [0.1, 1.0]},
        n_iter=2,
        prior_results=[({"C": 7.0}, 0.5), ({"C": 0.1}, 0.5)],
    )
    with pytest.warns(UserWarning, match="Skipped 1 of 2 rows") as caught:
        search.fit(X, y)
    (skipped,) = (w for w in caught if "Skipped" in str(w.message))
    assert skipped.filename == __file__


@pytest.mark.parametrize("scoring", ["recall_macro", lambda est, X, y: est.score(X, y)])
@pytest.mark.parametrize("kind", ["grid", "bayes"])
def test_refit_may_be_any_string_where_there_is_one_metric(kind, scoring):
    """`refit` is scikit-learn's; it names no other metric, for which all had failed."""
    search = make_search(kind).set_params(refit="accuracy", scoring=scoring).fit(X, y)
    assert {trial.status for trial in search.trials_} == {"complete"}
    assert "status" not in search.cv_results_
    assert search.best_score_ == max(search.cv_results_["mean_test_score"])

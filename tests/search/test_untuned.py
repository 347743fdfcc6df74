"""The untuned estimator is the first candidate of every Bayesian search."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.exceptions import SearchSpaceEdgeWarning
from skbayes.inspection import (
    ConvergenceDisplay,
    EffectDisplay,
    ParallelCoordinatesDisplay,
    param_importances,
    search_report,
)
from skbayes.search import BayesSearchCV
from skbayes.selection import BestIfBetter, BestPosteriorMean, Simplest

#: What is searched here is not to be searched well.
pytestmark = pytest.mark.filterwarnings(
    f"ignore::{SearchSpaceEdgeWarning.__module__}.SearchSpaceEdgeWarning"
)

X, Y = load_iris(return_X_y=True)
GAMMA = {"C": (0.1, 10.0, "log-uniform"), "gamma": (1e-3, 1.0, "log-uniform")}


class Kwargs(ClassifierMixin, BaseEstimator):
    """Takes a parameter that `get_params` does not list, as boosting libraries do."""

    def __init__(self, depth=None):
        self.depth = depth

    def set_params(self, **params):
        """Any name is taken."""
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def fit(self, X, y):
        """Nothing is learned."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """The first class, always."""
        return np.full(len(X), self.classes_[0])

    def score(self, X, y):
        """The deeper the better."""
        return float(self.depth or 0) + float(getattr(self, "rate", 0.5))


@pytest.mark.parametrize(
    ("estimator", "space", "own"),
    [
        (SVC(C=0.5), {"C": (0.1, 10.0, "log-uniform")}, {"C": 0.5}),
        (SVC(C=50), {"C": (0.1, 10.0, "log-uniform")}, {"C": 50}),
        (SVC(), GAMMA, {"C": 1.0, "gamma": "scale"}),
        (
            RandomForestClassifier(n_estimators=3, random_state=0),
            {"max_depth": (1, 5, "uniform"), "max_features": (0.2, 1.0, "uniform")},
            {"max_depth": None, "max_features": "sqrt"},
        ),
        (Kwargs(), {"depth": (1, 3, "uniform"), "rate": (0.0, 1.0, "uniform")},
         {"depth": None}),
        (Kwargs(), {"rate": (0.0, 1.0, "uniform")}, {}),
        (
            Pipeline([("scale", None), ("svc", SVC())]),
            [
                {"scale": [StandardScaler()], "svc__C": (0.1, 10.0, "log-uniform")},
                {"scale": [MinMaxScaler()], "svc__gamma": (0.1, 10.0, "log-uniform")},
            ],
            {"scale": None, "svc__C": 1.0, "svc__gamma": "scale"},
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("racing", [False, True])
def test_untuned_estimator_is_the_first_candidate(estimator, space, own, racing):
    """The estimator has its own values, wherever they lie; it counts in `n_iter`."""
    search = BayesSearchCV(
        estimator, space, n_iter=6, cv=3, racing=racing, random_state=0
    ).fit(X, Y)
    assert search.cv_results_["params"][0] == own
    assert len(search.trials_) == 6
    scores = cross_val_score(estimator, X, Y, cv=3)
    np.testing.assert_allclose(search.trials_[0].scores(), scores)
    assert search.best_score_ >= scores.mean()
    for name in {name for params in search.cv_results_["params"] for name in params}:
        masked = np.ma.getmaskarray(search.cv_results_[f"param_{name}"])
        assert masked[0] == (name not in own)


def test_include_current_false_leaves_it_out():
    """All candidates are points of the space then."""
    search = BayesSearchCV(
        SVC(C=50), {"C": (0.1, 10.0, "log-uniform")}, n_iter=6, cv=3,
        include_current=False, random_state=0,
    ).fit(X, Y)  # fmt: skip
    assert all(p["C"] <= 10 for p in search.cv_results_["params"])
    assert len(search.trials_) == 6
    inside = search.set_params(estimator=SVC(C=0.5)).fit(X, Y)
    assert {"C": 0.5} not in inside.cv_results_["params"]


@pytest.mark.parametrize("n_iter", [3, 4])
def test_finite_space_is_tried_as_a_whole_beside_it(n_iter):
    """The estimator is first; then come all points, or as many as `n_iter` allows."""
    search = BayesSearchCV(
        SVC(C=50), {"C": [3.0, 1.0, 2.0]}, n_iter=n_iter, cv=3, random_state=0
    ).fit(X, Y)
    tried = [params["C"] for params in search.cv_results_["params"]]
    assert tried[0] == 50
    assert len(tried) == n_iter
    assert set(tried[1:]) <= {1.0, 2.0, 3.0}
    assert n_iter == 3 or tried[1:] == [3.0, 1.0, 2.0]


def test_surrogate_is_not_told_of_a_point_outside_the_space():
    """The surrogate is told of an untuned estimator inside the space."""
    for C, n_told in ((50, 5), (0.5, 6)):
        search = BayesSearchCV(
            SVC(C=C), {"C": (0.1, 10.0, "log-uniform")}, n_iter=6, cv=3, random_state=0
        ).fit(X, Y)
        assert search.optimizer_.n_told == n_told


@pytest.mark.parametrize("own", [{}, {"C": 50.0}, {"gamma": 0.1}])
def test_untuned_estimator_that_is_best_is_refitted(own):
    """The estimator is refitted as it was given."""
    space = {"C": (1e-5, 1e-4, "log-uniform"), "gamma": (1e-5, 1e-4, "log-uniform")}
    estimator = SVC(**own)
    search = BayesSearchCV(estimator, space, n_iter=8, cv=3, random_state=0).fit(X, Y)
    assert search.best_index_ == 0
    assert search.best_estimator_.get_params() == estimator.get_params()
    np.testing.assert_array_equal(search.predict(X), SVC(**own).fit(X, Y).predict(X))


def test_estimator_that_refuses_its_own_values_is_evaluated_as_it_is():
    """The row has no value then, and what it scores is what the estimator scores."""

    class Odd(DecisionTreeClassifier):
        def set_params(self, **params):
            if params.get("max_depth", 1) is None:
                raise ValueError("a depth of None cannot be set, only given")
            return super().set_params(**params)

    tree = Odd(random_state=0)
    search = BayesSearchCV(
        tree, {"max_depth": (1, 3, "uniform")}, n_iter=3, cv=3, random_state=0
    ).fit(X, Y)
    assert search.cv_results_["params"][0] == {}
    scores = cross_val_score(DecisionTreeClassifier(random_state=0), X, Y, cv=3)
    np.testing.assert_allclose(search.trials_[0].scores(), scores)


def test_callbacks_hear_of_it_first():
    """Callbacks get its parameters, as of any other candidate."""
    seen = []
    BayesSearchCV(
        SVC(), GAMMA, n_iter=4, cv=3, random_state=0, callbacks=[seen.append]
    ).fit(X, Y)
    assert seen[0].trial.params == {"C": 1.0, "gamma": "scale"}
    assert seen[0].best_params == {"C": 1.0, "gamma": "scale"}
    assert [p.n_total for p in seen] == [4] * 4


@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("racing", [False, True])
def test_seeded_search_is_resumed_with_it(tmp_path, n_jobs, racing):
    """What was stopped and what went on come to the same candidates."""
    settings = {"cv": 3, "random_state": 0, "n_jobs": n_jobs, "racing": racing}
    whole = BayesSearchCV(SVC(), GAMMA, n_iter=10, **settings).fit(X, Y)
    journal = {"journal": tmp_path / "journal.sqlite"}
    BayesSearchCV(SVC(), GAMMA, n_iter=10, time_budget=1e-9, **journal, **settings).fit(
        X, Y
    )
    BayesSearchCV(SVC(), GAMMA, n_iter=4, **journal, **settings).fit(X, Y)
    resumed = BayesSearchCV(SVC(), GAMMA, n_iter=10, **journal, **settings).fit(X, Y)
    assert resumed.cv_results_["params"] == whole.cv_results_["params"]
    assert resumed.best_params_ == whole.best_params_
    # gamma="scale" is no point of the space, and is told as the number it amounts to; a
    # candidate that the race has stopped and caught up is told twice.
    assert resumed.optimizer_.n_told == whole.optimizer_.n_told
    assert whole.optimizer_.n_told == 10 or (racing and whole.optimizer_.n_told > 10)


def test_own_objects_come_back_from_a_journal(tmp_path):
    """A step that is none of the choices is known by its content."""
    pipeline = Pipeline([("scale", StandardScaler(with_mean=False)), ("svc", SVC())])
    space = {
        "scale": [MinMaxScaler(), "passthrough"],
        "svc__C": (0.1, 10.0, "log-uniform"),
    }
    settings = {"cv": 3, "random_state": 0, "journal": tmp_path / "journal.sqlite"}
    seen = []
    first = BayesSearchCV(pipeline, space, n_iter=4, **settings).fit(X, Y)
    again = BayesSearchCV(
        pipeline, space, n_iter=4, callbacks=[seen.append], **settings
    ).fit(X, Y)
    assert seen[-1].n_folds_done == 0
    assert repr(again.cv_results_["params"]) == repr(first.cv_results_["params"])
    assert "with_mean=False" in repr(again.cv_results_["params"][0])


def test_rules_cope_with_values_outside_the_space():
    """None and "scale" stand beside numbers."""
    search = BayesSearchCV(SVC(), GAMMA, n_iter=12, cv=3, random_state=0)
    for rule in (Simplest("gamma"), BestPosteriorMean(), BestIfBetter(SVC())):
        search.set_params(refit=rule).fit(X, Y)
        assert np.isfinite(search.cv_results_["mean_test_score"][search.best_index_])
    worse = {"C": (1e-5, 1e-4, "log-uniform"), "gamma": (1e-5, 1e-4, "log-uniform")}
    kept = search.set_params(param_distributions=worse, refit=BestIfBetter(SVC()))
    assert kept.fit(X, Y).best_params_ == {"C": 1.0, "gamma": "scale"}


@pytest.mark.slow
def test_displays_and_report_show_it(tmp_path):
    """The report calls it the untuned estimator, and no plot stumbles over it."""
    pytest.importorskip("matplotlib").use("Agg")
    search = BayesSearchCV(SVC(), GAMMA, n_iter=12, cv=3, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, Y)
    assert set(param_importances(search, random_state=0).names) == {"C", "gamma"}
    EffectDisplay.from_search(search)
    ParallelCoordinatesDisplay.from_search(search)
    ConvergenceDisplay.from_search(search)
    path = tmp_path / "report.html"
    search_report(search, path)
    score = search.cv_results_["mean_test_score"][0]
    page = path.read_text()
    assert "untuned estimator" in page.lower()
    assert f"{score:.4g}" in page


@pytest.mark.parametrize("own", ["scale", 0.1])
def test_the_untuned_estimator_is_one_of_the_initial_points(own):
    """The estimator counts among them whether its value lies in the space or not."""
    search = BayesSearchCV(
        SVC(gamma=own), GAMMA, n_iter=8, cv=3, n_initial_points=4, random_state=0
    ).fit(X, Y)
    design = BayesSearchCV(
        SVC(gamma=own), GAMMA, n_iter=8, cv=3, n_initial_points=7, random_state=0
    ).fit(X, Y)
    of_model, of_design = search.cv_results_["params"], design.cv_results_["params"]
    assert of_model[:4] == of_design[:4]
    assert of_model[4] != of_design[4]

"""Can a fitted search be dumped by skops, and loaded as it was?"""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from scipy.stats import uniform
from sklearn.datasets import load_iris, make_classification
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes._protocol import Status
from skbayes.callbacks import ExpectedImprovementBelowNoise, NoImprovement, ScoreReached
from skbayes.ensemble import GreedyEnsemble
from skbayes.integrations.skops import trusted_types
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.selection import BestIfBetter, BestPosteriorMean, Fastest, Simplest

sio = pytest.importorskip("skops.io")

X, Y = load_iris(return_X_y=True)


def grid():
    """A grid search that keeps its predictions."""
    return GridSearchCV(SVC(), {"C": [1, 10]}, store_predictions=True)


def random():
    """A random search with racing."""
    space = {"C": [0.1, 1.0, 10.0], "kernel": ["rbf", "linear"]}
    return RandomSearchCV(SVC(), space, n_iter=4, racing=True, random_state=0)


def bayes():
    """A model over numbers and words."""
    space = {"C": (1e-2, 1e3, "log-uniform"), "kernel": ["rbf", "linear"]}
    return BayesSearchCV(SVC(), space, n_iter=12, cv=3, random_state=0)


def conditional():
    """A conditional space of every kind of values, estimators among them."""
    space = [
        {
            "scale": [StandardScaler(), MinMaxScaler()],
            "svc__C": (1e-2, 1e3, "log-uniform"),
            "svc__class_weight": [{0: 2.0}, None],
        },
        {
            "scale": ["passthrough"],
            "svc__degree": (1, 4, "uniform"),
            "svc__tol": [1e-4, 1e-3, 1e-2],
            "svc__coef0": uniform(0.0, 1.0),
        },
    ]
    model = Pipeline([("scale", StandardScaler()), ("svc", SVC())])
    return BayesSearchCV(model, space, n_iter=14, cv=3, racing=True, random_state=0)


def path():
    """A number of trees that is found along each candidate's path."""
    model = HistGradientBoostingClassifier(max_leaf_nodes=3, random_state=0)
    space = {"max_iter": (1, 8, "uniform"), "learning_rate": (0.1, 1.0, "log-uniform")}
    return BayesSearchCV(model, space, n_iter=4, cv=2, random_state=0)


def suggested():
    """A space that is suggested for the estimator."""
    forest = RandomForestClassifier(5, random_state=0)
    return BayesSearchCV(forest, "auto", n_iter=4, cv=2, random_state=0)


def alternatives():
    """A suggested space of several dicts, drawn from at random."""
    model = Pipeline([("scale", StandardScaler()), ("svc", SVC())])
    return RandomSearchCV(model, "auto", n_iter=4, cv=2, random_state=0)


def ensemble():
    """An ensemble of candidates."""
    kept = {"refit": GreedyEnsemble(), "store_predictions": "probabilities"}
    tree = DecisionTreeClassifier(random_state=0)
    return GridSearchCV(tree, {"max_depth": [1, 2, 3]}, **kept)


KINDS = [grid, random, bayes, conditional, path, suggested, alternatives, ensemble]


def test_trusted_types_list_estimators_kept_in_a_folder(tmp_path):
    """Those of the folds are read from there by a loaded search."""
    kept = ("all", str(tmp_path / "models"))
    search = GridSearchCV(SVC(), {"C": [1, 10]}, keep_fold_estimators=kept).fit(X, Y)
    data = sio.dumps(search)
    unknown = sio.get_untrusted_types(data=data)
    assert {name for name in unknown if "skbayes" in name} <= set(trusted_types())
    again = sio.loads(data, trusted=unknown)
    assert len(again.fold_estimators_[1]) == 5


@pytest.mark.parametrize("make", KINDS)
def test_trusted_types_let_a_fitted_search_through_skops(make):
    """A loaded search predicts, tells and proposes what the dumped one did."""
    search = make().fit(X, Y)
    data = sio.dumps(search)
    unknown = set(sio.get_untrusted_types(data=data))
    of_ours = {name for name in unknown if name.startswith("skbayes.")}
    assert of_ours <= set(trusted_types())
    again = sio.loads(data, trusted=sorted(unknown))
    np.testing.assert_array_equal(again.predict(X), search.predict(X))
    assert repr(again.best_params_) == repr(search.best_params_)
    for column in ("mean_test_score", "split0_test_score", "mean_fit_time"):
        expected = search.cv_results_[column]
        np.testing.assert_array_equal(again.cv_results_[column], expected)
    assert all(type(trial.status) is Status for trial in again.trials_)
    scores = [t.scores() for t in search.trials_]
    np.testing.assert_array_equal([t.scores() for t in again.trials_], scores)
    if isinstance(search, BayesSearchCV):
        asked = repr(search.optimizer_.ask(2))
        assert repr(again.optimizer_.ask(2)) == asked


@pytest.mark.parametrize(
    "refit", [True, Simplest("C"), Fastest(), BestPosteriorMean(), BestIfBetter(SVC())]
)
def test_trusted_types_list_those_of_rules_and_callbacks(refit):
    """The types are all that a search is made with; every name has a class."""
    callbacks = [NoImprovement(9), ExpectedImprovementBelowNoise(), ScoreReached(2)]
    search = GridSearchCV(SVC(), {"C": [1, 10]}, refit=refit, callbacks=callbacks)
    unknown = sio.get_untrusted_types(data=sio.dumps(search.fit(X, Y)))
    of_ours = {name for name in unknown if name.startswith("skbayes.")}
    assert of_ours <= set(trusted_types())
    for name in trusted_types():
        module, _, kind = name.rpartition(".")
        assert hasattr(import_module(module), kind)


def test_trusted_types_keep_known_what_racing_stopped():
    """A score that is not honest is NaN, whatever the search went through."""
    X, y = make_classification(90, 4, random_state=0)
    grid = {"max_depth": [1, 2, 3, 4], "min_samples_leaf": [1, 20, 44]}
    search = GridSearchCV(DecisionTreeClassifier(random_state=0), grid, racing=True)
    data = sio.dumps(search.fit(X, y))
    again = sio.loads(data, trusted=sio.get_untrusted_types(data=data))
    n_stopped = sum(trial.status is Status.STOPPED for trial in search.trials_)
    assert n_stopped > 0
    with pytest.warns(UserWarning, match=f"racing stopped {n_stopped} of 12"):
        assert np.isnan(again.optimism_corrected_score_)

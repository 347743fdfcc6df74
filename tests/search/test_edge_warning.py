"""Does the warning of edges propose what is taken, of what matters, all at once?"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.stats import loguniform, randint, uniform
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_iris, make_friedman1
from sklearn.ensemble import (
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
)
from sklearn.linear_model import SGDClassifier
from sklearn.neighbors import KNeighborsClassifier

from skbayes.exceptions import SearchSpaceEdgeWarning
from skbayes.search import BayesSearchCV, RandomSearchCV
from skbayes.search._wider_range import widen
from skbayes.space import Integer, Real
from tests.space.labels import label

X, y = load_iris(return_X_y=True)


class Slope(RegressorMixin, BaseEstimator):
    """Scores grow with `a` and `c`, fall with `b`, and know nothing of `d`."""

    def __init__(self, a=0.5, b=0.5, c=0.5, d=0.5, noise=0.02):
        self.a = a
        self.b = b
        self.c = c
        self.d = d
        self.noise = noise

    def fit(self, X, y):
        """Nothing is learned."""
        self.is_fitted_ = True
        return self

    def score(self, X, y):
        """A slope in three parameters, and a little noise from the fold."""
        noise = np.sin(1e4 * (self.a + self.b + self.c + self.d + X[0, 0]))
        return self.a + self.c - self.b + self.noise * noise


def edges_of(search):
    """The warnings of edges of a fit."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, np.arange(150.0))
    return [w for w in caught if w.category is SearchSpaceEdgeWarning]


def test_warn_at_edges_tells_all_ranges_in_one_warning():
    """The list has one line for each range, and names the user's line of code."""
    space = {"a": (0.2, 0.6, "uniform"), "b": (0.2, 0.6, "uniform")}
    search = BayesSearchCV(Slope(noise=0), space, n_iter=20, cv=2, random_state=0)
    (edge,) = edges_of(search)
    lines = str(edge.message).splitlines()
    assert edge.filename == __file__
    assert [line[:6] for line in lines[1:]] == ["- {'a'", "- {'b'"]
    assert lines[1].endswith("lies at the upper end")
    assert lines[2].endswith("lies at the lower end")


@pytest.mark.parametrize("seed", range(4))
def test_warn_at_edges_leaves_out_what_does_not_matter(seed):
    """Where the best value of a parameter without effect lies is chance."""
    space = dict.fromkeys("ad", (0.2, 0.6, "uniform"))
    search = BayesSearchCV(Slope(), space, n_iter=25, cv=2, random_state=seed)
    (edge,) = edges_of(search)
    assert "`a`" in str(edge.message)
    assert "`d`" not in str(edge.message)


def test_warn_at_edges_looks_at_parameters_of_the_best_branch():
    """In a list of dicts only those of the best one have a value."""
    space = [
        {"a": (0.2, 0.6, "uniform"), "b": [0.5]},
        {"c": (0.2, 0.9, "uniform"), "b": [0.1]},
    ]
    search = BayesSearchCV(Slope(), space, n_iter=30, cv=2, random_state=0)
    (edge,) = edges_of(search)
    assert "`c`" in str(edge.message)
    assert "`a`" not in str(edge.message)


def test_warn_at_edges_of_distributions_that_can_only_be_drawn_from():
    """A random search may hold one beside the range that is pressed against."""

    class Draws:
        def rvs(self, random_state=None):
            return random_state.uniform(0.2, 0.6)

    space = {"a": uniform(0.2, 0.4), "d": Draws()}
    search = RandomSearchCV(Slope(), space, n_iter=60, cv=2, random_state=0)
    (edge,) = edges_of(search)
    assert "Real(low=0.2, high=0.8" in str(edge.message)


HGB = HistGradientBoostingClassifier()
GBC = GradientBoostingClassifier()


@pytest.mark.parametrize(
    ("estimator", "space"),
    [
        (HGB, {"max_leaf_nodes": randint(2, 64)}),
        (HGB, {"max_bins": randint(32, 256)}),
        (HGB, {"learning_rate": loguniform(0.01, 0.5)}),
        (KNeighborsClassifier(), {"n_neighbors": randint(1, 40)}),
        (GBC, {"subsample": uniform(0.3, 0.7)}),
        (SGDClassifier(), {"l1_ratio": uniform(0.1, 0.85)}),
    ],
    ids=label,
)
@pytest.mark.parametrize("sign", [1, -1])
def test_warn_at_edges_proposes_ends_that_can_be_fitted(estimator, space, sign):
    """Whatever is proposed passes the estimator's own validation at both ends."""
    (name,) = space
    low, high = space[name].support()
    kind = Integer if isinstance(low, int | np.integer) else Real
    dimension = kind(low, high)
    wider = widen(dimension, "high" if sign > 0 else "low", estimator, name)
    # These ranges end where the estimator takes no more.
    ends = {
        ("max_leaf_nodes", -1),
        ("max_bins", 1),
        ("n_neighbors", -1),
        ("subsample", 1),
    }
    assert (wider is None) == ((name, sign) in ends)
    for value in () if wider is None else (wider.low, wider.high):
        estimator.set_params(**{name: value})._validate_params()


def path_search(high, rates):
    """A search for the best number of trees on each candidate's path."""
    return BayesSearchCV(
        GradientBoostingRegressor(random_state=0, max_depth=2),
        {"n_estimators": (3, high, "log-uniform"), "learning_rate": rates},
        n_iter=10,
        cv=3,
        random_state=0,
        include_current=False,
    )


def test_warn_at_edges_of_a_number_that_is_found_on_a_path():
    """Most of the best candidates would have more trees; those that turn would not."""
    data = make_friedman1(120, noise=0.1, random_state=0)
    low_rates = path_search(20, (0.05, 0.2, "log-uniform"))
    with pytest.warns(SearchSpaceEdgeWarning, match="at an end") as caught:
        low_rates.fit(*data)
    text = str(caught[0].message)
    assert low_rates.best_params_["n_estimators"] == 20
    assert "{'n_estimators': (3, 200, 'log-uniform')}" in text
    assert "`n_estimators` = 20 lies at the upper end" in text
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        noise = np.random.default_rng(0).normal(size=120)
        high_rates = path_search(200, (0.3, 1.0, "log-uniform")).fit(data[0], noise)
    assert len(high_rates.trials_) == 10
    assert not any("n_estimators" in str(warning.message) for warning in caught)


def test_warn_at_edges_is_silent_where_the_fewest_trees_are_best():
    """Of equal scores the smallest value is chosen, so the lower end tells nothing."""
    search = path_search(20, (0.05, 0.2, "log-uniform"))
    search.set_params(scoring=lambda model, X, y: model.learning_rate)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        edges = [line for w in edges_of(search) for line in str(w.message).splitlines()]
    assert search.best_params_["n_estimators"] == 3
    assert not any("n_estimators" in line for line in edges)

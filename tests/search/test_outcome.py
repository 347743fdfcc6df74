"""What a fitted search says of itself: corrected score, edges, notebook."""

from __future__ import annotations

import pickle
import warnings

import numpy as np
import pytest
from scipy.stats import expon, loguniform, randint, uniform
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.datasets import load_iris
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.exceptions import SearchSpaceEdgeWarning
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.space import Real

X, Y = load_iris(return_X_y=True)


class Peak(RegressorMixin, BaseEstimator):
    """Scores a function of its parameters: best where `a` is largest."""

    def __init__(self, a=0.5, b=0.5, sign=1.0):
        self.a = a
        self.b = b
        self.sign = sign

    def fit(self, X, y):
        """Nothing is learned."""
        self.is_fitted_ = True
        return self

    def score(self, X, y):
        """The logarithm of `a`, less a little of `b`."""
        return self.sign * np.log(self.a) - (self.b - 0.5) ** 2


def edges_of(search):
    """Messages of the warnings of a fit."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X[:40], np.arange(40.0))
    return [str(w.message) for w in caught if w.category is SearchSpaceEdgeWarning]


def test_corrected_score_is_below_the_best_on_every_search():
    """All three searches have the score, from fold scores alone, also when pickled."""
    for search in (
        GridSearchCV(SVC(), {"C": [0.1, 1, 10]}),
        RandomSearchCV(SVC(), {"C": [0.1, 1, 10]}, n_iter=3, random_state=0),
        BayesSearchCV(SVC(), {"C": [0.1, 1, 10]}, n_iter=3, random_state=0),
    ):
        assert not hasattr(search, "optimism_corrected_score_")
        search.fit(X, Y)
        assert 0.9 < search.optimism_corrected_score_ <= search.best_score_
        again = pickle.loads(pickle.dumps(search))
        assert again.optimism_corrected_score_ == search.optimism_corrected_score_


def test_corrected_score_repeats_the_choice_of_a_callable():
    """The callable sees the table of all folds but one."""
    seen = []

    def first(results):
        seen.append(sorted(k for k in results if k.startswith("split")))
        assert len(results["rank_test_score"]) == 2
        return 0

    search = GridSearchCV(SVC(), {"C": [1e-6, 10]}, cv=3, refit=first).fit(X, Y)
    assert search.optimism_corrected_score_ == pytest.approx(
        search.cv_results_["mean_test_score"][0]
    )
    assert seen[0] == [f"split{k}_test_score" for k in range(3)]
    assert seen[1:] == [["split0_test_score", "split1_test_score"]] * 3


def test_corrected_score_wants_one_score():
    """One of several scores must decide."""
    several = {"scoring": ["accuracy", "f1_macro"]}
    grid = {"C": [0.1, 1]}
    named = GridSearchCV(SVC(), grid, refit="f1_macro", **several).fit(X, Y)
    assert named.optimism_corrected_score_ > 0.8
    unnamed = GridSearchCV(SVC(), grid, refit=False, **several).fit(X, Y)
    with pytest.raises(AttributeError, match="none that decides"):
        _ = unnamed.optimism_corrected_score_


@pytest.mark.parametrize(
    ("search", "space"),
    [
        (BayesSearchCV, (1e-3, 1e2, "log-uniform")),
        (BayesSearchCV, loguniform(1e-3, 1e2)),
        (RandomSearchCV, loguniform(1e-3, 1e2)),
        (RandomSearchCV, Real(1e-3, 1e2, "log-uniform")),
        (RandomSearchCV, uniform(3, 5)),
        (RandomSearchCV, randint(3, 400)),
    ],
)
def test_best_value_at_the_end_of_a_range_is_warned_about(search, space):
    """The warning names the parameter that matters, and the range to write."""
    spaces = {"a": space, "b": uniform(0.3, 0.4)}
    messages = edges_of(search(Peak(), spaces, n_iter=60, random_state=0))
    assert len(messages) == 1
    assert "`a`" in messages[0]
    assert "upper end" in messages[0]


def test_wider_range_is_ready_to_write():
    """On a log axis it is wider by powers of ten, at the end that was reached."""
    spaces = {"a": (1e-3, 1e2, "log-uniform")}
    (message,) = edges_of(BayesSearchCV(Peak(), spaces, n_iter=20, random_state=0))
    assert "{'a': (0.001, 10000.0, 'log-uniform')}" in message
    lower = BayesSearchCV(Peak(sign=-1.0), spaces, n_iter=20, random_state=0)
    (message,) = edges_of(lower)
    assert "{'a': (1e-05, 100.0, 'log-uniform')}" in message


@pytest.mark.parametrize(
    ("space", "n_iter"),
    [
        ({"a": uniform(0.5, 0.5)}, 60),  # ends at 1, where shares end
        ({"a": [0.1, 1.0, 10.0, 100.0]}, 4),  # choices
        ({"a": expon()}, 60),  # a density of its own
        ({"a": loguniform(1e-3, 1e2)}, 8),  # too few to mean anything
        ({"a": [1.0], "b": uniform(0, 3)}, 60),  # best inside
    ],
)
def test_other_ends_are_not_warned_about(space, n_iter):
    """Natural limits, choices, tails and short searches are left alone."""
    search = RandomSearchCV(Peak(), space, n_iter=n_iter, random_state=0)
    assert edges_of(search) == []


def test_parameter_that_does_not_matter_is_not_warned_about():
    """That the best of many random values lies at an end is mostly chance."""
    space = {"b": uniform(0, 3), "sign": uniform(2, 2)}
    searches = [
        RandomSearchCV(Peak(a=1.0), space, n_iter=40, random_state=seed, cv=2)
        for seed in range(10)
    ]
    assert sum(bool(edges_of(search)) for search in searches) <= 1


def test_prior_results_of_a_data_frame_are_fitted_as_the_space_has_them():
    """A depth that a table holds as 3.0, or as NaN, is an int or None to a tree."""
    pd = pytest.importorskip("pandas")
    prior = pd.DataFrame(
        {"param_max_depth": [None, 3, 5], "mean_test_score": [0.5, 0.9, 0.7]}
    )
    search = BayesSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [None, 3, 5], "min_samples_leaf": (1, 20, "uniform")},
        prior_results=prior.assign(param_min_samples_leaf=[1.0, 2.0, 3.0]),
        initial_params=[{"max_depth": 5.0, "min_samples_leaf": np.float64(4)}],
        n_iter=8,
        cv=3,
        random_state=0,
    ).fit(X, Y)
    assert {trial.status for trial in search.trials_} == {"complete"}
    assert search.cv_results_["params"][:3] == [
        {"max_depth": None, "min_samples_leaf": 1},  # the tree's own
        {"max_depth": 5, "min_samples_leaf": 4},
        {"max_depth": 3, "min_samples_leaf": 2},
    ]
    for params in search.cv_results_["params"]:
        assert type(params["max_depth"]) in (int, type(None))
        assert type(params["min_samples_leaf"]) is int

"""Is the strategy of a Bayesian search made from its parameters?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV
from skbayes.search._bayes_strategy import make_strategy, untuned_params
from skbayes.search._preparation import prepare
from skbayes.space._parsing import parse_space

X = np.random.default_rng(0).normal(size=(30, 2))
Y = np.tile([0, 1], 15)
C = {"C": (0.1, 10.0, "log-uniform")}


def made(estimator=None, space=None, **settings):
    """The strategy of a search that is not fitted."""
    settings = {"n_iter": 8, "cv": 2, "random_state": 0, **settings}
    search = BayesSearchCV(estimator or SVC(), space or C, **settings)
    return make_strategy(search, prepare(search, X, Y, {}))


def untuned(estimator, *dicts):
    """The estimator's own values of a space's parameters."""
    search = BayesSearchCV(estimator, list(dicts))
    return untuned_params(search, parse_space(list(dicts)), list(dicts))


class Normalising(BaseEstimator):
    """Changes a parameter in `__init__`, and refuses what it has made of it."""

    def __init__(self, a=1):
        if a == 0.5:
            raise ValueError("not again")
        self.a = a / 2


@pytest.mark.parametrize(
    ("estimator", "dicts", "expected"),
    [
        (SVC(C=2.0), [C], {"C": 2.0}),
        (SVC(C=np.float64(2)), [{"C": [1, 2]}], {"C": 2}),
        (SVC(C=99.0), [C], {"C": 99.0}),  # outside of the range
        (SVC(C=2.0), [{"kernel": ["linear"]}, C], {"C": 2.0}),  # in the second dict
        (
            SVC(C=2.0),
            [C | {"kernel": ["linear"]}, {"gamma": [0.1, 1.0], "kernel": ["rbf"]}],
            {"C": 2.0, "gamma": "scale", "kernel": "rbf"},  # in none of them
        ),
        (object(), [{"C": [1, 2]}], None),
        (Normalising(), [{"a": [3, 4]}], {}),
    ],
)
def test_untuned_params_are_the_estimators_own(estimator, dicts, expected):
    """The params are a point of the space if one has them, else values of all names."""
    found = untuned(estimator, *dicts)
    assert found == expected
    assert expected is None or {type(v) for v in found.values()} <= {int, float, str}


def test_make_strategy_tries_the_untuned_estimator_first():
    """The untuned estimator comes first unless it is left out."""
    strategy = made(SVC(C=3.0))
    assert strategy.untuned == {"C": 3.0}
    assert strategy.ask(1) == [{"C": 3.0}]
    assert made(SVC(C=3.0), include_current=False).untuned is None
    strategy = made(SVC(C=99.0))
    assert strategy.ask(1) == [{"C": 99.0}]
    assert strategy.n_candidates == 8


def test_make_strategy_begins_with_the_users_points():
    """The user's points come behind the untuned estimator, before any others."""
    points = [{"C": 0.2}, {"C": 5.0}]
    strategy = made(initial_params=points, first_points=False)
    assert strategy.ask(3) == [{"C": 1.0}, *points]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"n_iter": 2}, "n_iter=2 leaves room for 1, beside the unt.* to 3 "),
        ({"n_iter": 1, "include_current": False}, "room for 1. Set"),
        ({"n_iter": 1, "estimator": SVC(C=5.0)}, "room for 1. Set n_iter to 2 "),
    ],
    ids=["beside", "alone", "among"],
)
def test_make_strategy_warns_of_points_that_n_iter_leaves_out(settings, told):
    """Points in vain are told; the untuned estimator may be one of them."""
    points = [{"C": 5.0}, {"C": 0.2}]
    with pytest.warns(UserWarning, match=f"`initial_params` .*has 2 points.*{told}"):
        made(initial_params=points, **settings)
    made(**settings | {"initial_params": points, "n_iter": 3})
    made(SVC(C=5.0), initial_params=points, n_iter=2)


def test_make_strategy_checks_names_before_rules_are_added():
    """A misspelt name is told as such."""
    with pytest.raises(ValueError, match="Did you mean 'C'"):
        made(space={"c": [1, 2]})


def test_make_strategy_refuses_a_space_of_which_nothing_can_be_fitted():
    """What is known of the estimator tells that no point can be fitted."""
    space = {"penalty": ["l1"], "solver": ["lbfgs"], "C": (0.1, 1.0, "uniform")}
    with pytest.raises(ValueError, match="a combination of values that can be fitted"):
        made(LogisticRegression(), space)


def test_make_strategy_weighs_cost_under_a_time_budget_only():
    """The error says what is missing where cost is asked for without a budget."""
    with pytest.raises(ValueError, match="`cost_aware` parameter .* set `time_budget`"):
        made(cost_aware=True)
    made(cost_aware=True, time_budget=100.0)


def test_make_strategy_of_one_candidate():
    """The one candidate is the untuned estimator, in the space or apart from it."""
    for c in (3.0, 99.0):
        strategy = made(SVC(C=c), n_iter=1)
        assert strategy.n_candidates == 1
        assert strategy.ask(2) == [{"C": c}]

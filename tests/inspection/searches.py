"""Searches of every shape, for displays to draw."""

from __future__ import annotations

import math

from scipy.stats import loguniform, norm, randint
from sklearn.base import BaseEstimator
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.inspection.conftest import Formula, additive, fitted

LONG = (
    "preprocessing__numeric_columns__imputer__strategy",
    "preprocessing__categorical_columns__encoder__handle_unknown",
    "classifier__histgradientboostingclassifier__l2_regularization",
    "classifier__histgradientboostingclassifier__max_leaf_nodes",
    "classifier__histgradientboostingclassifier__learning_rate",
    "a_single_parameter_with_a_very_long_name_indeed",
    "b",
    "preprocessing__numeric_columns__scaler",
    "left__C",
    "right__C",
)
LONG_SPACE = {
    LONG[0]: ["mean", "median", "most_frequent", "constant_with_a_long_fill_value"],
    LONG[1]: ["ignore", "infrequent_if_exist", "error"],
    LONG[2]: loguniform(1e-10, 1e2),
    LONG[3]: randint(2, 1000),
    LONG[4]: loguniform(1e-3, 1),
    LONG[5]: [0.001, 0.01, 0.1, 1.0, 10.0, 100.0],
    LONG[6]: norm(0, 1),
    LONG[7]: [True, False],
    LONG[8]: (1e-2, 1e2, "log-uniform"),
    LONG[9]: [f"category_{i}_long_name" for i in range(15)],
}


class ManyParameters(BaseEstimator):
    """Has any parameters; two of them and a category matter."""

    names = LONG

    def __init__(self, values=None):
        self.values = values

    def get_params(self, deep=True):
        """All values, missing ones None."""
        own = dict(self.values or {})
        return {"values": own} | {name: own.get(name) for name in self.names}

    def set_params(self, **params):
        """Take values without looking at their names."""
        base = params.pop("values", self.values) or {}
        self.values = base | params
        return self

    def __sklearn_clone__(self):
        """Copy the values."""
        return type(self)(dict(self.values or {}))

    def fit(self, X, y=None):
        """Nothing to learn."""
        return self

    def score(self, X, y=None):
        """Numbers of a size that needs room on an axis."""
        v = self.values
        loss = (math.log10(v[LONG[4]]) + 1.5) ** 2 + 0.3 * math.log10(v[LONG[8]]) ** 2
        loss += v[LONG[0]] == "most_frequent"
        return -1e4 * (loss + 0.1 * float(X.mean()))


def long_names():
    """Ten parameters with long names and long values."""
    search = RandomSearchCV(
        ManyParameters(), LONG_SPACE, n_iter=60, cv=5, random_state=0
    )
    return fitted(search)


class TwelveParameters(ManyParameters):
    """Cannot be scored where the third is large."""

    names = tuple(f"part_{i // 4}__param_{i}" for i in range(12))

    def score(self, X, y=None):
        """The first and the second matter."""
        v = self.values
        if v[self.names[2]] > 400:
            raise ValueError("too many leaves for so few samples")
        loss = 0.01 * (math.log10(v[self.names[0]]) + 2.0) ** 2
        return 0.9 - loss + 0.001 * len(v[self.names[1]]) + 0.01 * float(X.mean())


def twelve():
    """Numbers, categories and ranges in turn, some candidates without a score."""
    kinds = (
        (1e-5, 1e2, "log-uniform"),
        ["alpha", "beta", "gamma", "a rather long name of a category"],
        (1, 500, "uniform"),
    )
    names = TwelveParameters.names
    space = {name: kinds[(i + i // 9) % 3] for i, name in enumerate(names)}
    search = RandomSearchCV(TwelveParameters(), space, n_iter=40, cv=3, random_state=1)
    return fitted(search)


def partly_failing(a, b, c, kind):
    """Not defined for large a."""
    return math.nan if a > 0.8 else -((a - 0.3) ** 2) + (0.1 if kind == "y" else 0.0)


def bayes_with_failures():
    """A Bayesian search in which some candidates fail, the untuned one among them."""
    space = {
        "a": (0.0, 1.0, "uniform"),
        "b": (1e-3, 1e3, "log-uniform"),
        "kind": ["x", "y"],
    }
    estimator = Formula(a=0.5, b=1.0, formula=partly_failing)
    search = BayesSearchCV(
        estimator,
        space,
        n_iter=25,
        cv=3,
        random_state=0,
        initial_params=[{"a": a, "b": 2.0, "kind": "x"} for a in (0.9, 0.95)],
    )
    return fitted(search)


def race():
    """A search that stops losers."""
    space = {"a": (0.0, 1.0, "uniform"), "b": [1, 2, 4, 8]}
    estimator = Formula(formula=additive)
    return fitted(
        RandomSearchCV(estimator, space, n_iter=40, cv=5, racing=True, random_state=0)
    )


def conditional():
    """Two dicts that share a parameter."""

    def formula(a, b, c, kind):
        return a + (b if kind == "x" else 0.5)

    space = [
        {"kind": ["x"], "a": (0.0, 1.0, "uniform"), "b": (0.0, 1.0, "uniform")},
        {"kind": ["y"], "a": (0.0, 1.0, "uniform"), "c": ["p", "q", "r"]},
    ]
    estimator = Formula(formula=formula)
    return fitted(BayesSearchCV(estimator, space, n_iter=30, cv=3, random_state=0))


def theirs():
    """A grid search of scikit-learn."""
    grid = {"a": [0.0, 0.25, 0.5, 1.0], "b": [1.0, 10.0, 100.0], "kind": ["x", "y"]}
    return fitted(TheirGridSearchCV(Formula(formula=additive), grid, cv=3))


def without_refit():
    """Nothing was refitted."""
    grid = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}
    return fitted(GridSearchCV(Formula(formula=additive), grid, cv=3, refit=False))


#: Searches that everything can be drawn of.
RICH = {
    f.__name__: f
    for f in (
        long_names,
        twelve,
        bayes_with_failures,
        race,
        conditional,
        theirs,
        without_refit,
    )
}


def one_trial():
    """A single candidate."""
    return fitted(GridSearchCV(Formula(formula=additive), {"a": [0.5]}, cv=3))


def one_trial_of_many():
    """A single candidate of a space with more."""
    search = RandomSearchCV(
        Formula(formula=additive),
        {"a": (0.0, 1.0, "uniform"), "kind": ["x", "y"]},
        n_iter=1,
        cv=3,
        random_state=0,
    )
    return fitted(search)


def equal_scores():
    """Nothing matters."""
    estimator = Formula(formula=lambda a, b, c, kind: 0.5)
    return fitted(GridSearchCV(estimator, {"a": [0.0, 0.3, 0.6, 0.9, 1.2]}, cv=3))


def all_failed_but_one():
    """One candidate has a score."""
    estimator = Formula(formula=lambda a, b, c, kind: math.nan if a else 0.5)
    return fitted(GridSearchCV(estimator, {"a": [0.9, 0.3, 0.6, 0.0, 1.2]}, cv=3))


#: Searches that no model can be fitted to.
POOR = {
    f.__name__: f
    for f in (one_trial, one_trial_of_many, equal_scores, all_failed_but_one)
}

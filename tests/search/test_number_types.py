"""Are ranges of the wrong type of number told before the first fit?"""

from __future__ import annotations

import pytest
from scipy.stats import loguniform, randint, uniform
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes._compat import numbers_taken
from skbayes.search import BayesSearchCV, RandomSearchCV
from skbayes.search._number_types import check_number_types, owner_of
from skbayes.search._param_names import check_param_names
from skbayes.space import Categorical, Integer, Real
from skbayes.space._grids import check_param_distributions
from skbayes.space._parsing import parse_space
from tests.space.labels import label

X, y = load_iris(return_X_y=True)
TREE = DecisionTreeClassifier()


class Foreign(ClassifierMixin, BaseEstimator):
    """An estimator that does not say which values it takes."""

    def __init__(
        self,
        rate=0.1,
        depth=3,
        unset=None,
        annotated: float | None = None,
        counted: int | float | None = None,
    ):
        self.rate = rate
        self.depth = depth
        self.unset = unset
        self.annotated = annotated
        self.counted = counted


class PassingOn(Foreign):
    """Its constructor names no parameter, like those of XGBoost."""

    def __init__(self, **settings):
        super().__init__(**settings)

    @classmethod
    def _get_param_names(cls):
        return Foreign._get_param_names()


class Nones(BaseEstimator):
    """All of its defaults are None."""

    def __init__(self, subsample=None, reg_lambda=None, max_depth=None):
        self.subsample = subsample
        self.reg_lambda = reg_lambda
        self.max_depth = max_depth


#: The tables of presets know XGBoost's classes by their names.
LIKE_XGBOOST = type("XGBClassifier", (Nones,), {"__module__": "xgboost.sklearn"})()


def check(kind, estimator, space):
    """What both searches ask, without a fit."""
    search = kind(estimator, space)
    parsed = (
        parse_space(space).branches
        if kind is BayesSearchCV
        else check_param_distributions([space] if isinstance(space, dict) else space)
    )
    estimators = check_param_names(search, parsed, "param_distributions")
    check_number_types(search, parsed, estimators, "param_distributions")


both = pytest.mark.parametrize("kind", [RandomSearchCV, BayesSearchCV])


@both
@pytest.mark.parametrize(
    ("estimator", "name", "value", "advice"),
    [
        (SVC(), "C", (0, 1, "uniform"), r"\(0.0, 1.0, 'uniform'\) for real"),
        (SVC(), "C", (1, 99, "log-uniform"), r"\(1.0, 99.0, 'log-uniform'\) for real"),
        (SVC(), "tol", (0, 1, "uniform"), r"Integer\(0, 1, 'uniform'\) for integers"),
        (TREE, "max_features", (0, 1, "uniform"), r"\(0.0, 1.0, 'uniform'\)"),
        (TREE, "ccp_alpha", (0, 5, "uniform"), r"\(0.0, 5.0, 'uniform'\)"),
        (Foreign(), "rate", (0, 1, "uniform"), r"\(0.0, 1.0, 'uniform'\)"),
        (Foreign(rate=1), "rate", (0, 1, "uniform"), r"\(0.0, 1.0, 'uniform'\)"),
        (Foreign(unset=0.5), "unset", (0, 1, "uniform"), r"\(0.0, 1.0, 'uniform'\)"),
        (Foreign(), "unset", (0, 1, "uniform"), r"\(0.0, 1.0, 'uniform'\)"),
        (Foreign(), "annotated", (1, 9, "uniform"), r"\(1.0, 9.0, 'uniform'\)"),
        (PassingOn(), "annotated", (1, 9, "uniform"), r"\(1.0, 9.0, 'uniform'\)"),
        (LIKE_XGBOOST, "subsample", (0, 1, "uniform"), r"\(0.0, 1.0, 'uniform'\)"),
        (LIKE_XGBOOST, "reg_lambda", (1, 9, "uniform"), r"\(1.0, 9.0, 'uniform'\)"),
    ],
)
def test_check_number_types_refuses_integers_for_real_numbers(
    kind, estimator, name, value, advice
):
    """(0, 1, "uniform") is not silently the choice of 0 or 1."""
    with pytest.raises(ValueError, match=f"'{name}' in the .*{advice}"):
        check(kind, estimator, {name: value})
    nested = Pipeline([("m", estimator)])
    with pytest.raises(ValueError, match=f"'m__{name}' in the .*{advice}"):
        check(kind, nested, {f"m__{name}": value})


@both
@pytest.mark.parametrize(
    ("estimator", "name", "value", "advice"),
    [
        (TREE, "max_depth", (1.0, 10.0, "uniform"), r"Write \(1, 10, 'uniform'\)"),
        (TREE, "max_depth", Real(1, 9.5), r"Write Integer\(1, 10, prior='uniform'\)"),
        (TREE, "max_depth", uniform(1, 9), r"Got uniform\(1, 9\).*randint\(1, 11\)"),
        (RandomForestClassifier(), "n_estimators", loguniform(10, 99), "randint"),
        (SVC(), "degree", (2.0, 5.0, "uniform"), r"Write \(2, 5, 'uniform'\)"),
        (TREE, "min_samples_leaf", (1.0, 9.0, "uniform"), r"there.*\(1, 9, 'uniform'"),
        (TREE, "max_features", Real(2, 9), r"Write Integer\(2, 9, prior='uniform'\)"),
    ],
)
def test_check_number_types_refuses_real_numbers_for_integers(
    kind, estimator, name, value, advice
):
    """The error comes before the first fit; otherwise every fit would fail."""
    with pytest.raises(ValueError, match=f"'{name}' in the .*integers.*{advice}"):
        check(kind, estimator, {name: value})


@both
@pytest.mark.parametrize(
    ("name", "value", "advice"),
    [
        ("min_samples_split", (1, 10, "uniform"), r"\(2, 10, 'uniform'\)"),
        ("max_features", (0, 4, "uniform"), r"\(1, 4, 'uniform'\)"),
        ("min_samples_leaf", (0, 20, "uniform"), r"\(1, 20, 'uniform'\)"),
    ],
)
def test_check_number_types_refuses_counts_that_begin_too_low(
    kind, name, value, advice
):
    """A share is at most 1, so integers are meant."""
    with pytest.raises(ValueError, match=f"takes integers.*Write {advice}"):
        check(kind, TREE, {name: value})


@both
@pytest.mark.parametrize(
    ("estimator", "space"),
    [
        (SVC(), {"C": (0.0, 1.0, "uniform"), "degree": (1, 5, "uniform")}),
        (SVC(), {"C": (0, 1.0, "uniform")}),
        (SVC(), {"C": Integer(1, 1000), "tol": randint(1, 5)}),
        (SVC(), {"C": [1, 10, 100]}),
        (SVC(), {"C": Categorical([1, 2])}),
        (TREE, {"max_features": (1, 4, "uniform"), "max_depth": [1.0, 2]}),
        (TREE, {"min_samples_leaf": (0.1, 0.5, "uniform")}),
        (TREE, {"max_depth": randint(1, 9), "random_state": (0, 9, "uniform")}),
        (Foreign(), {"depth": (1, 9, "uniform"), "unset": (0, 2, "uniform")}),
        (Foreign(), {"counted": (1, 9, "uniform")}),
        (LIKE_XGBOOST, {"max_depth": (1, 9, "uniform")}),
        (Foreign(depth=1), {"depth": (0.5, 9.0, "uniform")}),
        (Pipeline([("m", SVC())]), {"m": [TREE, SVC()], "m__C": (0, 1, "uniform")}),
    ],
    ids=label,
)
def test_check_number_types_leaves_other_ranges_alone(kind, estimator, space):
    """These are explicit dimensions, counts, unknown names, and steps that vary."""
    check(kind, estimator, space)


def test_check_number_types_tells_all_at_once():
    """One round mends all mistakes."""
    space = {"C": (1, 9, "uniform"), "gamma": (0, 1, "uniform")}
    with pytest.raises(ValueError, match=r"(?s)'C' in.*\n.*'gamma' in"):
        check(BayesSearchCV, SVC(), space)


def test_check_number_types_looks_at_each_branch():
    """The choice of the step decides which numbers are taken."""
    pipeline = Pipeline([("m", SVC())])
    space = [
        {"m__C": (0.5, 9.0, "uniform")},
        {"m": [TREE], "m__max_depth": (1.0, 9.0, "uniform")},
    ]
    with pytest.raises(ValueError, match="'m__max_depth' .* DecisionTreeClassif"):
        check(BayesSearchCV, pipeline, space)


@pytest.mark.parametrize(
    ("kind", "name", "value", "is_taken"),
    [
        (SVC, "C", 0.5, True),
        (SVC, "C", 0.0, False),
        (SVC, "degree", 0, True),
        (SVC, "degree", -1, False),
        (DecisionTreeClassifier, "max_features", 1.0, True),
        (DecisionTreeClassifier, "max_features", 0.0, False),
        (DecisionTreeClassifier, "max_leaf_nodes", 1, False),
    ],
)
def test_numbers_taken_agrees_with_scikit_learns_validation(
    kind, name, value, is_taken
):
    """An interval contains just what a fit takes."""
    estimator = kind(**{name: value})
    intervals = numbers_taken(kind, name)
    fits = (
        (i.takes_integers if isinstance(value, int) else i.takes_reals)
        and i.contains(value)
        for i in intervals
    )
    assert any(fits) is is_taken
    if is_taken:
        estimator.fit(X, y)
    else:
        with pytest.raises(ValueError, match=f"'{name}' parameter of"):
            estimator.fit(X, y)


def test_numbers_taken_is_none_where_nothing_is_said():
    """Nothing is said of unknown classes, unknown parameters and unknown words."""
    assert numbers_taken(Foreign, "rate") is None
    assert numbers_taken(SVC, "nothing") is None
    assert numbers_taken(SVC, "random_state") is None
    assert numbers_taken(SVC, "kernel") == ()


def test_owner_of_finds_the_innermost_part():
    """A nested name leads to the part that has it; a wrong one nowhere."""
    inner = Pipeline([("svc", SVC())])
    outer = Pipeline([("p", inner)])
    assert owner_of(outer, "p__svc__C") == (inner["svc"], "C")
    assert owner_of(outer, "memory") == (outer, "memory")
    assert owner_of(outer, "q__C") is None

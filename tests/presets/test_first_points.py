"""Are the known points of an estimator good first candidates of a space?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes.presets import suggest_space
from skbayes.presets._facts import Facts
from skbayes.presets._first_points import MAX_FIRST, first_points_in, untuned_point
from skbayes.space._parsing import parse_space

PIPELINE = Pipeline([("scale", StandardScaler()), ("svc", SVC())])
RANGES = {
    "svc__C": (1e-2, 1e4, "log-uniform"),
    "svc__gamma": (1e-7, 1e1, "log-uniform"),
}


def points_of(estimator, space):
    """The known points of an estimator in a space, which must all lie there."""
    parsed = parse_space(space)
    points = first_points_in(estimator, parsed, Facts(n_samples=400, n_features=10))
    assert all(parsed.contains(point) for point in points)
    assert len({parsed.key(point) for point in points}) == len(points)
    return points


def test_first_points_in_leave_the_rest_of_a_pipeline_as_it_is():
    """A step that the best common default does not name is the pipeline's own."""
    scalers = [StandardScaler(), MinMaxScaler(), "passthrough"]
    first = points_of(PIPELINE, {"scale": scalers, **RANGES})[0]
    assert first["scale"] is scalers[0]


def test_first_points_in_try_what_points_do_not_name():
    """The other points try choices in turns, and numbers far from each other."""
    scalers = [StandardScaler(), MinMaxScaler(), "passthrough"]
    space = {"scale": scalers, "svc__tol": (1e-5, 1e-1, "log-uniform"), **RANGES}
    points = points_of(PIPELINE, space)
    assert 2 <= len(points) <= MAX_FIRST
    assert len({id(point["scale"]) for point in points[:3]}) == 3
    decades = np.sort(np.log10([point["svc__tol"] for point in points]))
    assert np.diff(decades).min() > 0.3


def test_first_points_in_take_numbers_beyond_a_range_to_its_end():
    """Points need not lie in the space to point to where it is best."""
    points = points_of(SVC(), {"C": (1e-3, 1e-2, "log-uniform")})
    assert points
    assert all(point["C"] == pytest.approx(1e-2) for point in points[:1])


@pytest.mark.parametrize(
    ("space", "expected"),
    [
        (RANGES, {"svc__C": 1.0, "svc__gamma": 0.1}),
        ({"svc__gamma": [0.1, 1.0]}, {"svc__gamma": 0.1}),
        ({**RANGES, "svc__C": (10.0, 1e4, "log-uniform")}, None),
        ({**RANGES, "svc__kernel": ["linear", "poly"]}, None),
        ([{"svc__kernel": ["linear"]}, RANGES], {"svc__C": 1.0, "svc__gamma": 0.1}),
    ],
)
def test_untuned_point_has_the_numbers_of_words(space, expected):
    """gamma="scale" is a tenth with ten features; nothing is moved to an end."""
    facts = Facts(n_samples=400, n_features=10)
    assert untuned_point(PIPELINE, parse_space(space), facts) == expected


@pytest.mark.parametrize(
    ("estimator", "name"),
    [
        (HistGradientBoostingClassifier(), "l2_regularization"),
        (HistGradientBoostingRegressor(), "l2_regularization"),
        (DecisionTreeClassifier(), "ccp_alpha"),
    ],
)
def test_untuned_point_counts_no_penalty_as_the_least_one(estimator, name):
    """A suggested range by orders of magnitude has no 0, and no candidate is lost."""
    X = np.random.default_rng(0).normal(size=(400, 10))
    y = (X[:, 0] > 0.0).astype(int)
    space = parse_space(suggest_space(estimator, X, y))
    facts = Facts(n_samples=400, n_features=10)
    for own, expected in ((0.0, 1e-6), (0.05, 0.05)):
        estimator.set_params(**{name: own})
        point = untuned_point(estimator, space, facts)
        assert point[name] == pytest.approx(expected)


@pytest.mark.parametrize("bootstrap", [True, False])
def test_first_points_in_keep_the_own_choices_of_a_forest(bootstrap):
    """They were found with bootstrap samples or without, as the user has it."""
    forest = RandomForestClassifier(bootstrap=bootstrap)
    space = [
        {"bootstrap": [False], "max_features": (0.05, 1.0, "uniform")},
        {
            "bootstrap": [True],
            "max_features": (0.05, 1.0, "uniform"),
            "max_samples": (0.3, 1.0, "uniform"),
        },
    ]
    points = points_of(forest, space)
    assert len(points) > 1
    assert {point["bootstrap"] for point in points} == {bootstrap}


def test_first_points_in_are_none_for_an_unknown_estimator():
    """Nothing is guessed."""

    class Own(SVC):
        def fit(self, X, y):
            return super().fit(X, y)

    assert points_of(Own(), RANGES | {"svc__C": (0.1, 1.0, "uniform")}) == []

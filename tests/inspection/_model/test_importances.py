"""Do importances of searches agree with what is known of the functions searched?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.model_selection import RandomizedSearchCV

from skbayes.inspection import ParamImportances, param_importances
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.inspection.conftest import Formula, additive, fitted, quadratic

SPACE = {
    "a": (0.0, 1.0, "uniform"),
    "b": (0.0, 1.0, "uniform"),
    "c": (0.0, 1.0, "uniform"),
    "kind": ["x", "y"],
}
#: Variances of 2 a, b and a step of a half: 4/12, 1/12 and 1/16.
EXPECTED = dict(
    zip(["a", "b", "kind", "c"], np.array([16, 4, 3, 0]) / 23.0, strict=True)
)


def ishigami(a, b, c, kind):
    """Known indices 0.558, 0.442 and 0.244."""
    return math.sin(a) + 7.0 * math.sin(b) ** 2 + 0.1 * c**4 * math.sin(a)


@pytest.fixture(scope="module")
def random_search():
    """A random search of an additive function."""
    search = RandomSearchCV(
        Formula(formula=additive), SPACE, n_iter=50, cv=2, random_state=0
    )
    return fitted(search)


def test_param_importances_of_an_additive_function(random_search):
    """The shares of the variance are sorted, most important first."""
    found = param_importances(random_search, random_state=0)
    assert found.names == ("a", "b", "kind", "c")
    expected = [EXPECTED[name] for name in found.names]
    np.testing.assert_allclose(found.total_mean, expected, atol=0.02)
    np.testing.assert_allclose(found.first_order_mean, expected, atol=0.02)
    assert (found.total_std < 0.02).all()
    assert found.explained > 0.99
    np.testing.assert_array_equal(found.active_fraction, 1.0)


def test_param_importances_of_ishigami():
    """The function has interactions that no model knows exactly."""
    pi = math.pi
    space = dict.fromkeys("abc", (-pi, pi, "uniform"))
    search = RandomSearchCV(
        Formula(formula=ishigami), space, n_iter=250, cv=2, random_state=0
    )
    found = param_importances(fitted(search), random_state=0)
    total = dict(zip(found.names, found.total_mean, strict=True))
    first = dict(zip(found.names, found.first_order_mean, strict=True))
    for name, index, alone in (("a", 0.558, 0.314), ("b", 0.442, 0.442)):
        assert total[name] == pytest.approx(index, abs=0.05)
        assert first[name] == pytest.approx(alone, abs=0.05)
    assert total["c"] == pytest.approx(0.244, abs=0.05)
    assert first["c"] == pytest.approx(0.0, abs=0.05)


def test_param_importances_spread_by_what_is_not_known():
    """Ten trials leave more uncertainty than a hundred."""
    pi = math.pi
    space = dict.fromkeys("abc", (-pi, pi, "uniform"))
    spreads = []
    for n_iter in (10, 100):
        search = RandomSearchCV(
            Formula(formula=ishigami), space, n_iter=n_iter, cv=2, random_state=0
        )
        found = param_importances(fitted(search), random_state=0)
        spreads.append(found.total_std.mean())
    assert spreads[0] > 2.0 * spreads[1]


@pytest.mark.parametrize("cls", [BayesSearchCV, RandomSearchCV, RandomizedSearchCV])
def test_param_importances_of_every_kind_of_search(cls):
    """The parameter that matters is found, on a log axis, whoever searched."""
    space = {"a": [0.0, 0.3, 0.6, 0.9], "b": loguniform(1e-3, 1e3), "c": [1.0, 2.0]}
    search = cls(Formula(formula=quadratic), space, n_iter=25, cv=2, random_state=0)
    found = param_importances(fitted(search), random_state=0)
    assert found.names[0] == "b"
    assert found.total_mean[0] > 0.8
    assert found.total_mean[list(found.names).index("c")] < 0.05


def test_param_importances_near_the_optimum_are_others():
    """A slope decides over the whole space; on the plateau above it, b does."""

    def plateau(a, b, c, kind):
        return -8.0 * max(a - 0.5, 0.0) ** 2 + 0.5 * b

    search = RandomSearchCV(
        Formula(formula=plateau), SPACE, n_iter=80, cv=2, random_state=0
    )
    search = fitted(search)
    whole = param_importances(search, random_state=0)
    near = param_importances(search, near_optimum=0.2, random_state=0)
    assert whole.names[0] == "a"
    assert near.names[0] == "b"
    assert near.near_optimum == 0.2
    assert param_importances(search, near_optimum=True).near_optimum == 0.1


def test_param_importances_of_conditional_spaces():
    """A parameter of one branch counts there, and is called conditional."""

    def formula(a, b, c, kind):
        return a if kind == "x" else 1.5

    space = [
        {"kind": ["x"], "a": (0.0, 1.0, "uniform")},
        {"kind": ["y"], "b": (0.0, 1.0, "uniform")},
    ]
    search = RandomSearchCV(
        Formula(formula=formula), space, n_iter=60, cv=2, random_state=0
    )
    found = param_importances(fitted(search), random_state=0)
    table = {n: i for i, n in enumerate(found.names)}
    assert found.names[0] == "kind"
    np.testing.assert_allclose(
        found.active_fraction[[table["kind"], table["a"], table["b"]]],
        [1.0, 0.5, 0.5],
        atol=0.02,
    )
    assert found.total_mean[table["b"]] < 0.02
    assert found.total_when_active.mean(axis=1)[table["a"]] > 0.9


def test_param_importances_of_a_parameter_that_never_varied_are_nan():
    """The parameter comes last: neither a constant nor luck says anything."""
    space = SPACE | {"c": [3.0]}
    search = RandomSearchCV(
        Formula(formula=additive), space, n_iter=12, cv=2, random_state=0
    )
    found = param_importances(fitted(search), random_state=0)
    assert found.names[-1] == "c"
    assert np.isnan(found.total_mean[-1])
    assert np.isfinite(found.total_mean[:-1]).all()
    assert np.isnan(found.to_frame().loc["c", "active_fraction"])


def test_param_importances_take_failed_candidates_for_bad_ones():
    """Where half of the space fails, what decides that is what matters."""

    def formula(a, b, c, kind):
        return math.nan if a > 0.5 else 0.1 * b

    search = RandomSearchCV(
        Formula(formula=formula), SPACE, n_iter=60, cv=2, random_state=0
    )
    found = param_importances(fitted(search), random_state=0)
    assert {"a", "b"} == set(found.names[:2])
    assert found.total_mean[list(found.names).index("a")] > 0.2


def test_param_importances_understand_races():
    """Candidates stopped early count with what they showed."""
    estimator = Formula(formula=additive)
    search = RandomSearchCV(
        estimator, SPACE, n_iter=60, cv=5, racing=True, random_state=0
    )
    found = param_importances(fitted(search), random_state=0)
    assert found.names[0] == "a"
    assert found.total_mean[0] == pytest.approx(EXPECTED["a"], abs=0.1)


def test_param_importances_repeat_with_a_seed(random_search):
    """The same seed gives the same numbers, another one others."""
    one, same, other = (
        param_importances(random_search, random_state=s, n_draws=2) for s in (0, 0, 1)
    )
    np.testing.assert_array_equal(one.total, same.total)
    assert (one.total != other.total).any()


def test_param_importances_have_one_number_for_each_draw(random_search):
    """Shapes are as documented, values are shares."""
    found = param_importances(random_search, n_draws=5, n_samples=33)
    for values in (found.total, found.first_order, found.total_when_active):
        assert values.shape == (4, 5)
        assert ((values >= 0.0) & (values <= 1.0)).all()
    assert list(found.to_frame().columns[:2]) == ["total", "total_std"]


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_draws": 0}, r"`n_draws` .* integer >= 1\. Got 0 instead"),
        ({"n_draws": True}, r"`n_draws` .* integer >= 1\. Got True instead"),
        ({"n_samples": 1.5}, r"`n_samples` .* integer >= 2\. Got 1\.5 instead"),
        ({"near_optimum": 0.0}, r"`near_optimum` .* Got 0\.0 instead"),
        ({"near_optimum": "best"}, r"`near_optimum` .* Got 'best' instead"),
        ({"metric": "auc"}, r"`metric` .* Got 'auc' instead"),
    ],
)
def test_param_importances_refuse_bad_parameters(random_search, parameters, message):
    """The message names the parameter and what it must be."""
    with pytest.raises(ValueError, match=message):
        param_importances(random_search, **parameters)


@pytest.mark.parametrize(
    ("formula", "grid", "message"),
    [
        (additive, {"a": [0.0, 0.5, 1.0]}, "at least 4 candidates with a score"),
        (additive, {"a": [0.5]}, "at least 4 candidates with a score"),
        (
            lambda a, b, c, kind: math.nan if a else 1.0,
            {"a": [0.0, 0.2, 0.4, 0.6, 0.8]},
            r"has 1 \(of 5 candidates\)",
        ),
        (
            lambda a, b, c, kind: 0.5,
            {"a": [0.0, 0.2, 0.4, 0.6]},
            r"scores that differ, but all 4 .* score 0\.50\d*: no parameter mattered",
        ),
    ],
)
def test_param_importances_refuse_results_that_say_nothing(formula, grid, message):
    """The message says what is missing and what to do."""
    search = fitted(GridSearchCV(Formula(formula=formula), grid, cv=2))
    with pytest.raises(ValueError, match=message):
        param_importances(search)


def test_param_importances_of_a_search_without_refit():
    """Importances need nothing of the best estimator."""
    grid = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}
    search = GridSearchCV(Formula(formula=additive), grid, cv=2, refit=False)
    assert param_importances(fitted(search), random_state=0).names[0] == "a"


def test_param_importances_for_another_metric_than_the_searched_one():
    """The model is fitted to the scores that are asked for."""

    def scores(estimator, X, y=None):
        return {"first": estimator.score(X), "second": 5.0 * estimator.b}

    search = BayesSearchCV(
        Formula(formula=additive),
        SPACE,
        n_iter=20,
        cv=2,
        scoring=scores,
        refit="first",
        random_state=0,
    )
    search = fitted(search)
    assert param_importances(search, random_state=0).names[0] == "a"
    found = param_importances(search, metric="second", random_state=0)
    assert found.names[0] == "b"
    assert found.metric == "second"


def test_param_importances_have_a_short_repr():
    """The text has a line for each parameter, most important first, and the share."""
    found = ParamImportances(
        names=("model__C", "gamma"),
        total=np.array([[0.8, 0.9], [0.1, 0.2]]),
        first_order=np.zeros((2, 2)),
        total_when_active=np.zeros((2, 2)),
        active_fraction=np.ones(2),
        explained=0.931,
        near_optimum=0.1,
        metric="accuracy",
    )
    assert repr(found).splitlines() == [
        "ParamImportances of accuracy, best 10% (93% of the variance explained):",
        "  model__C  0.85 ± 0.05",
        "  gamma     0.15 ± 0.05",
    ]

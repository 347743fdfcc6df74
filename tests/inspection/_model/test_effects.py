"""Do effects show the functions that were searched?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import loguniform, qmc
from sklearn.model_selection import RandomizedSearchCV

from skbayes._gp import layout_of
from skbayes.inspection import EffectDisplay
from skbayes.inspection._column_axis import column_axes
from skbayes.inspection._model.effects import effect
from skbayes.inspection._model.score_model import score_model
from skbayes.inspection._search_record import read_search
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.inspection.conftest import Formula, additive, fitted, quadratic

SPACE = {
    "a": (0.0, 1.0, "uniform"),
    "b": loguniform(1e-1, 1e3),
    "kind": ["x", "y"],
}
#: What the fold adds on the mean of all folds.
FOLD = 0.005


def saddle(a, b, c, kind):
    """An interaction of a and the log of b, and a step between kinds."""
    return a * math.log10(b) + (1.0 if kind == "y" else 0.0)


@pytest.fixture(scope="module")
def search():
    """A random search of the saddle."""
    estimator = Formula(formula=saddle)
    return fitted(RandomSearchCV(estimator, SPACE, n_iter=60, cv=2, random_state=0))


def shown(search, params, **settings):
    """The first effect of a display."""
    return EffectDisplay.from_search(
        search, params, random_state=0, **settings
    ).effects[0]


def test_effect_of_one_parameter_is_the_mean_over_the_others(search):
    """The mean over b and kind is known: log10 b has mean 1, the step a half."""
    found = shown(search, ["a"])
    (a,) = found.places
    np.testing.assert_allclose(found.median, a * 1.0 + 0.5 + FOLD, atol=0.03)
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()


def test_effect_on_log_axes_and_categories(search):
    """b is drawn at its values on a log axis, kinds at their codes."""
    found = shown(search, ["b"])
    assert found.axes[0].kind == "log"
    (b,) = found.places
    np.testing.assert_allclose(found.median, 0.5 * np.log10(b) + 0.5 + FOLD, atol=0.03)
    found = shown(search, ["kind"])
    assert found.axes[0].tick_labels == ("x", "y")
    np.testing.assert_allclose(np.diff(found.median), 1.0, atol=0.03)


def test_effect_of_two_parameters_shows_the_interaction(search):
    """The interaction shows in a map, averaged over the kinds."""
    found = shown(search, [("a", "b")])
    a, b = found.places
    expected = a[:, None] * np.log10(b) + 0.5 + FOLD
    np.testing.assert_allclose(found.median, expected, atol=0.06)


def test_effect_around_the_best_candidate(search):
    """The other parameters are held at the values of the best candidate."""
    best = search.best_params_
    found = shown(search, ["a"], others="best")
    expected = found.places[0] * math.log10(best["b"]) + (best["kind"] == "y") + FOLD
    np.testing.assert_allclose(found.median, expected, atol=0.06)


def test_effect_has_the_band_of_the_average(search):
    """Mean and variance equal those of the average of the joint posterior."""
    record = read_search(search, caller="x")
    model = score_model(search, record, caller="x")
    axes = column_axes(model.space)
    found = effect(
        model,
        axes,
        (0,),
        around=None,
        confidence=0.6826894921370859,
        rng=np.random.default_rng(3),
    )
    sequence = qmc.Sobol(3, seed=np.random.default_rng(3)).random(128)
    U = model.space.from_unit(sequence)
    U[:, 0] = found.grids[0][7]
    mean, covariance = model.gp.joint(U)
    sd = math.sqrt(covariance.mean())
    ends = model.transform.inverse(mean.mean() + sd * np.array([-1.0, 0.0, 1.0]))
    np.testing.assert_allclose(
        [found.low[7], found.median[7], found.high[7]], ends, rtol=1e-4
    )


def test_effect_has_wide_bands_where_nothing_was_tried():
    """Trials on the left half leave the right half open."""
    grid = {"a": list(np.linspace(0.0, 0.4, 5)), "b": [1.0, 2.0]}
    search = fitted(GridSearchCV(Formula(formula=additive), grid, cv=2))
    search.param_grid = None
    search.param_distributions = {"a": (0.0, 1.0, "uniform"), "b": [1.0, 2.0]}
    found = shown(search, ["a"])
    width = found.high - found.low
    assert width[-1] > 5.0 * width[5]


@pytest.mark.parametrize("cls", [BayesSearchCV, RandomSearchCV, RandomizedSearchCV])
def test_effect_peaks_at_the_true_optimum(cls):
    """The curve of every kind of search peaks there."""
    space = {"a": [0.0, 0.3, 0.6, 0.9], "b": loguniform(1e-3, 1e3)}
    search = cls(Formula(formula=quadratic), space, n_iter=25, cv=2, random_state=0)
    found = shown(fitted(search), ["b"])
    assert abs(math.log10(found.places[0][np.argmax(found.median)]) - 1.0) < 0.5


def test_effect_is_shown_of_the_largest_first_without_names(search):
    """All parameters are shown, ordered by how much they move the score."""
    display = EffectDisplay.from_search(search, random_state=0)
    spans = [np.ptp(e.median) for e in display.effects]
    assert len(spans) == 3
    assert spans == sorted(spans, reverse=True)


def test_effect_of_conditional_parameters():
    """Averages of a parameter are over the branches that have it."""

    def formula(a, b, c, kind):
        return a if kind == "x" else 3.0 + b

    space = [
        {"kind": ["x"], "a": (0.0, 1.0, "uniform")},
        {"kind": ["y"], "b": (0.0, 1.0, "uniform")},
    ]
    estimator = Formula(formula=formula)
    search = fitted(RandomSearchCV(estimator, space, n_iter=50, cv=2, random_state=0))
    found = shown(search, ["a"])
    np.testing.assert_allclose(found.median, found.places[0] + FOLD, atol=0.05)
    found = shown(search, ["kind"])
    np.testing.assert_allclose(found.median, [0.5 + FOLD, 3.5 + FOLD], atol=0.05)
    found = shown(search, [("kind", "a")])
    assert np.isfinite(found.median[0]).all()
    assert np.isnan(found.median[1]).all()
    with pytest.raises(ValueError, match="'a' and 'b' never do: name them one by one"):
        shown(search, [("a", "b")])
    # Held at the best candidate that has the parameter, not at the best of all.
    found = shown(search, ["a"], others="best")
    np.testing.assert_allclose(found.median, found.places[0] + FOLD, atol=0.05)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"params": ["d"]}, r"that this RandomSearchCV varied: \['a', 'b', 'kind'\]"),
        ({"params": [("a", "b", "kind")]}, "names, or pairs of names"),
        ({"others": "worst"}, r"`others` .* 'average' or 'best'\. Got 'worst'"),
    ],
)
def test_effect_refuses_bad_parameters(search, settings, message):
    """The message names the parameters there are."""
    with pytest.raises(ValueError, match=message):
        EffectDisplay.from_search(search, **settings)


def test_effect_has_bands_in_reach_after_a_search_that_has_converged():
    """Most scores near the best must not make everything else unknown."""
    space = {"a": (0.0, 1.0, "uniform"), "kind": ["x", "y"]}
    estimator = Formula(formula=lambda a, b, c, kind: -((a - 0.3) ** 2))
    search = fitted(BayesSearchCV(estimator, space, n_iter=30, cv=2, random_state=0))
    found = shown(search, ["a"], others="best")
    np.testing.assert_allclose(found.median, -((found.places[0] - 0.3) ** 2), atol=0.15)
    assert (found.high - found.low).max() < 0.6


def test_layout_of_knows_the_branches():
    """The description given to the process has a row for each branch."""
    from skbayes.space._parsing import parse_space

    space = parse_space([{"a": [1, 2, 3], "k": [1]}, {"b": ["p", "q"], "k": [2]}])
    layout = layout_of(space)
    np.testing.assert_array_equal(
        layout.active, [[True, True, False], [True, False, True]]
    )
    np.testing.assert_array_equal(layout.n_levels, [2, 0, 2])


@pytest.mark.parametrize("search_class", [RandomSearchCV, BayesSearchCV])
def test_effect_shows_where_a_search_fails_as_bad(search_class):
    """Beyond what fails the line is near the worst score, best right before it."""

    def cliff(a, b, c, kind):
        return math.nan if a > 0.7 else -((a - 0.6) ** 2)

    estimator = Formula(a=0.5, b=1.0, formula=cliff)
    search = fitted(search_class(estimator, SPACE, n_iter=30, cv=3, random_state=0))
    found = shown(search, ["a"])
    (a,) = found.places
    scores = search.cv_results_["mean_test_score"]
    height = (found.median - np.nanmin(scores)) / np.ptp(scores[np.isfinite(scores)])
    assert height[a > 0.75].mean() < 0.15
    assert 0.4 < a[np.argmax(height)] < 0.7

"""Do axes show values as the space holds them?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import loguniform, norm, randint
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

from skbayes.inspection._column_axis import column_axes
from skbayes.space._parsing import parse_space


def axis_of(value):
    """Axis of one parameter."""
    return column_axes(parse_space({"p": value}))[0]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ((0.0, 1.0, "uniform"), "linear"),
        ((1e-3, 1e3, "log-uniform"), "log"),
        ((1.0, 3.0, "log-uniform"), "log"),
        (loguniform(1e-5, 1.0), "log"),
        (norm(0, 1), "linear"),
        (norm(10, 1), "linear"),
        (randint(1, 1000), "linear"),
        ((1, 1000, "log-uniform"), "log"),
        ((1, 6, "uniform"), "levels"),
        ([1, 10, 100], "levels"),
        (list(range(100)), "linear"),
        (list(np.logspace(-3, 3, 40)), "log"),
        (["a", "b"], "category"),
        ([1, None, 3], "category"),
        ([True, False], "category"),
    ],
)
def test_column_axes_have_the_kinds_of_the_space(value, kind):
    """Log spaces have log axes, categories category axes, few values levels."""
    axis = axis_of(value)
    assert axis.kind == kind
    assert len(axis.grid) == len(axis.places)
    assert (np.diff(axis.places) > 0).all()


def test_column_axis_place_is_a_value_or_a_position():
    """Numbers lie at their values, levels where the space put them."""
    axis = axis_of((1e-2, 1e2, "log-uniform"))
    np.testing.assert_allclose(axis.place(np.array([0.0, 0.5, 1.0])), [0.01, 1, 100])
    axis = axis_of([1, 10, 100])
    np.testing.assert_allclose(axis.ticks, axis.place(axis.grid))
    assert axis.tick_labels == ("1", "10", "100")


def test_column_axis_is_not_stretched_by_an_unbounded_prior():
    """The axis of a normal ends where the prior nearly does."""
    axis = axis_of(norm(0, 1))
    assert -3.0 < axis.places[0] < -2.0
    assert 2.0 < axis.places[-1] < 3.0


def test_column_axes_have_grids_that_are_feasible():
    """Values on the grid survive rounding by the space."""
    space = parse_space({"n": (1, 500, "log-uniform"), "c": ["a", "b", "c"]})
    for j, axis in enumerate(column_axes(space)):
        U = np.full((len(axis.grid), 2), 0.0)
        U[:, j] = axis.grid
        np.testing.assert_allclose(space.snap(U)[:, j], axis.grid, atol=1e-12)


def test_column_labels_of_a_conditional_space():
    """The branch has a parameter's name, and equal names show their branch."""
    space = parse_space(
        [
            {"m__clf": [SVC()], "m__C": (0.1, 1.0, "uniform")},
            {"m__clf": [LogisticRegression()], "m__C": (1.0, 9.0, "uniform")},
        ]
    )
    axes = column_axes(space)
    labels = ["clf", "C (SVC)", "C (Logi…ssion)"]
    assert [axis.label for axis in axes] == labels
    assert axes[0].tick_labels == ("SVC", "LogisticRegression")

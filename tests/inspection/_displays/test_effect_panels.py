"""Is each effect drawn in the form that its axes ask for?"""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from skbayes.inspection._column_axis import column_axes
from skbayes.inspection._displays.effect_panels import draw_panel
from skbayes.inspection._model.effects import Effect
from skbayes.space._parsing import parse_space

SPACE = {
    "a": (0.0, 1.0, "uniform"),
    "b": (1e-2, 1e2, "log-uniform"),
    "few": ["x", "y", "z"],
    "many": list("abcdefgh"),
}
AXES = {axis.label: axis for axis in column_axes(parse_space(SPACE))}


def effect_of(*names, values=None):
    """An effect that rises along its axes, with a band of 0.1 above and below."""
    axes = tuple(AXES[name] for name in names)
    grids = tuple(axis.grid for axis in axes)
    if values is None:
        values = sum(np.meshgrid(*grids, indexing="ij")) / len(grids)
    return Effect(
        axes, tuple(range(len(names))), grids, values, values - 0.1, values + 0.1
    )


def drawn(shown, tried, best, **settings):
    """Axes with one panel."""
    settings = {"metric": "score", "limits": None, "with_label": True, **settings}
    _, ax = plt.subplots()
    draw_panel(ax, shown, np.array(tried, float), np.array(best, float), **settings)
    return ax


def test_draw_panel_of_a_number_is_a_curve_with_the_best():
    """The curve is at its values; what was tried is marked at the bottom, inside."""
    ax = drawn(effect_of("b"), [[0.1], [100.0], [np.nan], [1e9]], [1.0])
    curve, best, rug = ax.lines
    np.testing.assert_allclose(curve.get_xdata(), AXES["b"].places)
    np.testing.assert_allclose(best.get_xdata(), 1.0)
    np.testing.assert_allclose(rug.get_xdata(), [0.1, 100.0])
    assert ax.get_xscale() == "log"
    low, high = ax.get_xlim()
    assert 5e-3 < low < 1e-2
    assert 1e2 < high < 2e2
    assert ax.get_ylabel() == "mean test score"


@pytest.mark.parametrize("name", ["a", "few"])
def test_draw_panel_without_a_best_value(name):
    """The best candidate has no such parameter."""
    ax = drawn(effect_of(name), [[0.0], [1.0], [np.nan]], [np.nan])
    assert not [line for line in ax.lines if line.get_linestyle() == ":"]
    assert "D" not in [line.get_marker() for line in ax.lines]


def test_draw_panel_of_choices_is_a_point_each():
    """The best has a form of its own; a choice of which nothing is known has none."""
    places = AXES["few"].places
    values = np.array([0.5, np.nan, 0.7])
    ax = drawn(effect_of("few", values=values), places[:, None], [places[2]])
    points = [line for line in ax.lines if line.get_marker() in {"o", "D"}]
    assert [p.get_marker() for p in points] == ["o", "D"]
    np.testing.assert_allclose([p.get_ydata()[0] for p in points], [0.5, 0.7])
    assert [t.get_text() for t in ax.get_xticklabels()] == ["x", "y", "z"]
    assert ax.get_xlim() == (places[0] - 0.5, places[2] + 0.5)


@pytest.mark.parametrize("tried", [[[0.3], [0.3]], [[np.nan]], np.empty((0, 1))])
def test_draw_panel_says_that_nothing_varied(tried):
    """One value was tried, or none."""
    ax = drawn(effect_of("a"), tried, [0.3])
    assert [t.get_text() for t in ax.texts] == ["never varied"]


def test_draw_panel_keeps_to_the_limits_it_is_given():
    """Panels beside each other have one axis of scores, named once."""
    ax = drawn(effect_of("a"), [[0], [1]], [0], limits=(-3, 5), with_label=False)
    assert ax.get_ylim() == (-3, 5)
    assert ax.get_ylabel() == ""


@pytest.mark.parametrize("names", [("a", "few"), ("few", "a")])
def test_draw_panel_of_a_number_and_few_choices_has_lines(names):
    """Each choice has a line, whichever comes first; one without any value has none."""
    shown = effect_of(*names)
    k = names.index("few")
    np.moveaxis(shown.median, k, 0)[1] = np.nan
    ax = drawn(shown, np.zeros((2, 2)), [0, 0], metric="auc")
    labels = [t.get_text() for t in ax.get_legend().get_texts()]
    assert labels == ["x", "z"]
    expected = np.moveaxis(shown.median, k, 0)[[0, 2]]
    np.testing.assert_allclose([line.get_ydata() for line in ax.lines], expected)
    assert ax.get_ylabel() == "mean test auc"


@pytest.mark.parametrize("names", [("a", "b"), ("few", "few"), ("many", "a")])
def test_draw_panel_of_other_pairs_is_a_map(names):
    """The cells are around their values, in the middle on a log axis too."""
    shown = effect_of(*names)
    ax = drawn(shown, np.full((3, 2), 0.5), [0.5, np.nan])
    mesh, tried = ax.collections
    assert len(tried.get_offsets()) == 3
    np.testing.assert_allclose(np.ravel(mesh.get_array()), shown.median.T.ravel())
    corners = mesh.get_coordinates()
    for edges, axis in zip(
        (corners[0, :, 0], corners[:, 0, 1]), shown.axes, strict=True
    ):
        on = np.log if axis.kind == "log" else np.asarray
        middles = (on(edges)[1:] + on(edges)[:-1]) / 2
        np.testing.assert_allclose(middles, on(axis.places), atol=1e-9)
    drawn(shown, np.full((3, 2), 0.5), [0.5, 0.5])


def test_draw_panel_marks_the_best_of_a_pair():
    """The mark is above the candidates, if the best has both parameters."""
    ax = drawn(effect_of("a", "b"), np.full((3, 2), 0.5), [0.25, 4.0])
    assert ax.collections[-1].get_offsets().tolist() == [[0.25, 4.0]]

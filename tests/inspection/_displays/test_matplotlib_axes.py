"""Can colours be told apart, and do axes show what their column holds?"""

from __future__ import annotations

import re
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import to_rgb

from skbayes.inspection._column_axis import column_axes
from skbayes.inspection._displays.matplotlib_axes import (
    _ON_DARK,
    _ON_LIGHT,
    import_pyplot,
    open_axes,
    palette_of,
    put_column_on,
    put_legend_above,
    score_label,
    widen,
)
from skbayes.space._parsing import parse_space


def luminance(colour):
    """Relative luminance as the web's accessibility guidelines define it."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(one, other):
    """Contrast ratio of two colours, from 1 to 21."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def as_seen(colour, matrix):
    """A colour as colour-blind eyes see it (Machado et al. 2009, full severity)."""
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0.0, 1.0)
    return np.where(seen <= 0.0031308, 12.92 * seen, 1.055 * seen ** (1 / 2.4) - 0.055)


#: How protanopes, deuteranopes and tritanopes see linear RGB.
BLINDNESS = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


@pytest.mark.parametrize(
    ("palette", "background"), [(_ON_LIGHT, "white"), (_ON_DARK, "black")]
)
def test_palette_has_colours_that_stand_out_from_the_background(palette, background):
    """The contrast is 3 to 1, as asked of graphics; that of text is 7 to 1."""
    for colour in palette.series:
        assert contrast(colour, background) >= 3.0, colour
    assert contrast(palette.text, background) >= 7.0


@pytest.mark.parametrize("palette", [_ON_LIGHT, _ON_DARK])
@pytest.mark.parametrize("kind", BLINDNESS)
def test_palette_keeps_main_and_accent_apart_for_colour_blind_eyes(palette, kind):
    """These two colours carry meaning by themselves."""
    one, other = (as_seen(c, BLINDNESS[kind]) for c in (palette.main, palette.accent))
    assert np.linalg.norm(one - other) > 0.35


def axis_of(value):
    """The axis of the one parameter of a space."""
    (axis,) = column_axes(parse_space({"name": value}))
    return axis


@pytest.mark.parametrize(
    ("face", "figure", "is_dark"),
    [
        ("white", "black", False),
        ("black", "white", True),
        ("none", "black", True),  # transparent: the figure's colour is seen
        ("none", "white", False),
        ((1, 1, 1, 0.3), "black", True),
    ],
)
def test_palette_of_axes_is_that_of_what_is_behind(face, figure, is_dark):
    """The best stands out from the colours of the scores beside it."""
    _, ax = plt.subplots(facecolor=figure)
    ax.set_facecolor(face)
    palette = palette_of(ax)
    assert palette.is_dark == is_dark
    background = "black" if is_dark else "white"
    best_score = palette.colormap()(1.0)[:3]
    assert contrast(best_score, background) > contrast(
        palette.colormap()(0.0)[:3], background
    )
    assert contrast(palette.best, background) > 3


def test_open_axes_makes_a_figure_where_none_is_given():
    """The figure has the size asked for."""
    figure, ax = open_axes(None, "Display", (5.0, 2.0))
    assert figure.get_size_inches().tolist() == [5.0, 2.0]
    assert open_axes(ax, "Display", (1.0, 1.0)) == (figure, ax)


def test_import_pyplot_names_the_package(monkeypatch):
    """The error names the display that needs it, too."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    message = re.escape("Display.plot needs matplotlib. Install it with `pip install")
    with pytest.raises(ImportError, match=message):
        import_pyplot("Display")


@pytest.mark.parametrize("which", ["x", "y"])
def test_widen_goes_a_share_beyond_the_ends(which):
    """The share is one of the differences, or of the ratios on a log axis."""
    _, ax = plt.subplots()
    widen(ax, which, axis_of((2.0, 12.0, "uniform")), share=0.1)
    assert getattr(ax, f"get_{which}lim")() == pytest.approx((1.0, 13.0))
    getattr(ax, f"set_{which}scale")("log")
    widen(ax, which, axis_of((1e-2, 1e2, "log-uniform")), share=0.25)
    assert getattr(ax, f"get_{which}lim")() == pytest.approx((1e-3, 1e3))


@pytest.mark.parametrize("which", ["x", "y"])
def test_put_column_on_leaves_out_labels_of_many_choices(which):
    """At most 16 labels are written, the first among them, each at its own place."""
    names = [f"n{i:02}" for i in range(40)]
    column = axis_of(names)
    _, ax = plt.subplots()
    put_column_on(ax, column, which)
    axis = getattr(ax, f"{which}axis")
    written = [t.get_text() for t in axis.get_ticklabels()]
    assert written == names[::3]
    np.testing.assert_allclose(axis.get_ticklocs(), column.ticks[::3])
    assert getattr(ax, f"get_{which}label")() == "name"


@pytest.mark.parametrize(
    ("values", "rotation"),
    [
        (["a", "b", "c"], 0),
        (["a long name", "another name", "c"], 30),
        ([f"a_name_{i}" for i in range(6)], 90),
    ],
)
def test_put_column_on_turns_labels_that_do_not_fit(values, rotation):
    """A few labels are slanted, more stand upright."""
    _, ax = plt.subplots()
    put_column_on(ax, axis_of(values), "x")
    assert {t.get_rotation() for t in ax.get_xticklabels()} == {rotation}


@pytest.mark.parametrize(
    ("ends", "labels"),
    [((1.0, 30.0), {"1", "3", "10", "30"}), ((1e-8, 1e8), None)],
)
def test_put_column_on_labels_few_places_of_a_log_axis(ends, labels):
    """Within two decades 3 and 30 are labelled too; over many not every power."""
    column = axis_of((*ends, "log-uniform"))
    figure, ax = plt.subplots()
    put_column_on(ax, column, "x")
    widen(ax, "x", column)
    figure.canvas.draw()
    low, high = ax.get_xlim()
    inside = zip(ax.get_xticks(), ax.get_xticklabels(), strict=True)
    written = {t.get_text() for place, t in inside if low <= place <= high}
    assert 2 <= len(written) <= 6
    assert labels is None or written == labels


def test_score_label_names_the_metric():
    """The label has the name where the metric has one."""
    assert score_label("score") == "mean test score"
    assert score_label("roc_auc") == "mean test roc_auc"


def test_put_legend_above_has_rows_for_what_does_not_fit():
    """Several short labels are side by side, long ones below each other."""
    for labels, n_columns in [(["a", "b", "c"], 3), (["a" * 50, "b" * 50], 1)]:
        _, ax = plt.subplots(figsize=(6, 3))
        for label in labels:
            ax.plot([0, 1], label=label)
        put_legend_above(ax, "right")
        assert ax.get_legend()._ncols == n_columns

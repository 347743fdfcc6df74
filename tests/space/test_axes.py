"""Are positions rounded to the feasible ones, whatever the kinds of the columns?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.space._axes import Axes, Cells, Codes, Interval, Levels, LogCells, Steps

BELOW_ONE = np.nextafter(1.0, 0.0)
#: Three levels with cells of unequal widths.
POSITIONS, EDGES = np.array([0.0, 0.3, 1.0]), np.array([0.1, 0.6])
KINDS = {
    "interval": Interval(0.2, 0.7),
    "cells": Cells(4),
    "log cells": LogCells(1, 3),
    "levels": Levels(POSITIONS, EDGES, equally_likely=True),
    "wide levels": Levels(POSITIONS, EDGES, equally_likely=False),
    "steps": Steps(lambda column: np.rint(column * 2) / 2),
    "codes": Codes(3),
}


def column(positions):
    """Positions as the only column of encoded points."""
    return np.array(positions, dtype=float)[:, None]


@pytest.mark.parametrize(
    ("kind", "positions", "expected"),
    [
        ("interval", [-1, 0.2, 0.5, 9], [0.2, 0.2, 0.5, 0.7]),
        # An edge belongs to the cell above; the last cell ends at 1.
        (
            "cells",
            [-1, 0, 0.25, 0.49, 1, 9],
            [0.125, 0.125, 0.375, 0.375, 0.875, 0.875],
        ),
        ("levels", [-1, 0.09, 0.11, 0.59, 0.61, 9], [0, 0, 0.3, 0.3, 1, 1]),
        ("wide levels", [0.09, 0.11, 0.61], [0, 0.3, 1]),
        ("steps", [-1, 0.2, 0.3, 9], [0, 0, 0.5, 1]),
        ("codes", [-1, 0.4, 0.6, 1.6, 9], [0, 0, 1, 2, 2]),
    ],
)
def test_axes_snap_takes_the_nearest(kind, positions, expected):
    """Positions outside are pulled in to the ends."""
    snapped = Axes([KINDS[kind]]).snap(column(positions))
    np.testing.assert_allclose(snapped[:, 0], expected, rtol=1e-15)


def test_axes_snap_rounds_integers_and_not_their_logarithms():
    """From 1 to 3 the axis runs from log 0.5 to log 3.5, a factor of 7."""
    axis = KINDS["log cells"]
    assert (axis.start, axis.width) == pytest.approx((np.log(0.5), np.log(7.0)))

    def place(value):
        return np.log(value / 0.5) / np.log(7.0)

    given = [0.0, place(1.49), place(1.51), place(2.49), place(2.51), 1.0]
    snapped = Axes([axis]).snap(column(given))[:, 0]
    np.testing.assert_allclose(snapped, [place(v) for v in (1, 1, 2, 2, 3, 3)])


@pytest.mark.parametrize(
    ("kind", "unit", "expected"),
    [
        # A third of the draws for each, also for a narrow cell.
        ("levels", [0.0, 0.33, 0.34, 0.66, 0.67, BELOW_ONE], [0, 0, 0.3, 0.3, 1, 1]),
        (
            "wide levels",
            [0.0, 0.09, 0.11, 0.59, 0.61, BELOW_ONE],
            [0, 0, 0.3, 0.3, 1, 1],
        ),
        ("codes", [0.0, 0.33, 0.34, 0.66, 0.67, BELOW_ONE, 1.0], [0, 0, 1, 1, 2, 2, 2]),
        ("cells", [0.0, 0.24, BELOW_ONE], [0.125, 0.125, 0.875]),
        ("interval", [0.0, 0.5, BELOW_ONE], [0.2, 0.5, 0.7]),
    ],
)
def test_axes_from_unit_draws_each_with_its_probability(kind, unit, expected):
    """Codes and equally likely levels have equal shares, others that of their cell."""
    drawn = Axes([KINDS[kind]]).from_unit(column(unit))
    np.testing.assert_allclose(drawn[:, 0], expected, rtol=1e-15)


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_axes_snap_each_column_by_its_own_kind(order):
    """Kinds may be in any order; rounding twice changes nothing, and no argument."""
    axes = list(KINDS.values())[order]
    U = np.random.default_rng(0).uniform(-0.5, 3.0, size=(200, len(axes)))
    given = U.copy()
    together = Axes(axes)
    snapped = together.snap(U)
    for j, axis in enumerate(axes):
        np.testing.assert_array_equal(snapped[:, [j]], Axes([axis]).snap(U[:, [j]]))
    np.testing.assert_allclose(together.snap(snapped), snapped, rtol=1e-12)
    np.testing.assert_array_equal(U, given)


@pytest.mark.parametrize("n_points", [0, 3])
def test_axes_take_no_points_and_no_columns(n_points):
    """An array without points or columns keeps its shape."""
    axes = Axes(list(KINDS.values()))
    assert axes.snap(np.empty((0, len(KINDS)))).shape == (0, len(KINDS))
    assert axes.from_unit(np.empty((0, len(KINDS)))).shape == (0, len(KINDS))
    assert Axes([]).snap(np.empty((n_points, 0))).shape == (n_points, 0)

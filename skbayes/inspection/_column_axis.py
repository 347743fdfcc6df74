"""Place the values of one column of a space on an axis of a picture."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._labels import short_names, value_label, value_labels
from skbayes.inspection._searched_space import branch_labels
from skbayes.space._branches import BRANCH
from skbayes.space._dimension import Dimension
from skbayes.space._scale import lies_on_log_axis
from skbayes.space._space import Space

#: A finite column with at most this many values shows each of them.
_MOST_LEVELS = 12
#: Points of a curve along a continuous column.
_N_GRID = 41
#: Share of the prior that is left out at an end with a long tail.
_TAIL = 0.01
#: A tail is long if it makes the axis longer by this factor.
_LONG_TAIL = 3.0


@dataclass(frozen=True, eq=False)
class ColumnAxis:
    """One column of a space as an axis.

    Parameters
    ----------
    label : str
        Short name of the parameter.
    kind : {"linear", "log", "levels", "category"}
        "linear" and "log" draw numbers at their values. "levels" draws each number at
        its position in the encoded column. "category" draws choices at equal distances.
    grid : array of shape (n_grid,)
        Encoded values to draw a curve at, ascending.
    places : array of shape (n_grid,)
        Positions of the grid on the axis.
    ticks : array of shape (n_ticks,)
        Labelled positions; empty where numbers are drawn at their values.
    tick_labels : tuple of str
        Labels of the ticks.
    dimension : Dimension
        Dimension of the column.
    """

    label: str
    kind: str
    grid: FloatArray
    places: FloatArray
    ticks: FloatArray
    tick_labels: tuple[str, ...]
    dimension: Dimension

    @property
    def is_category(self) -> bool:
        """Whether the values have no order."""
        return self.kind == "category"

    def place(self, encoded: FloatArray) -> FloatArray:
        """Positions of encoded values on the axis, same shape as `encoded`, (n,)."""
        if self.kind in ("linear", "log"):
            return np.array(self.dimension.decode(encoded), dtype=np.float64)
        return np.asarray(encoded, dtype=np.float64)


def column_axes(space: Space) -> list[ColumnAxis]:
    """Make the axes of all columns.

    Parameters
    ----------
    space : Space
        Any search space.

    Returns
    -------
    list of ColumnAxis
        One for each column, in order; the labels are distinct.
    """
    labels = column_labels(space)
    _, branches = branch_labels(space)
    axes = []
    for label, column in zip(labels, space.columns, strict=True):
        if column.name == BRANCH:
            axes.append(_category_axis(label, value_labels(branches), column.dimension))
        elif column.dimension.is_categorical:
            names = value_labels(column.dimension.values())
            axes.append(_category_axis(label, names, column.dimension))
        elif column.dimension.n_values <= _MOST_LEVELS:
            axes.append(_levels_axis(label, column.dimension))
        else:
            axes.append(_number_axis(label, column.dimension))
    return axes


def column_labels(space: Space) -> list[str]:
    """Short names of the columns, with their branches where two names are equal."""
    branch_name, branches = branch_labels(space)
    names = [branch_name if c.name == BRANCH else c.name for c in space.columns]
    short = dict(zip(set(names), short_names(list(set(names))), strict=True))
    labels = []
    for name, column in zip(names, space.columns, strict=True):
        label = short[name]
        if names.count(name) > 1:
            where = "|".join(value_label(branches[b], 10) for b in column.branches)
            label = f"{label} ({where})"
        labels.append(label)
    return labels


def _category_axis(
    label: str, names: Sequence[str], dimension: Dimension
) -> ColumnAxis:
    """Axis of choices at equal distances."""
    codes = np.arange(len(names), dtype=np.float64)
    return ColumnAxis(label, "category", codes, codes, codes, tuple(names), dimension)


def _levels_axis(label: str, dimension: Dimension) -> ColumnAxis:
    """Axis of a few numbers, each at its encoded position."""
    values = sorted(dimension.values())
    places = dimension.encode([dimension.find(v) for v in values])
    # The encoded position, not the value: [1, 10, 100] of a grid get equal distances.
    names = tuple(value_labels(values))
    return ColumnAxis(label, "levels", places, places, places, names, dimension)


def _number_axis(label: str, dimension: Dimension) -> ColumnAxis:
    """Axis of many numbers, linear or logarithmic like the space."""
    # The scale is read from the decoded values: a frozen scipy distribution such as
    # loguniform does not carry a name for its axis.
    inner = _decoded(dimension, np.linspace(0.02, 0.98, 25))
    is_log = lies_on_log_axis(inner)
    # A normal prior has infinite tails; its last per cent would squeeze the curve.
    ends = _decoded(dimension, np.array([0.0, 1.0]))
    near = _decoded(dimension, np.array([_TAIL, 1.0 - _TAIL]))
    low = 0.0 if _is_near(ends[0], near, is_log) else _TAIL
    high = 1.0 if _is_near(ends[1], near, is_log) else 1.0 - _TAIL
    grid = np.linspace(low, high, _N_GRID)
    values = _decoded(dimension, grid)
    values, first = np.unique(values, return_index=True)
    kind = "log" if is_log else "linear"
    # Encode the decoded values again: an integer column decodes several positions to
    # one number, and the model must see the position that a candidate would have.
    grid = dimension.encode([dimension.find(v) for v in dimension.decode(grid[first])])
    no_ticks = np.empty(0)
    return ColumnAxis(label, kind, grid, values, no_ticks, (), dimension)


def _decoded(dimension: Dimension, positions: FloatArray) -> FloatArray:
    """Decode positions to numbers."""
    return np.array(dimension.decode(positions), dtype=np.float64)


def _is_near(end: float, near: FloatArray, is_log: bool) -> bool:
    """Whether an end of a range lies near the inner values on the axis."""
    if is_log and end <= 0:
        return False
    scale = math.log if is_log else float
    low, high, end = scale(near[0]), scale(near[1]), scale(end)
    return max(high, end) - min(low, end) <= _LONG_TAIL * (high - low)

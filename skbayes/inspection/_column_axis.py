"""Where the values of a column lie on an axis of a picture, and what stands there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.inspection._searched_space import branch_labels
from skbayes.inspection._wording import short_names, value_label, value_labels
from skbayes.space import BRANCH, Dimension, Space

#: Finite columns up to this size show each value.
_MOST_LEVELS = 12
#: Points of a curve along a continuous column.
_N_GRID = 41
#: Share of the prior left out at an end whose tail would take most of the axis.
_TAIL = 0.01
#: An axis is stretched by its tails when they make it this much longer.
_LONG_TAIL = 3.0
#: How much more evenly values must lie on a log axis.
_CLEARLY_MORE_EVEN = 0.7


@dataclass(frozen=True, eq=False)
class ColumnAxis:
    """One column of a space as an axis.

    Parameters
    ----------
    label : str
        Short name of the parameter.
    kind : {"linear", "log", "levels", "category"}
        Numbers drawn at their values; or each value drawn at its place, numbers as
        the search spaced them and categories at equal distances.
    grid : array of shape (n_grid,)
        Encoded values to draw a curve at, ascending.
    places : array of shape (n_grid,)
        Where they lie on the axis.
    ticks : array of shape (n_ticks,)
        Places that are labelled, empty where numbers are drawn at their values.
    tick_labels : tuple of str
        What stands there.
    dimension : Dimension
        The values.
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
        """Whether values have no order."""
        return self.kind == "category"

    def place(self, encoded: FloatArray) -> FloatArray:
        """Where encoded values of the column lie, same shape as `encoded`, (n,)."""
        if self.kind in ("linear", "log"):
            return np.array(self.dimension.decode(encoded), dtype=np.float64)
        return np.asarray(encoded, dtype=np.float64)


def column_axes(space: Space) -> list[ColumnAxis]:
    """Make the axes of all columns.

    Parameters
    ----------
    space : Space
        Any.

    Returns
    -------
    list of ColumnAxis
        In the order of the columns, labels distinct.
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
    """Short names of the columns; the branches are named where names are equal."""
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


def is_logarithmic(values: FloatArray) -> bool:
    """Tell whether ascending numbers are spaced like those of a log axis."""
    values = np.unique(values)
    if len(values) < 3 or values[0] <= 0:
        return False
    even = _unevenness(values)
    return even > 0 and _unevenness(np.log(values)) < _CLEARLY_MORE_EVEN * even


def _category_axis(
    label: str, names: Sequence[str], dimension: Dimension
) -> ColumnAxis:
    """Axis of choices at equal distances."""
    codes = np.arange(len(names), dtype=np.float64)
    return ColumnAxis(label, "category", codes, codes, codes, tuple(names), dimension)


def _levels_axis(label: str, dimension: Dimension) -> ColumnAxis:
    """Axis of a few numbers, each at its position in the space."""
    values = sorted(dimension.values())
    places = dimension.encode([dimension.find(v) for v in values])
    names = tuple(value_labels(values))
    return ColumnAxis(label, "levels", places, places, places, names, dimension)


def _number_axis(label: str, dimension: Dimension) -> ColumnAxis:
    """Axis of many numbers, linear or logarithmic as the space is."""
    inner = _decoded(dimension, np.linspace(0.02, 0.98, 25))
    is_log = is_logarithmic(inner)
    ends = _decoded(dimension, np.array([0.0, 1.0]))
    near = _decoded(dimension, np.array([_TAIL, 1.0 - _TAIL]))
    low = 0.0 if _is_near(ends[0], near, is_log) else _TAIL
    high = 1.0 if _is_near(ends[1], near, is_log) else 1.0 - _TAIL
    grid = np.linspace(low, high, _N_GRID)
    values = _decoded(dimension, grid)
    values, first = np.unique(values, return_index=True)
    kind = "log" if is_log else "linear"
    grid = dimension.encode([dimension.find(v) for v in dimension.decode(grid[first])])
    nothing = np.empty(0)
    return ColumnAxis(label, kind, grid, values, nothing, (), dimension)


def _decoded(dimension: Dimension, positions: FloatArray) -> FloatArray:
    """Values at positions, as numbers."""
    return np.array(dimension.decode(positions), dtype=np.float64)


def _is_near(end: float, near: FloatArray, is_log: bool) -> bool:
    """Tell whether an end of a range does not make its axis much longer."""
    if is_log and end <= 0:
        return False
    scale = math.log if is_log else float
    low, high, end = scale(near[0]), scale(near[1]), scale(end)
    return max(high, end) - min(low, end) <= _LONG_TAIL * (high - low)


def _unevenness(values: FloatArray) -> float:
    """Coefficient of variation of the gaps."""
    gaps = np.diff(values)
    return float(gaps.std() / gaps.mean())

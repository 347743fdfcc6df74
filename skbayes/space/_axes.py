"""Round all columns of encoded points to feasible positions at once.

Every dimension describes its axis by one of six small records. `Axes` sorts the columns
by the kind of their axis when a space is built, so that rounding thousands of points
costs a few array operations per kind and none per column.

Numeric axes run over [0, 1], categorical ones over the codes 0 to m - 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from skbayes._protocol import FloatArray, IntArray


@dataclass(frozen=True)
class Interval:
    """Every position from `lower` to `upper`."""

    lower: float = 0.0
    upper: float = 1.0


@dataclass(frozen=True)
class Cells:
    """Centres of `n` equal cells."""

    n: int


@dataclass(frozen=True)
class LogCells:
    """Integers from `low` to `high` on a log axis that extends half a step beyond."""

    low: int
    high: int

    @property
    def start(self) -> float:
        """Logarithm of the value at position 0."""
        return float(np.log(self.low - 0.5))

    @property
    def width(self) -> float:
        """Difference of the logarithms of the values at positions 1 and 0."""
        return float(np.log(self.high + 0.5)) - self.start


@dataclass(frozen=True, eq=False)
class Levels:
    """Given positions, each with a cell between two edges.

    Parameters
    ----------
    positions : array of shape (m,)
        Positions of the levels, in increasing order.
    edges : array of shape (m - 1,)
        Boundaries between the cells.
    equally_likely : bool
        Whether uniform draws give each level the same probability, or its cell's width.
    """

    positions: FloatArray
    edges: FloatArray
    equally_likely: bool


@dataclass(frozen=True, eq=False)
class Steps:
    """Positions too numerous for a table; a function rounds to them."""

    snap: Callable[[FloatArray], FloatArray] = field(repr=False)


@dataclass(frozen=True)
class Codes:
    """The codes of `n` categories."""

    n: int


Axis = Interval | Cells | LogCells | Levels | Steps | Codes
A = TypeVar("A", Interval, Cells, LogCells, Levels, Steps, Codes)


class Axes:
    """Rounds the columns of encoded points, all columns of a kind at once.

    Parameters
    ----------
    axes : sequence of Axis
        Axes, one for each column.
    """

    def __init__(self, axes: Sequence[Axis]) -> None:
        self._lower = np.array(
            [a.lower if isinstance(a, Interval) else 0 for a in axes]
        )
        self._upper = np.array([_upper_end(a) for a in axes])
        self._codes, codes = _select(axes, Codes)
        self._n_codes = np.array([a.n for a in codes], dtype=float)
        self._cells, cells = _select(axes, Cells)
        self._n_cells = np.array([a.n for a in cells], dtype=float)
        self._logs, logs = _select(axes, LogCells)
        self._log_start = np.array([a.start for a in logs])
        self._log_width = np.array([a.width for a in logs])
        self._log_low = np.array([a.low for a in logs], dtype=float)
        self._log_high = np.array([a.high for a in logs], dtype=float)
        self._levels, self._tables = _select(axes, Levels)
        self._steps, self._functions = _select(axes, Steps)

    def snap(self, U: FloatArray) -> FloatArray:
        """Nearest feasible positions, shape (n, n_columns); always a new array."""
        out = np.clip(U, self._lower, self._upper)
        # Codes are rounded to the nearest; from_unit instead cuts [0, 1) into equal
        # parts.
        if self._codes.size:
            out[:, self._codes] = np.rint(out[:, self._codes])
        self._snap_cells(out)
        for column, table in zip(self._levels, self._tables, strict=True):
            cell = np.searchsorted(table.edges, out[:, column])
            out[:, column] = table.positions[cell]
        return out

    def from_unit(self, Q: FloatArray) -> FloatArray:
        """Feasible positions drawn by uniform `Q` in [0, 1), shape (n, n_columns)."""
        out = np.clip(Q, self._lower, np.minimum(self._upper, 1.0))
        if self._codes.size:
            codes = np.floor(Q[:, self._codes] * self._n_codes)
            out[:, self._codes] = np.clip(codes, 0, self._n_codes - 1)
        self._snap_cells(out)
        for column, table in zip(self._levels, self._tables, strict=True):
            if table.equally_likely:
                m = len(table.positions)
                cell = np.minimum((out[:, column] * m).astype(np.intp), m - 1)
            else:
                cell = np.searchsorted(table.edges, out[:, column])
            out[:, column] = table.positions[cell]
        return out

    def _snap_cells(self, out: FloatArray) -> None:
        """Round the integer columns that need no table, in place."""
        if self._cells.size:
            cell = np.floor(out[:, self._cells] * self._n_cells)
            np.minimum(cell, self._n_cells - 1, out=cell)
            out[:, self._cells] = (cell + 0.5) / self._n_cells
        # Rounded as integers, not as positions: cells have unequal widths on a log
        # axis.
        if self._logs.size:
            value = np.exp(self._log_start + out[:, self._logs] * self._log_width)
            value = np.clip(np.rint(value), self._log_low, self._log_high)
            out[:, self._logs] = (np.log(value) - self._log_start) / self._log_width
        for column, axis in zip(self._steps, self._functions, strict=True):
            out[:, column] = axis.snap(out[:, column])


def _select(axes: Sequence[Axis], kind: type[A]) -> tuple[IntArray, list[A]]:
    found = [(j, axis) for j, axis in enumerate(axes) if isinstance(axis, kind)]
    return np.array([j for j, _ in found], dtype=np.intp), [a for _, a in found]


def _upper_end(axis: Axis) -> float:
    if isinstance(axis, Interval):
        return axis.upper
    return axis.n - 1.0 if isinstance(axis, Codes) else 1.0

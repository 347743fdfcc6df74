"""Frozen scipy distributions as dimensions: the position of a value is its cdf.

The user's density thereby becomes uniform on the axis. It is the prior of the search,
and unbounded distributions need no bounds.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._values import is_finite_number, is_number, native
from skbayes.space._axes import Axis, Interval, Levels, Steps
from skbayes.space._dimension import Dimension, is_whole
from skbayes.space._ranges import Integer

#: Probability left out at an infinite end, and at zero, where a log scale diverges.
_TAIL = 1e-6
#: Values of a discrete distribution with less probability are never tried.
_NEGLIGIBLE = 1e-9
#: A table lists at most this many values of a discrete distribution ...
_LARGEST_TABLE = 100_000
#: ... and is used if they have at least this share of the probability.
_TABLE_SHARE = 0.999
#: Probabilities at which two distributions are compared.
_PROBES = np.linspace(0.005, 0.995, 34)


@dataclass(frozen=True, eq=False)
class Continuous(Dimension):
    """A frozen continuous distribution.

    Parameters
    ----------
    distribution : frozen scipy.stats distribution
        With ``cdf``, ``ppf`` and ``support``. An end of its support is a value of the
        dimension unless it is infinite or zero: there the last 1e-6 of the probability
        is left out, and its values do not belong to the dimension.
    """

    distribution: Any

    @cached_property
    def axis(self) -> Interval:
        """The positions with finite values."""
        low, high = self._support
        return Interval(
            0.0 if math.isfinite(low) and low != 0 else _TAIL,
            1.0 if math.isfinite(high) and high != 0 else 1.0 - _TAIL,
        )

    @property
    def n_values(self) -> float:
        """Infinity."""
        return math.inf

    @property
    def domain(self) -> str:
        """The values that the axis covers, in words."""
        low, high = self._reach
        return f"a number from {low!r} to {high!r}"

    @cached_property
    def identity(self) -> Hashable:
        """Some quantiles and the ends."""
        return (*self.distribution.ppf(_PROBES).tolist(), *self._support)

    def _find(self, value: Any) -> float:
        """Return the value as a float; LookupError if it is beyond the axis.

        Clipping it would give it the position of another value, with a score that was
        not measured there.
        """
        low, high = self._reach
        if is_finite_number(value):
            # uniform(0.7, 0.2) ends at 0.8999999999999999; the user's 0.9 belongs to
            # it.
            inside = min(max(float(value), low), high)
            if math.isclose(inside, value, rel_tol=1e-9):
                return inside
        raise LookupError

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        axis = self.axis
        positions = self.distribution.cdf(np.asarray(values, dtype=float))
        return np.asarray(np.clip(positions, axis.lower, axis.upper))

    def _decode(self, positions: FloatArray) -> list[Any]:
        # ppf may round beyond the ends of the support.
        values = np.asarray(self.distribution.ppf(positions), dtype=float)
        return list(np.clip(values, *self._support).tolist())

    def __repr__(self) -> str:
        """Show the distribution as it was written."""
        return _as_written(self.distribution)

    @cached_property
    def _support(self) -> tuple[float, float]:
        low, high = self.distribution.support()
        return float(low), float(high)

    @cached_property
    def _reach(self) -> tuple[float, float]:
        """Smallest and largest value on the axis."""
        low, high = self._decode(np.array([self.axis.lower, self.axis.upper]))
        return low, high


@dataclass(frozen=True)
class _Table:
    """Values of a discrete distribution, and the upper ends of their cells."""

    values: FloatArray
    upper_edges: FloatArray


@dataclass(frozen=True, eq=False)
class Discrete(Dimension):
    """A frozen discrete distribution.

    A value's cell extends from the cdf before it to its own cdf; its position is the
    centre of the cell.

    Parameters
    ----------
    distribution : frozen scipy.stats distribution
        With ``cdf``, ``ppf``, ``pmf`` and ``support``. The last 1e-6 of the probability
        towards an infinite end is left out, as are single values with a probability
        below 1e-9.
    """

    distribution: Any

    @cached_property
    def axis(self) -> Axis:
        """The centres of the cells, in a table unless there are too many."""
        if self._table is None:
            return Steps(self._snap)
        upper = self._table.upper_edges
        lower = np.append(0.0, upper[:-1])
        return Levels((lower + upper) / 2, upper[:-1], equally_likely=False)

    @cached_property
    def n_values(self) -> float:
        """Number of values with enough probability to be tried."""
        if self._table is not None:
            return float(len(self._table.values))
        low, high = self._range
        return high - low + 1

    @property
    def domain(self) -> str:
        """The values in words."""
        low, high = map(_as_plain, self._range)
        if self._table is not None and not np.all(self._table.values % 1 == 0):
            return f"a value of the distribution from {low} to {high}"
        return f"an integer from {low} to {high}"

    @cached_property
    def identity(self) -> Hashable:
        """Some quantiles and the ends."""
        return (*self.distribution.ppf(_PROBES).tolist(), *self._range)

    def _find(self, value: Any) -> Any:
        """Return the value as int or float; LookupError if it is not one."""
        low, high = self._range
        if is_number(value) and low <= value <= high:
            if self._table is None:
                if is_whole(value - low):
                    return _as_plain(value)
            elif value in self._table.values:
                return _as_plain(value)
        raise LookupError

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        numbers = np.asarray(values, dtype=float)
        axis = self.axis
        if self._table is None or not isinstance(axis, Levels):
            return self._centres(numbers)
        return axis.positions[np.searchsorted(self._table.values, numbers)]

    def _decode(self, positions: FloatArray) -> list[Any]:
        if self._table is None:
            numbers = np.clip(self.distribution.ppf(positions), *self._range)
        else:
            cells = np.searchsorted(self._table.upper_edges[:-1], positions)
            numbers = self._table.values[cells]
        return [_as_plain(number) for number in numbers.tolist()]

    def _values(self) -> Sequence[Any]:
        if self._table is None:
            low, high = self._range
            return range(int(low), int(high) + 1)
        return [_as_plain(number) for number in self._table.values.tolist()]

    def __repr__(self) -> str:
        """Show the distribution as it was written."""
        return _as_written(self.distribution)

    def _snap(self, positions: FloatArray) -> FloatArray:
        values = np.clip(self.distribution.ppf(positions), *self._range)
        return self._centres(values)

    def _centres(self, numbers: FloatArray) -> FloatArray:
        cdf = self.distribution.cdf
        return np.asarray((cdf(numbers - 1) + cdf(numbers)) / 2, dtype=float)

    @cached_property
    def _range(self) -> tuple[float, float]:
        if self._table is not None:
            return float(self._table.values[0]), float(self._table.values[-1])
        low, high = self.distribution.ppf([_TAIL, 1 - _TAIL])
        return float(low), float(high)

    @cached_property
    def _table(self) -> _Table | None:
        """Values that are tried, ascending; None if there are too many."""
        return _tabulate(self.distribution)


def _tabulate(distribution: Any) -> _Table | None:
    """List the values of a discrete distribution that are tried; None if too many.

    Cells are sums of the pmf, because the cdf of some distributions sums it anew for
    every value, which takes minutes for a long table.
    """
    low, high = map(float, distribution.support())
    listed = getattr(getattr(distribution, "dist", None), "xk", None)
    if listed is not None:
        numbers = np.unique(np.asarray(listed, dtype=float))
        numbers = numbers + (low - numbers[0])  # shifted by the frozen loc
    else:
        low = low if math.isfinite(low) else float(distribution.ppf(_TAIL))
        numbers = low + np.arange(min(high - low + 1, _LARGEST_TABLE))
    probability = np.asarray(distribution.pmf(numbers), dtype=float)
    upper = float(distribution.cdf(numbers[0] - 1)) + np.cumsum(probability)
    if upper[-1] < _TABLE_SHARE:
        return None
    likely = probability >= _NEGLIGIBLE
    if math.isinf(high):
        likely &= upper - probability < 1 - _TAIL
    # The last edge is set to 1, so that rounding leaves no gap above it.
    return _Table(numbers[likely], np.append(upper[likely][:-1], 1.0))


def dimension_of_distribution(distribution: Any) -> Dimension:
    """Make the dimension of a frozen distribution.

    Raises
    ------
    ValueError
        If its parameters are arrays or invalid.
    """
    median = np.asarray(distribution.ppf(0.5))
    if median.ndim:
        raise ValueError(
            f"has the shape {median.shape}: write one distribution for one parameter"
        )
    if not np.isfinite(median):
        raise ValueError("has parameters that are not valid (its median is no number)")
    if not hasattr(distribution, "pmf"):
        return Continuous(distribution)
    low, high = map(float, distribution.support())
    name = getattr(getattr(distribution, "dist", None), "name", "")
    if name == "randint" and is_whole(low) and low < high < 10**12:
        return Integer(int(low), int(high))
    return Discrete(distribution)


def _as_plain(number: float) -> int | float:
    return int(number) if float(number).is_integer() else float(number)


def _as_written(distribution: Any) -> str:
    """The repr of a frozen distribution as a call, which scipy's own is not."""
    family = getattr(distribution, "dist", None)
    if family is None:
        return repr(distribution)
    name = getattr(family, "name", None) or type(distribution).__name__
    arguments = [repr(native(a)) for a in getattr(distribution, "args", ())]
    keywords = getattr(distribution, "kwds", {})
    arguments += [f"{k}={native(v)!r}" for k, v in keywords.items()]
    return f"{name}({', '.join(arguments)})"

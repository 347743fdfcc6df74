"""Frozen scipy distributions as dimensions: the position of a value is its cdf.

The user's density so becomes the uniform one on the axis: it is the prior of the
search, and unbounded distributions need no bounds.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.space._axes import Axis, Interval, Levels, Steps
from skbayes.space._choices import is_finite_number, is_number, native
from skbayes.space._dimension import Dimension, is_whole
from skbayes.space._ranges import Integer

#: Probability left out at an end that is infinite, or zero where scales break down.
_TAIL = 1e-6
#: Values of a discrete distribution less likely than this are never tried.
_NEGLIGIBLE = 1e-9
#: A table lists so many values of a discrete distribution at most ...
_LARGEST_TABLE = 100_000
#: ... and serves where they have so much of the probability.
_TABLE_SHARE = 0.999
#: Where two distributions are compared.
_PROBES = np.linspace(0.005, 0.995, 34)


@dataclass(frozen=True, eq=False)
class Continuous(Dimension):
    """A frozen continuous distribution.

    Parameters
    ----------
    distribution : frozen scipy.stats distribution
        With ``cdf``, ``ppf`` and ``support``. An end of its support is a value of
        the dimension unless it is infinite or zero: there the last 1e-6 of the
        probability is left out.
    """

    distribution: Any

    @cached_property
    def axis(self) -> Interval:
        """The positions that give finite values."""
        low, high = self._support
        return Interval(
            0.0 if math.isfinite(low) and low != 0 else _TAIL,
            1.0 if math.isfinite(high) and high != 0 else 1.0 - _TAIL,
        )

    @property
    def n_values(self) -> float:
        """There are infinitely many values."""
        return math.inf

    @property
    def domain(self) -> str:
        """The support in words."""
        low, high = self._support
        return f"a number from {low!r} to {high!r}"

    @cached_property
    def identity(self) -> Hashable:
        """Some quantiles and the ends."""
        return (*self.distribution.ppf(_PROBES).tolist(), *self._support)

    def _find(self, value: Any) -> float:
        """Return the value as a float; LookupError where it is outside the support."""
        low, high = self._support
        if is_finite_number(value):
            # uniform(0.7, 0.2) ends at 0.8999999999999999, the user's 0.9 is in it
            inside = min(max(float(value), low), high)
            if math.isclose(inside, value, rel_tol=1e-9):
                return inside
        raise LookupError

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        """Return the cdf of values."""
        axis = self.axis
        positions = self.distribution.cdf(np.asarray(values, dtype=float))
        return np.asarray(np.clip(positions, axis.lower, axis.upper))

    def _decode(self, positions: FloatArray) -> list[Any]:
        """Return quantiles, never outside the support."""
        values = np.asarray(self.distribution.ppf(positions), dtype=float)
        return list(np.clip(values, *self._support).tolist())

    def __repr__(self) -> str:
        """Show the distribution as it was written."""
        return _as_written(self.distribution)

    @cached_property
    def _support(self) -> tuple[float, float]:
        low, high = self.distribution.support()
        return float(low), float(high)


@dataclass(frozen=True)
class _Table:
    """Values of a discrete distribution, and where their shares of [0, 1] end."""

    values: FloatArray
    upper_edges: FloatArray


@dataclass(frozen=True, eq=False)
class Discrete(Dimension):
    """A frozen discrete distribution.

    A value's cell runs from the cdf before it to its own; its position is the
    centre of the cell.

    Parameters
    ----------
    distribution : frozen scipy.stats distribution
        With ``cdf``, ``ppf``, ``pmf`` and ``support``. The last 1e-6 of the
        probability towards an infinite end is left out, and so are single values
        less likely than 1e-9.
    """

    distribution: Any

    @cached_property
    def axis(self) -> Axis:
        """The centres of the cells, in a table where there are not too many."""
        if self._table is None:
            return Steps(self._snap)
        upper = self._table.upper_edges
        lower = np.append(0.0, upper[:-1])
        return Levels((lower + upper) / 2, upper[:-1], equally_likely=False)

    @cached_property
    def n_values(self) -> float:
        """How many values are likely enough to be tried."""
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
        """Return the value as int or float; LookupError where it is none."""
        low, high = self._range
        if is_number(value) and low <= value <= high:
            if self._table is None:
                if is_whole(value - low):
                    return _as_plain(value)
            elif value in self._table.values:
                return _as_plain(value)
        raise LookupError

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        """Return the centres of the values' cells."""
        numbers = np.asarray(values, dtype=float)
        axis = self.axis
        if self._table is None or not isinstance(axis, Levels):
            return self._centres(numbers)
        return axis.positions[np.searchsorted(self._table.values, numbers)]

    def _decode(self, positions: FloatArray) -> list[Any]:
        """Return ints, or floats where a value has a fraction."""
        if self._table is None:
            numbers = np.clip(self.distribution.ppf(positions), *self._range)
        else:
            cells = np.searchsorted(self._table.upper_edges[:-1], positions)
            numbers = self._table.values[cells]
        return [_as_plain(number) for number in numbers.tolist()]

    def _values(self) -> Sequence[Any]:
        """Return all values, ascending."""
        if self._table is None:
            low, high = self._range
            return range(int(low), int(high) + 1)
        return [_as_plain(number) for number in self._table.values.tolist()]

    def __repr__(self) -> str:
        """Show the distribution as it was written."""
        return _as_written(self.distribution)

    def _snap(self, positions: FloatArray) -> FloatArray:
        """Return the centres of the cells that positions lie in."""
        values = np.clip(self.distribution.ppf(positions), *self._range)
        return self._centres(values)

    def _centres(self, numbers: FloatArray) -> FloatArray:
        """Return the centres of the cells of values, without a table."""
        cdf = self.distribution.cdf
        return np.asarray((cdf(numbers - 1) + cdf(numbers)) / 2, dtype=float)

    @cached_property
    def _range(self) -> tuple[float, float]:
        """Smallest and largest value that is tried."""
        if self._table is not None:
            return float(self._table.values[0]), float(self._table.values[-1])
        low, high = self.distribution.ppf([_TAIL, 1 - _TAIL])
        return float(low), float(high)

    @cached_property
    def _table(self) -> _Table | None:
        """Values that are tried, ascending; None where they are too many."""
        return _tabulate(self.distribution)


def _tabulate(distribution: Any) -> _Table | None:
    """List the likely values of a discrete distribution; None where too many are.

    The shares are sums of the pmf: the cdf of some distributions sums it anew for
    every value, which takes minutes for a long table.
    """
    low, high = map(float, distribution.support())
    listed = getattr(getattr(distribution, "dist", None), "xk", None)
    if listed is not None:
        numbers = np.unique(np.asarray(listed, dtype=float))
        numbers = numbers + (low - numbers[0])  # the frozen distribution's loc
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
    return _Table(numbers[likely], np.append(upper[likely][:-1], 1.0))


def dimension_of_distribution(distribution: Any) -> Dimension:
    """Make the dimension a frozen distribution describes.

    Raises
    ------
    ValueError
        If it has arrays for parameters, or parameters that are not valid.
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
    """Return an int where the number has no fraction."""
    return int(number) if float(number).is_integer() else float(number)


def _as_written(distribution: Any) -> str:
    """Show a frozen distribution as a call, which scipy's own repr does not."""
    family = getattr(distribution, "dist", None)
    name = getattr(family, "name", None) or type(distribution).__name__
    arguments = [repr(native(a)) for a in getattr(distribution, "args", ())]
    keywords = getattr(distribution, "kwds", {})
    arguments += [f"{k}={native(v)!r}" for k, v in keywords.items()]
    return f"{name}({', '.join(arguments)})"

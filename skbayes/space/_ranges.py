"""Ranges of numbers, both ends included: `Real` and `Integer`."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._values import is_finite_number, is_number, native
from skbayes.space._axes import Axis, Cells, Interval, LogCells
from skbayes.space._dimension import Dimension, is_whole
from skbayes.space._other_keywords import explain_other_keywords

PRIORS = ("uniform", "log-uniform")

#: Beyond it float64 cannot distinguish neighbours on a log axis.
_LARGEST_INTEGER = 10**12


@explain_other_keywords
@dataclass(frozen=True, eq=False)
class Real(Dimension):
    """A range of real numbers, both ends included.

    Parameters
    ----------
    low, high : float
        The ends of the range.
    prior : {"uniform", "log-uniform"}, default="uniform"
        Whether equal differences or equal ratios are equally likely. Use "log-uniform"
        for a range over several orders of magnitude.

    Raises
    ------
    TypeError
        If an end is not a number.
    ValueError
        If an end is not finite, if `low` is not below `high`, if `prior` is unknown, or
        if `low` is not positive and the prior is "log-uniform".

    Examples
    --------
    >>> from skbayes.space import Real
    >>> learning_rate = Real(1e-3, 1.0, prior="log-uniform")
    >>> 1e-3 <= learning_rate.rvs(random_state=0) <= 1.0
    True
    """

    low: float
    high: float
    prior: str = "uniform"

    def __post_init__(self) -> None:
        """Check the range."""
        _set_bounds(self)
        _check_range("Real", self.low, self.high, self.prior, 0.0)
        if not math.isfinite(float(self.high) - float(self.low)):
            raise ValueError(
                "The range of Real must not be wider than a float can hold. Got"
                f" low={self.low!r} and high={self.high!r} instead."
            )

    @property
    def axis(self) -> Axis:
        """Every position from 0 to 1."""
        return Interval()

    @property
    def n_values(self) -> float:
        """Infinity."""
        return math.inf

    @property
    def domain(self) -> str:
        """The range in words."""
        return f"a number from {self.low!r} to {self.high!r}"

    @property
    def identity(self) -> Hashable:
        """The ends as floats and the prior."""
        return float(self.low), float(self.high), self.prior

    def _find(self, value: Any) -> float:
        """Return the value as a float; LookupError if it is outside."""
        if not is_number(value) or not self.low <= value <= self.high:
            raise LookupError
        return float(value)

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        """Return positions between the ends, on a log scale if the prior is."""
        low, high = self._ends
        numbers = np.asarray(values, dtype=float)
        if self.prior == "log-uniform":
            numbers = np.log(numbers)
        return np.clip((numbers - low) / (high - low), 0.0, 1.0)

    def _decode(self, positions: FloatArray) -> list[Any]:
        low, high = self._ends
        numbers = low + positions * (high - low)
        if self.prior == "log-uniform":
            numbers = np.exp(numbers)
        # The ends are returned exactly, however exp and log round.
        numbers = np.where(positions <= 0.0, self.low, numbers)
        numbers = np.where(positions >= 1.0, self.high, numbers)
        return list(np.clip(numbers, self.low, self.high).tolist())

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The ends on the axis the prior is uniform on."""
        low, high = float(self.low), float(self.high)
        if self.prior == "log-uniform":
            return math.log(low), math.log(high)
        return low, high


@explain_other_keywords
@dataclass(frozen=True, eq=False)
class Integer(Dimension):
    """A range of integers, both ends included.

    Parameters
    ----------
    low, high : int
        The ends of the range; floats without a fraction, such as 1e5, are accepted.
    prior : {"uniform", "log-uniform"}, default="uniform"
        Whether equal differences or equal ratios are equally likely.

    Raises
    ------
    TypeError
        If an end is not an integer.
    ValueError
        If `low` is not below `high`, if `prior` is unknown, if `low` is not positive
        and the prior is "log-uniform", or if an end is beyond 10**12.

    Examples
    --------
    >>> from skbayes.space import Integer
    >>> Integer(1, 3).rvs(size=5, random_state=0)
    [2, 1, 1, 1, 3]
    """

    low: int
    high: int
    prior: str = "uniform"

    def __post_init__(self) -> None:
        """Check the range of integers."""
        _set_bounds(self)
        for name, bound in (("low", self.low), ("high", self.high)):
            if is_finite_number(bound) and not is_whole(bound):
                raise TypeError(
                    f"The `{name}` parameter of Integer must be an int. Got {bound!r}"
                    " instead. Use Real for a range of real numbers."
                )
            if is_finite_number(bound):
                object.__setattr__(self, name, int(bound))
        _check_range("Integer", self.low, self.high, self.prior, 1)
        if max(abs(self.low), abs(self.high)) > _LARGEST_INTEGER:
            raise ValueError(
                "The bounds of Integer must lie within 10**12 of zero. Got"
                f" low={self.low!r} and high={self.high!r} instead."
            )

    @property
    def axis(self) -> Axis:
        """Cell centres of an axis that extends half a step beyond the ends."""
        if self.prior == "log-uniform":
            return LogCells(self.low, self.high)
        return Cells(self.high - self.low + 1)

    @property
    def n_values(self) -> float:
        """Number of integers from end to end."""
        return float(self.high - self.low + 1)

    @property
    def domain(self) -> str:
        """The range in words."""
        return f"an integer from {self.low} to {self.high}"

    @property
    def identity(self) -> Hashable:
        """The ends and the prior."""
        return self.low, self.high, self.prior

    def _find(self, value: Any) -> int:
        """Return the value as an int; LookupError if it is not in the range."""
        inside = is_number(value) and self.low <= value <= self.high
        if not inside or not is_whole(value):
            raise LookupError
        return int(value)

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        numbers = np.asarray(values, dtype=float)
        axis = self.axis
        if isinstance(axis, LogCells):
            return np.asarray((np.log(numbers) - axis.start) / axis.width)
        return np.asarray((numbers - self.low + 0.5) / self.n_values)

    def _decode(self, positions: FloatArray) -> list[Any]:
        axis = self.axis
        if isinstance(axis, LogCells):
            numbers = np.exp(axis.start + positions * axis.width)
        else:
            numbers = np.floor(positions * self.n_values) + self.low
        numbers = np.clip(np.rint(numbers), self.low, self.high)
        return list(numbers.astype(np.int64).tolist())

    def _values(self) -> Sequence[Any]:
        return range(self.low, self.high + 1)


def _set_bounds(dimension: Real | Integer) -> None:
    # Frozen dataclasses can be set in this way only. Plain numbers, so that the repr is
    # valid code and equal ranges are equal.
    object.__setattr__(dimension, "low", native(dimension.low))
    object.__setattr__(dimension, "high", native(dimension.high))
    object.__setattr__(dimension, "prior", native(dimension.prior))


def _check_range(kind: str, low: Any, high: Any, prior: Any, least: float) -> None:
    """Raise with the first error of a range."""
    for name, bound in (("low", low), ("high", high)):
        if not is_number(bound):
            raise TypeError(
                f"The `{name}` parameter of {kind} must be a number. Got {bound!r}"
                " instead."
            )
        if not is_finite_number(bound):
            raise ValueError(
                f"The `{name}` parameter of {kind} must be finite. Got {bound!r}"
                " instead. Use a scipy.stats distribution for an unbounded prior."
            )
    if prior not in PRIORS:
        raise ValueError(
            f"The `prior` parameter of {kind} must be 'uniform' or 'log-uniform'."
            f" Got {prior!r} instead."
        )
    if low >= high:
        raise ValueError(
            f"The `low` parameter of {kind} must be below `high`. Got low={low!r} and"
            f" high={high!r} instead."
            + (f" Write [{low!r}] for a constant." if low == high else "")
        )
    if prior == "log-uniform" and low <= 0:
        raise ValueError(
            f"The `low` parameter of {kind} must be"
            f" {'>= 1' if least else '> 0'} with prior='log-uniform'. Got {low!r}"
            " instead. Use prior='uniform', or a positive `low`."
        )

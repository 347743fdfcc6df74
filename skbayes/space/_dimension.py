"""What a dimension is: the values one parameter may take, and their axis."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any, Protocol, overload

import numpy as np

from skbayes._protocol import FloatArray
from skbayes.space._axes import Axes, Axis
from skbayes.space._choices import native

#: The middle of a range over this many times its median makes an axis logarithmic:
#: more than a factor of 14 between the deciles of a log-uniform prior.
_FAR_ABOVE = 2.0

#: What ``random_state`` may be.
RandomState = int | np.random.RandomState | np.random.Generator | None


class _UniformSource(Protocol):
    """What is asked of a generator, old or new."""

    def random(self, size: Any = ...) -> Any:
        """Draw uniform numbers in [0, 1)."""


class Dimension(ABC):
    """The values one parameter may take.

    Subclasses are frozen dataclasses whose fields are their constructor's
    arguments. Positions are in [0, 1] on numeric dimensions, codes 0 to m - 1 on
    categorical ones.
    """

    #: Whether positions are codes of categories.
    is_categorical: bool = False

    @property
    @abstractmethod
    def axis(self) -> Axis:
        """Where on its axis the dimension has values."""

    @cached_property
    def is_logarithmic(self) -> bool:
        """Whether values change by orders of magnitude along the axis.

        Then the middle of the deciles' range lies far above the median, whether the
        prior, the distribution or the list of values says so.
        """
        if self.is_categorical:
            return False
        deciles = self._axes.from_unit(np.array([[0.1], [0.5], [0.9]]))[:, 0]
        low, median, high = self.decode(deciles)
        return bool(0.5 * (low + high) >= _FAR_ABOVE * median > 0)

    @property
    @abstractmethod
    def n_values(self) -> float:
        """How many values there are, inf for a continuous dimension."""

    @property
    @abstractmethod
    def domain(self) -> str:
        """The values in words, as in "must be <domain>"."""

    @property
    @abstractmethod
    def identity(self) -> Hashable:
        """Equal for dimensions that offer the same values in the same way."""

    def find(self, value: Any) -> Any:
        """Find the dimension's own twin of a value.

        Parameters
        ----------
        value : object
            Any value, numpy scalars included.

        Returns
        -------
        object
            What `decode` would give for it, up to rounding: an int where the
            dimension has ints, the very choice where the value equals one.

        Raises
        ------
        ValueError
            If the dimension has no such value; the message says what it has.
        """
        try:
            return self._find(native(value))
        except LookupError:
            raise ValueError(f"must be {self.domain}") from None

    def contains(self, value: Any) -> bool:
        """Tell whether the dimension has a value.

        Parameters
        ----------
        value : object
            Any value.

        Returns
        -------
        bool
            Whether `find` finds it.
        """
        try:
            self._find(native(value))
        except LookupError:
            return False
        return True

    def encode(self, values: Sequence[Any]) -> FloatArray:
        """Encode values.

        Parameters
        ----------
        values : sequence of length n
            Values as `find` returns them.

        Returns
        -------
        array of shape (n,)
            Their positions.
        """
        return np.asarray(self._encode(values), dtype=float)

    def decode(self, positions: FloatArray) -> list[Any]:
        """Decode feasible positions.

        Parameters
        ----------
        positions : array of shape (n,)
            Rounded to where the dimension has values.

        Returns
        -------
        list of length n
            Plain Python objects, or choices as they were given.
        """
        return self._decode(np.asarray(positions, dtype=float))

    def values(self) -> Sequence[Any]:
        """List all values of a finite dimension.

        Returns
        -------
        sequence
            In the order a grid takes them.

        Raises
        ------
        TypeError
            If there are infinitely many.
        """
        if math.isinf(self.n_values):
            raise TypeError(f"{self!r} has infinitely many values.")
        return self._values()

    @overload
    def rvs(self, size: None = ..., random_state: RandomState = ...) -> Any: ...
    @overload
    def rvs(self, size: int, random_state: RandomState = ...) -> list[Any]: ...
    def rvs(self, size: int | None = None, random_state: RandomState = None) -> Any:
        """Draw values from the prior.

        Parameters
        ----------
        size : int, default=None
            How many values to draw; None draws one and returns it bare.
        random_state : int, RandomState, Generator or None, default=None
            Where the randomness comes from; None means a fresh seed.

        Returns
        -------
        value or list of values
            Plain Python objects.
        """
        source = _uniform_source(random_state)
        unit = np.asarray(source.random(1 if size is None else size), dtype=float)
        positions = self._axes.from_unit(unit[:, None])[:, 0]
        values = self.decode(positions)
        return values[0] if size is None else values

    @abstractmethod
    def _find(self, value: Any) -> Any:
        """Return the own twin of a native value; LookupError where there is none."""

    @abstractmethod
    def _encode(self, values: Sequence[Any]) -> FloatArray:
        """Return the positions of values that `_find` has returned."""

    @abstractmethod
    def _decode(self, positions: FloatArray) -> list[Any]:
        """Return the values at feasible positions."""

    def _values(self) -> Sequence[Any]:
        """Return all values of a finite dimension."""
        raise NotImplementedError

    @cached_property
    def _axes(self) -> Axes:
        """The dimension's axis, ready to round positions."""
        return Axes([self.axis])

    def __eq__(self, other: object) -> bool:
        """Tell whether both offer the same values in the same way."""
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Dimension)
        return self.identity == other.identity

    def __hash__(self) -> int:
        """Hash the values offered."""
        return hash((type(self), self.identity))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the constructor's arguments: what is cached may hold addresses."""
        arguments = (getattr(self, f.name) for f in fields(self))  # type: ignore[arg-type]
        return type(self), tuple(arguments)


def is_whole(value: float) -> bool:
    """Tell whether a number is finite and has no fraction."""
    return math.isfinite(value) and float(value).is_integer()


def _uniform_source(random_state: RandomState) -> _UniformSource:
    """Make a generator of uniform numbers of what the user gave."""
    if isinstance(random_state, (np.random.RandomState, np.random.Generator)):
        return random_state
    return np.random.default_rng(random_state)

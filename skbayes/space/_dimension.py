"""The base class of dimensions: the values of one parameter, and their axis."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import fields
from functools import cached_property
from typing import Any, overload

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._seeding import uniform_source
from skbayes._values import native
from skbayes.space._axes import Axes, Axis
from skbayes.space._scale import spans_magnitudes

#: Types of ``random_state``.
RandomState = int | np.random.RandomState | np.random.Generator | None


class Dimension(ABC):
    """The values of one parameter.

    Subclasses are frozen dataclasses whose fields are their constructor's
    arguments. Positions are in [0, 1] on numeric dimensions, codes 0 to m - 1 on
    categorical ones.
    """

    #: Whether positions are codes of categories.
    is_categorical: bool = False

    def __getstate__(self) -> dict[str, Any]:
        # Cached values may contain ids of objects, which differ in another process.
        return {
            name: value
            for name, value in vars(self).items()
            if not isinstance(getattr(type(self), name, None), cached_property)
        }

    @property
    @abstractmethod
    def axis(self) -> Axis:
        """The axis with the feasible positions."""

    @cached_property
    def is_logarithmic(self) -> bool:
        """Whether values change by orders of magnitude along the axis.

        Judged by the prior, whether it comes from a range, a distribution or a list:
        the middle of the deciles' range is then far above the median.
        """
        if self.is_categorical:
            return False
        deciles = self._axes.from_unit(np.array([[0.1], [0.5], [0.9]]))[:, 0]
        low, median, high = self.decode(deciles)
        return spans_magnitudes(low, median, high)

    @property
    @abstractmethod
    def n_values(self) -> float:
        """Number of values, inf for a continuous dimension."""

    @property
    @abstractmethod
    def domain(self) -> str:
        """The values in words, as in "must be <domain>"."""

    @property
    @abstractmethod
    def identity(self) -> Hashable:
        """Equal for dimensions with the same values on the same axis."""

    def find(self, value: Any) -> Any:
        """Find the canonical value equal to a value.

        Parameters
        ----------
        value : object
            Any value, numpy scalars included.

        Returns
        -------
        object
            The result of `decode` for it, up to rounding: an int if the dimension has
            ints, the choice object itself if the value equals one.

        Raises
        ------
        ValueError
            If the dimension has no such value; the message describes its values.
        """
        try:
            return self._find(native(value))
        except LookupError:
            raise ValueError(f"must be {self.domain}") from None

    def contains(self, value: Any) -> bool:
        """Whether the dimension has a value.

        Parameters
        ----------
        value : object
            Any value.

        Returns
        -------
        bool
            Whether `find` finds the value.
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

    def snap(self, positions: FloatArray) -> FloatArray:
        """Round positions to feasible ones.

        Parameters
        ----------
        positions : array of shape (n,)
            Any positions.

        Returns
        -------
        array of shape (n,)
            The nearest feasible positions.
        """
        return self._axes.snap(np.asarray(positions, dtype=float)[:, None])[:, 0]

    def decode(self, positions: FloatArray) -> list[Any]:
        """Decode feasible positions.

        Parameters
        ----------
        positions : array of shape (n,)
            Feasible positions, as `snap` returns them.

        Returns
        -------
        list of length n
            Plain Python objects, or the user's choices.
        """
        return self._decode(np.asarray(positions, dtype=float))

    def values(self) -> Sequence[Any]:
        """List all values of a finite dimension.

        Returns
        -------
        sequence
            Values in the order of a grid.

        Raises
        ------
        TypeError
            If the dimension is infinite.
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
            Number of values; None draws one and returns it without a list.
        random_state : int, RandomState, Generator or None, default=None
            Source of randomness; None uses a fresh seed.

        Returns
        -------
        value or list of values
            Plain Python objects.
        """
        source = uniform_source(random_state)
        unit = np.asarray(source.random(1 if size is None else size), dtype=float)
        positions = self._axes.from_unit(unit[:, None])[:, 0]
        values = self.decode(positions)
        return values[0] if size is None else values

    @abstractmethod
    def _find(self, value: Any) -> Any:
        """Return the canonical value of a native one; LookupError if there is none."""

    @abstractmethod
    def _encode(self, values: Sequence[Any]) -> FloatArray:
        """Return the positions of values that `_find` has returned."""

    @abstractmethod
    def _decode(self, positions: FloatArray) -> list[Any]:
        """Return the values at feasible positions."""

    def _values(self) -> Sequence[Any]:
        raise NotImplementedError

    def listed(self) -> Sequence[Any]:
        """Return the choices that the user listed.

        Returns
        -------
        sequence
            The choices; empty for a range.
        """
        return ()

    @cached_property
    def _axes(self) -> Axes:
        """The dimension's axis, ready to round positions."""
        return Axes([self.axis])

    def __eq__(self, other: object) -> bool:
        """Whether both have the same values on the same axis."""
        if type(self) is not type(other):
            return NotImplemented
        assert isinstance(other, Dimension)
        return self.identity == other.identity

    def __hash__(self) -> int:
        """Hash type and identity."""
        return hash((type(self), self.identity))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the constructor's arguments; cached values may contain ids."""
        arguments = (getattr(self, f.name) for f in fields(self))  # type: ignore[arg-type]
        return type(self), tuple(arguments)


def is_whole(value: float) -> bool:
    """Whether a number is finite and has no fraction."""
    return math.isfinite(value) and float(value).is_integer()

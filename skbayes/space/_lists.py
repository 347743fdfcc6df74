"""Lists of choices: `Categorical`, and `Ordinal` for choices that are numbers."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._short_text import as_text
from skbayes._values import ValueIndex, distinct, is_finite_number, value_key
from skbayes.space._axes import Axis, Cells, Codes, Levels
from skbayes.space._dimension import Dimension
from skbayes.space._other_keywords import explain_other_keywords
from skbayes.space._scale import even_scale

#: Gaps with a smaller relative difference are equal: logspace and linspace round.
_EVEN = 1e-6
#: Choices needed for a scale: with two there is nothing to interpolate.
_FEWEST_ORDERED = 3
#: Choices quoted in a message before it is cut short.
_QUOTED = 10


class _Choices(Dimension):
    """What both kinds of lists have in common."""

    choices: Sequence[Any]

    @property
    def n_values(self) -> float:
        """Number of choices."""
        return float(len(self.choices))

    @property
    def domain(self) -> str:
        """The first few choices in words."""
        return quote_choices(self.choices)

    @cached_property
    def identity(self) -> Hashable:
        """The choices in any order."""
        return frozenset(map(value_key, self.choices))


@explain_other_keywords
@dataclass(frozen=True, eq=False)
class Categorical(_Choices):
    """Choices without an order.

    Parameters
    ----------
    choices : sequence
        The choices, of any type: strings, ``None``, bools, tuples, estimators.
        They reach the estimator as they are, numpy scalars as plain Python values.
        Repeated ones count once.

    Raises
    ------
    TypeError
        If `choices` is a string or no sequence.
    ValueError
        If there are no choices.

    Examples
    --------
    >>> from skbayes.space import Categorical
    >>> Categorical(["l1", "l2", None]).rvs(random_state=0)
    'l2'
    """

    choices: Sequence[Any]

    is_categorical = True

    def __post_init__(self) -> None:
        """Check the choices, and drop repetitions."""
        given = self.choices
        if isinstance(given, (str, bytes)) or not hasattr(given, "__iter__"):
            raise TypeError(
                "The `choices` parameter of Categorical must be a list. Got"
                f" {given!r} instead. Write [{given!r}] for a single choice."
            )
        choices = distinct(given)
        if not choices:
            raise ValueError(
                "The `choices` parameter of Categorical must not be empty. Got"
                f" {given!r} instead."
            )
        object.__setattr__(self, "choices", choices)

    @property
    def axis(self) -> Axis:
        """One code for each choice."""
        return Codes(len(self.choices))

    def _find(self, value: Any) -> Any:
        """Return the choice itself; LookupError if it is not one."""
        code = self._index.find(value)
        if code is None:
            raise LookupError
        return self.choices[code]

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        return np.array([self._index.find(value) for value in values], dtype=float)

    def _decode(self, positions: FloatArray) -> list[Any]:
        return [self.choices[code] for code in np.rint(positions).astype(int).tolist()]

    def _values(self) -> Sequence[Any]:
        """Return the choices.

        Returns
        -------
        sequence
            The choices, in the order given.
        """
        return self.choices

    def listed(self) -> Sequence[Any]:
        """Return the choices.

        Returns
        -------
        sequence
            The choices, in the order given.
        """
        return self.choices

    @cached_property
    def _index(self) -> ValueIndex:
        return ValueIndex(self.choices)


@dataclass(frozen=True, eq=False)
class Ordinal(_Choices):
    """Choices that are numbers, on the scale that spaces them most evenly.

    Parameters
    ----------
    choices : sequence of int or float
        At least three distinct finite numbers, in the order a grid takes them.
    """

    choices: Sequence[Any]

    def __post_init__(self) -> None:
        """Drop repetitions."""
        object.__setattr__(self, "choices", distinct(self.choices))

    @cached_property
    def axis(self) -> Axis:
        """Equal cells if the numbers are evenly spaced, else their own positions."""
        m = len(self.choices)
        scale = even_scale(np.array(self._ascending, dtype=float))
        gaps = np.diff(scale)
        if np.ptp(gaps) <= _EVEN * gaps.mean():
            return Cells(m)
        margin = gaps.mean() / 2  # half a gap, as around evenly spaced numbers
        width = scale[-1] - scale[0] + 2 * margin
        positions = (scale - scale[0] + margin) / width
        edges = (positions[1:] + positions[:-1]) / 2
        return Levels(positions, edges, equally_likely=True)

    def _find(self, value: Any) -> Any:
        """Return the choice that equals a value; LookupError if there is none."""
        code = self._index.find(value)
        if code is None:
            raise LookupError
        return self._ascending[code]

    def _encode(self, values: Sequence[Any]) -> FloatArray:
        codes = [self._index.find(value) for value in values]
        return self._positions[np.array(codes, dtype=np.intp)]

    def _decode(self, positions: FloatArray) -> list[Any]:
        codes = np.searchsorted(self._edges, positions)
        return [self._ascending[code] for code in codes.tolist()]

    def _values(self) -> Sequence[Any]:
        """Return the choices.

        Returns
        -------
        sequence
            The choices, in the order given.
        """
        return self.choices

    def listed(self) -> Sequence[Any]:
        """Return the choices.

        Returns
        -------
        sequence
            The choices, in the order given.
        """
        return self.choices

    @cached_property
    def _ascending(self) -> list[Any]:
        return sorted(self.choices)

    @cached_property
    def _index(self) -> ValueIndex:
        return ValueIndex(self._ascending)

    @cached_property
    def _positions(self) -> FloatArray:
        """Position of each choice, ascending, shape (m,)."""
        axis, m = self.axis, len(self.choices)
        return axis.positions if isinstance(axis, Levels) else (np.arange(m) + 0.5) / m

    @cached_property
    def _edges(self) -> FloatArray:
        """Boundaries between the cells of the choices, shape (m - 1,)."""
        return (self._positions[1:] + self._positions[:-1]) / 2


def dimension_of_choices(values: Sequence[Any]) -> Categorical | Ordinal:
    """Make a scale from three or more distinct numbers, else categories."""
    choices = distinct(values)
    if len(choices) >= _FEWEST_ORDERED and all(map(is_finite_number, choices)):
        places = set(map(float, choices))
        # [1, 1.0, 2] has two choices at one position, which estimators may distinguish.
        if len(places) == len(choices) and math.isfinite(max(places) - min(places)):
            return Ordinal(choices)
    return Categorical(choices)


def quote_choices(choices: Sequence[Any]) -> str:
    """The first few choices in words."""
    shown = ", ".join(map(as_text, choices[:_QUOTED]))
    more = len(choices) - _QUOTED
    return f"one of {shown}" + (f" and {more} more" if more > 0 else "")

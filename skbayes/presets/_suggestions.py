"""Records of the space of one class, and functions to write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skbayes.presets._densities import IntegerQuartiles, Quartiles, rounded
from skbayes.presets._facts import Facts
from skbayes.space import Integer, Real
from skbayes.space._scale import prior_of

#: A number, or a function of the data's facts.
Number = float | Callable[[Facts], float]


@dataclass(frozen=True)
class Span:
    """A range of numbers with the quartiles of good values.

    Parameters
    ----------
    low, high : float or callable
        The ends.
    quartiles : tuple of three numbers or callables, default=()
        Quartiles of the good values; empty if they are unknown.
    log : bool, default=False
        Whether the axis is logarithmic.
    is_integer : bool, default=False
        Whether values are integers.
    source : str, default=""
        Source of the range.
    """

    low: Number
    high: Number
    quartiles: Sequence[Number] = ()
    log: bool = False
    is_integer: bool = False
    source: str = ""

    def values(self, facts: Facts) -> Any:
        """Make the dimension or distribution for some data."""
        low, high = (_number(n, facts) for n in (self.low, self.high))
        prior = prior_of(self.log)
        inner = _quartiles_within(
            low, high, [_number(q, facts) for q in self.quartiles], log=self.log
        )
        if not self.is_integer:
            if not inner:
                return Real(low, high, prior)
            return Quartiles(low, high, (inner[0], inner[1], inner[2]), log=self.log)
        least, most = round(low), round(max(high, low))
        if least == most:
            return [least]
        if not inner:
            return Integer(least, most, prior)
        q25, q50, q75 = (min(q, most) for q in inner)
        return IntegerQuartiles(least, most, (q25, q50, q75), log=self.log)


@dataclass(frozen=True)
class Choices:
    """A list of choices, or one fixed value.

    Parameters
    ----------
    choices : sequence or callable
        The choices, or a function of the data's facts.
    source : str, default=""
        Source of the choices.
    """

    choices: Sequence[Any] | Callable[[Facts], Sequence[Any]]
    source: str = ""

    def values(self, facts: Facts) -> Any:
        """List the choices for some data."""
        return list(self.choices(facts) if callable(self.choices) else self.choices)


Suggestion = Span | Choices
Dict = Mapping[str, Suggestion]


@dataclass(frozen=True)
class ClassSpace:
    """Space of some classes, by effort.

    Parameters
    ----------
    classes : tuple of str
        Names of the classes.
    quick : mapping
        Parameters that carry a quarter or more of the gain of tuning.
    normal, wide : mapping
        Parameters added with more effort.
    branches : sequence of mapping, default=()
        Alternatives; each makes one dict together with the common parameters. "quick"
        ignores them.
    fixed : mapping
        Values for every search of the class, or functions of the data's facts.
    untuned : mapping
        Numbers equal to defaults such as "scale" or None, or as good as a default.
    first : sequence of mapping
        Points to try first: the best common default, then points far from it.
    source : str
        Source of the parameters without their own.
    """

    classes: tuple[str, ...]
    quick: Dict = field(default_factory=dict)
    normal: Dict = field(default_factory=dict)
    wide: Dict = field(default_factory=dict)
    branches: Sequence[Dict] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    untuned: Mapping[str, Any] = field(default_factory=dict)
    first: Sequence[Mapping[str, Any]] = ()
    source: str = ""

    def common(self, effort: str) -> dict[str, Suggestion]:
        """List the parameters that all alternatives have."""
        common = dict(self.quick)
        if effort != "quick":
            common |= self.normal
        if effort == "wide":
            common |= self.wide
        return common

    def dicts(self, effort: str) -> list[dict[str, Suggestion]]:
        """List the dicts for an effort."""
        common = self.common(effort)
        if effort == "quick" or not self.branches:
            return [common]
        return [common | dict(branch) for branch in self.branches]


def _quartiles_within(
    low: float, high: float, quartiles: list[float], *, log: bool
) -> list[float]:
    """Quartiles of the good values that lie in the range.

    An end that depends on the data may lie between the quartiles of other data. The
    density is taken to be constant between two quartiles.
    """
    if not quartiles or low <= quartiles[0] <= quartiles[2] <= high:
        return quartiles
    ends = min(low, quartiles[0]), max(high, quartiles[2])
    axis = np.log if log else np.asarray
    knots, shares = axis([ends[0], *quartiles, ends[1]]), np.linspace(0.0, 1.0, 5)
    first, last = np.interp(axis([low, high]), knots, shares)
    inner = np.interp(first + shares[1:4] * (last - first), shares, knots)
    inside = (np.exp(inner) if log else inner).clip(low, high)
    return [rounded(float(number)) for number in inside]


def _number(number: Number, facts: Facts) -> float:
    """Evaluate a number for some data and round it for short code."""
    return rounded(float(number(facts) if callable(number) else number))


def real(
    low: Number,
    high: Number,
    *quartiles: Number,
    log: bool = False,
    source: str = "",
) -> Span:
    """Write a range of real numbers."""
    return Span(low, high, quartiles, log, source=source)


def log(low: Number, high: Number, *quartiles: Number, source: str = "") -> Span:
    """Write a range of real numbers on a log axis."""
    return Span(low, high, quartiles, log=True, source=source)


def integer(
    low: Number,
    high: Number,
    *quartiles: Number,
    log: bool = False,
    source: str = "",
) -> Span:
    """Write a range of integers."""
    return Span(low, high, quartiles, log, is_integer=True, source=source)


def choices(*values: Any, source: str = "") -> Choices:
    """Write a list of choices."""
    return Choices(values, source)


def suggest(classes: str, **parts: Any) -> ClassSpace:
    """Write the space of classes; blanks separate their names."""
    return ClassSpace(tuple(classes.split()), **parts)

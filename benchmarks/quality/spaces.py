"""Search spaces in a form that belongs to no library, and their flat form.

A space is a tuple of branches; a branch maps each parameter to a `Number`, a
`Choice` or a `Fixed` value. Libraries that know conditional spaces are given the
branches; the others are given `FlatSpace`: one long list of parameters in which
those of the branches not chosen are ignored.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

BRANCH = "branch"


@dataclass(frozen=True)
class Number:
    """A range, both ends included."""

    low: float
    high: float
    log: bool = False
    integer: bool = False

    def at(self, u: float) -> float | int:
        """Value at the position u in [0, 1] of the range."""
        half = 0.5 if self.integer else 0.0
        low, high = self.low - half, self.high + half
        if self.log:
            value = math.exp(math.log(low) + u * (math.log(high) - math.log(low)))
        else:
            value = low + u * (high - low)
        value = min(max(value, self.low), self.high)
        return round(value) if self.integer else float(value)


@dataclass(frozen=True)
class Choice:
    """One of several values that JSON can hold."""

    options: tuple[Any, ...]

    def at(self, u: float) -> Any:
        """Option at the position u in [0, 1)."""
        return self.options[min(int(u * len(self.options)), len(self.options) - 1)]


@dataclass(frozen=True)
class Fixed:
    """A value that a whole branch shares."""

    value: Any


Dimension = Number | Choice | Fixed
Branch = Mapping[str, Dimension]
Space = tuple[Branch, ...]


def real(low: float, high: float) -> Number:
    """Floats, uniform."""
    return Number(low, high)


def log_real(low: float, high: float) -> Number:
    """Floats, uniform in the logarithm."""
    return Number(low, high, log=True)


def integer(low: int, high: int) -> Number:
    """Integers, uniform."""
    return Number(low, high, integer=True)


def log_integer(low: int, high: int) -> Number:
    """Integers, uniform in the logarithm."""
    return Number(low, high, log=True, integer=True)


def choice(*options: Any) -> Choice:
    """One of these."""
    return Choice(options)


@dataclass(frozen=True)
class FlatSpace:
    """A space as one list of free parameters, inactive ones ignored.

    A parameter that several branches have with the same dimension is one; one that
    they have with different dimensions is several, told apart by ``@`` and the branch.
    """

    space: Space
    dimensions: dict[str, Number | Choice] = field(init=False)
    slots: tuple[dict[str, str], ...] = field(init=False)

    def __post_init__(self) -> None:
        dimensions: dict[str, Number | Choice] = {}
        if len(self.space) > 1:
            dimensions[BRANCH] = Choice(tuple(range(len(self.space))))
        slots = []
        for b, branch in enumerate(self.space):
            slot = {}
            for name, dimension in branch.items():
                if isinstance(dimension, Fixed):
                    continue
                clash = dimensions.get(name, dimension) != dimension
                slot[name] = f"{name}@{b}" if clash else name
                dimensions[slot[name]] = dimension
            slots.append(slot)
        object.__setattr__(self, "dimensions", dimensions)
        object.__setattr__(self, "slots", tuple(slots))

    def params(self, flat: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters that are active in a flat point, constants included."""
        b = int(flat.get(BRANCH, 0))
        out = {}
        for name, dimension in self.space[b].items():
            if isinstance(dimension, Fixed):
                out[name] = dimension.value
            else:
                out[name] = flat[self.slots[b][name]]
        return out

    def sample(self, rng: np.random.Generator) -> dict[str, Any]:
        """A random flat point."""
        return {name: d.at(rng.random()) for name, d in self.dimensions.items()}

    def conditions(self) -> dict[str, list[int]]:
        """The branches of each parameter that not all branches have."""
        where = {
            name: [b for b, slot in enumerate(self.slots) if name in slot.values()]
            for name in self.dimensions
            if name != BRANCH
        }
        return {name: b for name, b in where.items() if len(b) < len(self.slots)}

    def decoded(self, coded: Mapping[str, Any]) -> dict[str, Any]:
        """A flat point from one whose choices are positions, as libraries return it.

        Positions may be strings. Numbers get the type and stay in the range that the
        dimension has, which some libraries leave by rounding.
        """
        point: dict[str, Any] = {}
        for name, value in coded.items():
            d = self.dimensions[name]
            if isinstance(d, Choice):
                point[name] = d.options[int(value)]
            else:
                number = min(max(float(value), d.low), d.high)
                point[name] = round(number) if d.integer else number
        return point

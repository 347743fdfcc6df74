"""Rules between the parameters of a space: inactive, absent and invalid values.

A rule holds where all of its literals hold. A literal is a condition on the value of
one parameter, or a comparison of several.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Effect(Enum):
    """The effect of a rule where it holds."""

    #: The parameter has no effect: candidates that differ in it alone are equal.
    INACTIVE = "inactive"
    #: The parameter must be left at the estimator's own value: it is not set.
    ABSENT = "absent"
    #: The candidate cannot be fitted and is never proposed.
    INVALID = "invalid"


@dataclass(frozen=True)
class Among:
    """The condition that a parameter has one of some values.

    Parameters
    ----------
    name : str
        The parameter; it has a column, thus more than one value.
    places : frozenset of int
        Indices of the values in ``dimension.values()``.
    """

    name: str
    places: frozenset[int]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters of the condition."""
        return (self.name,)


@dataclass(frozen=True)
class Satisfies:
    """The condition that the values of some parameters pass a test.

    Parameters
    ----------
    arguments : tuple of str or None
        The parameter for each argument of the test, or None for a constant.
    constants : tuple
        Constants in place of parameters; as long as `arguments`.
    test : callable
        Takes these values, in this order, and returns a bool. A function of a module,
        so that a space can be pickled.
    """

    arguments: tuple[str | None, ...]
    constants: tuple[Any, ...]
    test: Callable[..., bool]

    @property
    def names(self) -> tuple[str, ...]:
        """The parameters of the condition."""
        return tuple(name for name in self.arguments if name is not None)


Literal = Among | Satisfies


@dataclass(frozen=True)
class Rule:
    """A rule between the parameters of one dict of a space.

    Parameters
    ----------
    effect : Effect
        The effect where all of `when` holds.
    when : tuple of Literal
        Conditions that hold together; with none the rule always holds.
    name : str, default=""
        The parameter that is inactive or absent.
    value : object, default=None
        The estimator's own value of it: the canonical value of an inactive parameter if
        the dimension has it, and the value of an absent one.
    branch : int, default=0
        Index of the dict in the space.
    reason : str, default=""
        Why a combination is invalid, in words.
    """

    effect: Effect
    when: tuple[Literal, ...]
    name: str = ""
    value: Any = None
    branch: int = 0
    reason: str = ""

    def __getstate__(self) -> dict[str, Any]:
        # The effect as text: file formats other than pickle have no enums.
        return vars(self) | {"effect": self.effect.value}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state | {"effect": Effect(state["effect"])})

    @property
    def parents(self) -> frozenset[str]:
        """The parameters on which the rule depends."""
        return frozenset(name for literal in self.when for name in literal.names)

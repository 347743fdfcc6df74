"""Decide which columns of encoded points are active, by the rules of one dict.

Parameters are decided in an order in which parents come before the parameters that
depend on them. An inactive parent counts as having any of its values: none of them
makes a difference, so if one value makes a literal true, it is true.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from skbayes._protocol import BoolArray, FloatArray, IntArray
from skbayes.space._dimension import Dimension
from skbayes.space._rules import Among, Effect, Literal, Rule, Satisfies


@dataclass(frozen=True)
class Activity:
    """The result of a dict's rules for some of its points.

    Parameters
    ----------
    inactive : dict of str to bool array of shape (n,)
        For parameters with a column, the points where they have no effect.
    absent : dict of str to bool array of shape (n,)
        The points where a parameter is left out.
    """

    inactive: dict[str, BoolArray] = field(default_factory=dict)
    absent: dict[str, BoolArray] = field(default_factory=dict)


class Conditions:
    """The rules of one dict of a space.

    Parameters
    ----------
    branch : mapping of str to Dimension
        Dimensions of the dict's parameters, by name.
    column_of : mapping of str to int
        Column of each parameter that has one.
    rules : sequence of Rule
        Rules of this dict. A rule that closes a circle of parameters that depend on
        each other is dropped; the model then only has less information.
    """

    def __init__(
        self,
        branch: Mapping[str, Dimension],
        column_of: Mapping[str, int],
        rules: Sequence[Rule],
    ) -> None:
        self._branch = branch
        self._column_of = column_of
        self._invalid = [r for r in rules if r.effect is Effect.INVALID]
        self._settling = _in_order([r for r in rules if r.effect is not Effect.INVALID])
        self.canonical = self._canonical_values()
        self._tables = {
            name: _ValueTable(branch[name])
            for rule in rules
            for literal in rule.when
            if isinstance(literal, Among)
            for name in literal.names
        }

    @property
    def conditional(self) -> frozenset[str]:
        """Parameters that are inactive or absent somewhere."""
        return frozenset(rule.name for rule in self._settling)

    @property
    def gates(self) -> frozenset[str]:
        """Parameters that decide whether others are inactive, absent or invalid."""
        rules = (*self._settling, *self._invalid)
        return frozenset(name for rule in rules for name in rule.parents)

    @property
    def switches(self) -> frozenset[str]:
        """Parameters that decide whether others with a column are inactive."""
        return frozenset(
            name
            for rule in self._settling
            if rule.name in self._column_of
            for name in rule.parents
        )

    def own_value(self, name: str) -> Any:
        """The estimator's own value of a parameter that may be absent."""
        return next(
            r.value
            for r in self._settling
            if r.name == name and r.effect is Effect.ABSENT
        )

    def activity(self, U: FloatArray) -> Activity:
        """Inactive and absent parameters at the points `U`, shape (n, n_columns)."""
        found = Activity()
        known: dict[tuple[Literal, ...], BoolArray] = {}
        for rule in self._settling:
            # Presets have many parameters under one condition: it is evaluated once.
            holds = known.get(rule.when)
            if holds is None:
                holds = self._all_hold(rule.when, U, found, may_choose=True)
                known[rule.when] = holds
            if rule.name in self._column_of:
                _join(found.inactive, rule.name, holds)
            if rule.effect is Effect.ABSENT:
                _join(found.absent, rule.name, holds)
        return found

    def invalid(self, U: FloatArray, found: Activity) -> BoolArray:
        """Which of the points are invalid, shape (n,)."""
        result = np.zeros(len(U), dtype=np.bool_)
        for rule in self._invalid:
            result |= self._all_hold(rule.when, U, found, may_choose=False)
        return result

    def reason_against(self, U: FloatArray, found: Activity) -> str:
        """Why the only point of `U` is invalid; empty if it is valid."""
        for rule in self._invalid:
            if self._all_hold(rule.when, U, found, may_choose=False)[0]:
                return rule.reason or "the combination is invalid"
        return ""

    def _all_hold(
        self,
        when: tuple[Literal, ...],
        U: FloatArray,
        found: Activity,
        *,
        may_choose: bool,
    ) -> BoolArray:
        """Where all literals hold; an inactive parameter may have any value."""
        holds = np.ones(len(U), dtype=np.bool_)
        for literal in when:
            if isinstance(literal, Among):
                holds &= self._is_among(literal, U, found, may_choose)
            else:
                holds &= self._satisfies(literal, U, found)
            for name in literal.names:
                if name in found.absent:
                    holds &= ~found.absent[name]
        return holds

    def _is_among(
        self, literal: Among, U: FloatArray, found: Activity, may_choose: bool
    ) -> BoolArray:
        """Where the literal holds for points, or for their canonical values."""
        table = self._tables[literal.name]
        mask = table.mask(literal.places)
        holds: BoolArray = mask[table.places(U[:, self._column_of[literal.name]])]
        inactive = found.inactive.get(literal.name)
        if inactive is None:
            return holds
        if may_choose:
            # While activity is settled, an inactive parent may have any of its values:
            # a rule that holds for one of them holds for the point.
            return holds | inactive if mask.any() else holds
        canonical = table.places(
            self._branch[literal.name].encode([self.canonical[literal.name]])
        )
        return np.where(inactive, mask[canonical], holds)

    def _satisfies(
        self, literal: Satisfies, U: FloatArray, found: Activity
    ) -> BoolArray:
        """Where the literal holds, with canonical values in place of inactive ones."""
        columns = [
            [constant] * len(U) if name is None else self._values(name, U, found)
            for name, constant in zip(literal.arguments, literal.constants, strict=True)
        ]
        return np.array(
            [bool(literal.test(*values)) for values in zip(*columns, strict=True)],
            dtype=np.bool_,
        )

    def _values(self, name: str, U: FloatArray, found: Activity) -> list[Any]:
        dimension = self._branch[name]
        values = dimension.decode(dimension.snap(U[:, self._column_of[name]]))
        inactive = found.inactive.get(name)
        if inactive is not None:
            for row in np.flatnonzero(inactive).tolist():
                values[row] = self.canonical[name]
        return values

    def _canonical_values(self) -> dict[str, Any]:
        """The one value that represents all values of each inactive parameter."""
        values: dict[str, Any] = {}
        for rule in self._settling:
            if rule.name in self._column_of and rule.name not in values:
                values[rule.name] = _value_or_middle(
                    self._branch[rule.name], rule.value
                )
        return values


class _ValueTable:
    """Looks up the values of a finite dimension by their positions.

    Parameters
    ----------
    dimension : Dimension
        Dimension with finitely many values.
    """

    def __init__(self, dimension: Dimension) -> None:
        positions = dimension.encode(list(dimension.values()))
        self._order = np.argsort(positions, kind="stable")
        ordered = positions[self._order]
        # Midpoints between sorted positions: searchsorted then finds the nearest value.
        self._edges = 0.5 * (ordered[1:] + ordered[:-1])
        self._masks: dict[frozenset[int], BoolArray] = {}

    def places(self, positions: FloatArray) -> IntArray:
        """Ranks of the values nearest to the positions, shape (n,)."""
        return np.searchsorted(self._edges, positions)

    def mask(self, places: frozenset[int]) -> BoolArray:
        """Whether each rank belongs to a value at one of these places."""
        if places not in self._masks:
            self._masks[places] = np.isin(self._order, list(places))
        return self._masks[places]


def _value_or_middle(dimension: Dimension, value: Any) -> Any:
    """The canonical value of a dimension, else its median or first choice."""
    if dimension.contains(value):
        return dimension.find(value)
    middle = 0.0 if dimension.is_categorical else 0.5
    return dimension.decode(dimension.snap(np.array([middle])))[0]


def _join(masks: dict[str, BoolArray], name: str, mask: BoolArray) -> None:
    masks[name] = masks[name] | mask if name in masks else mask


def _in_order(rules: Sequence[Rule]) -> list[Rule]:
    """Sort rules so that parents come first, and cut circles."""
    left = {rule.name: [r for r in rules if r.name == rule.name] for rule in rules}
    ordered: list[Rule] = []
    # Topological sort by parents. A circle has no order: its first parameter in the
    # user's order is settled without the rules that close the circle.
    while left:
        ready = [
            n for n, of in left.items() if not any(r.parents & set(left) for r in of)
        ]
        if ready:
            for name in ready:
                ordered += left.pop(name)
            continue
        name = next(iter(left))
        ordered += [r for r in left.pop(name) if not r.parents & {name, *left}]
    return ordered

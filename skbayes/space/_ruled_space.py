"""A space with rules: some values make parameters inactive, absent or invalid."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np

from skbayes._protocol import BoolArray, FloatArray, IntArray, Params
from skbayes._values import stands_for
from skbayes.space._branches import Branch, count_points, points_of
from skbayes.space._conditions import Activity, Conditions
from skbayes.space._rules import Rule
from skbayes.space._space import Space
from skbayes.space._texts import value_of_text

#: Finite spaces up to this size are counted point by point. Larger ones are counted
#: without the rules, because the count makes and tests every point.
_LARGEST_COUNT = 20_000
#: Points that the rules are evaluated for at once, because a test of each point alone
#: is slow.
_BLOCK_SIZE = 1024


def with_rules(space: Space, rules: Sequence[Rule]) -> Space:
    """Add rules to a space; returns the space itself without any."""
    return RuledSpace(space.branches, rules) if rules else space


class RuledSpace(Space):
    """A space with rules between its parameters.

    An inactive parameter has its canonical value in every point, an absent one is left
    out, and an invalid point does not belong to the space.

    Parameters
    ----------
    branches : sequence of dict of str to Dimension
        Dicts of the space, see `Space`.
    rules : sequence of Rule
        Rules, each for the parameters of one dict.
    """

    has_rules = True

    def __init__(self, branches: Sequence[Branch], rules: Sequence[Rule]) -> None:
        super().__init__(branches)
        self.rules = tuple(rules)
        self._conditions = {
            b: Conditions(
                branch,
                self._column_of[b],
                [rule for rule in self.rules if rule.branch == b],
            )
            for b, branch in enumerate(self._branches)
            if any(rule.branch == b for rule in self.rules)
        }
        gates: set[int] = set()
        for b, conditions in self._conditions.items():
            columns = self._column_of[b]
            for name in conditions.conditional & columns.keys():
                self.is_conditional[columns[name]] = True
            gates |= {columns[name] for name in conditions.gates}
        self.gates = tuple(sorted(gates))

    @property
    def roots(self) -> tuple[int, ...]:
        """Categorical columns that switch others on and off."""
        switches = set(super().roots)
        for b, conditions in self._conditions.items():
            columns = self._column_of[b]
            switches |= {columns[name] for name in conditions.switches}
        return tuple(sorted(j for j in switches if self.n_levels[j] > 0))

    def active(self, U: FloatArray) -> BoolArray:
        """Which columns are active, as `Space.active`, by branch and rules."""
        active = super().active(U)
        for b, rows, activity in self._activities(U):
            for name, inactive in activity.inactive.items():
                active[rows, self._column_of[b][name]] &= ~inactive
        return active

    def valid(self, U: FloatArray) -> BoolArray:
        """Which points are valid, as `Space.valid`."""
        result = np.ones(len(U), dtype=bool)
        for b, rows, activity in self._activities(U):
            result[rows] = ~self._conditions[b].invalid(U[rows], activity)
        return result

    def encode(self, points: Sequence[Params]) -> FloatArray:
        """Encode parameters, as `Space.encode` does; absent ones may be missing."""
        located = [self._locate(params) for params in points]
        U = np.empty((len(points), self.n_columns))
        for b in range(self.n_branches):
            rows = [i for i, (owner, _) in enumerate(located) if owner == b]
            U[rows] = self._rows(b, [located[i][1] for i in rows])
        return self._mask(U)

    def decode(self, U: FloatArray) -> list[Params]:
        """Decode points, as `Space.decode`, and apply the rules."""
        U = self.snap(U)
        points = super().decode(U)
        numbers = np.arange(len(U))
        for b, rows, activity in self._activities(U):
            for i, row in enumerate(numbers[rows].tolist()):
                points[row] = self._settled(b, points[row], activity, i)
        return points

    @cached_property
    def cardinality(self) -> int | None:
        """Number of distinct valid points; None if it is infinite.

        Dicts of more than 20,000 points together are counted without the rules.
        """
        total = count_points(self._branches)
        if total is None or total > _LARGEST_COUNT:
            return self._count()
        return sum(1 for _ in self.grid())

    def grid(self) -> Iterator[Params]:
        """Yield the valid points, as `Space.grid` does; equal ones once."""
        if count_points(self._branches) is None:
            yield from super().grid()
            return
        seen: set[Hashable] = set()
        for owner, branch in enumerate(self._branches):
            points = points_of(branch)
            while block := list(islice(points, _BLOCK_SIZE)):
                for point in self._reduced(owner, block):
                    key = self._keys.key(point)
                    if key not in seen:
                        seen.add(key)
                        yield point

    def from_cells(self, cells: Params, *, may_be_empty: bool) -> Params:
        """Read a point from the cells of a table; absent parameters have no cells."""
        for owner, branch in enumerate(self._branches):
            if cells.keys() < branch.keys():
                point = {n: value_of_text(cells[n], branch[n]) for n in cells}
                if self._find_in(owner, point) is not None:
                    return point
        return super().from_cells(cells, may_be_empty=may_be_empty)

    def what_keeps_out(self, params: Params) -> str:
        """Explain why parameters are not a point of the space."""
        for owner in self._conditions:
            reason = self._read(owner, params)[1]
            if reason:
                return reason
        return super().what_keeps_out(params)

    def _mask(self, U: FloatArray) -> FloatArray:
        """Reset the inactive columns of an array, in place."""
        np.copyto(U, self._inactive, where=~self.active(U))
        return U

    def _activities(
        self, U: FloatArray
    ) -> Iterator[tuple[int, IntArray | slice, Activity]]:
        """Yield each branch with rules, its rows, and their activity."""
        owners = self._owners(U)
        for b, conditions in self._conditions.items():
            rows: IntArray | slice = slice(None)
            if self.n_branches > 1:
                rows = np.flatnonzero(owners == b)
                if not rows.size:
                    continue
            yield b, rows, conditions.activity(U[rows])

    def _settled(
        self, owner: int, params: Params, activity: Activity, i: int
    ) -> Params:
        """Point `i` of an activity with canonical values, without absent parameters."""
        canonical = self._conditions[owner].canonical
        point = dict(params)
        for name, inactive in activity.inactive.items():
            if inactive[i]:
                point[name] = canonical[name]
        for name, absent in activity.absent.items():
            if absent[i]:
                point.pop(name, None)
        return point

    def _reduced(self, owner: int, points: list[Params]) -> list[Params]:
        """The valid points among a dict's points, canonical."""
        if owner not in self._conditions:
            return points
        U = self._rows(owner, points)
        activity = self._conditions[owner].activity(U)
        invalid = self._conditions[owner].invalid(U, activity)
        return [
            self._settled(owner, point, activity, i)
            for i, point in enumerate(points)
            if not invalid[i]
        ]

    def _find_in(self, owner: int, params: Params) -> Params | None:
        """Return a point's canonical value in one dict; None if it is not in it."""
        if owner not in self._conditions:
            return super()._find_in(owner, params)
        return self._read(owner, params)[0]

    def _read(self, owner: int, params: Params) -> tuple[Params | None, str]:
        """A point's canonical value in a dict with rules, or the rule that excludes it.

        An inactive parameter may have any value, even one outside the space. An absent
        one may be missing or have the estimator's own value.
        """
        branch = self._branches[owner]
        if params.keys() - branch.keys():
            return None, ""
        # Values outside the space are dropped first; whether that matters depends on
        # the activity of the rest.
        known = {
            name: dimension.find(params[name])
            for name, dimension in branch.items()
            if name in params and dimension.contains(params[name])
        }
        conditions = self._conditions[owner]
        U = self._rows(owner, [known])
        activity = conditions.activity(U)
        for name in branch:
            if _holds(activity.absent, name):
                own = conditions.own_value(name)
                if name in params and not stands_for(params[name], own):
                    return None, f"{name!r} must be left at {own!r} beside the others"
                continue
            is_idle = _holds(activity.inactive, name)
            if name not in params or (name not in known and not is_idle):
                return None, ""
        reason = conditions.reason_against(U, activity)
        if reason:
            return None, reason
        found = self._settled(owner, known, activity, 0)
        return {name: found[name] for name in branch if name in found}, ""

    def _rows(self, owner: int, points: Sequence[Params]) -> FloatArray:
        """Encoded points of a dict, shape (n, n_columns), from the known values."""
        U: FloatArray = np.tile(self._inactive, (len(points), 1))
        if self.n_branches > 1:
            U[:, 0] = owner
        for name, j in self._column_of[owner].items():
            rows = [i for i, point in enumerate(points) if name in point]
            values = [points[i][name] for i in rows]
            U[rows, j] = self.columns[j].dimension.encode(values)
        return U

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the dicts and the rules."""
        return RuledSpace, (self._branches, self.rules)

    def __eq__(self, other: object) -> bool:
        """Whether both have the same values and rules."""
        if not isinstance(other, RuledSpace):
            return False
        return self._branches == other._branches and self.rules == other.rules

    def __hash__(self) -> int:
        """Hash the dicts; equal spaces have equal ones."""
        return super().__hash__()


def _holds(masks: dict[str, BoolArray], name: str) -> bool:
    """Whether a name is set in the masks of a single point."""
    return name in masks and bool(masks[name][0])

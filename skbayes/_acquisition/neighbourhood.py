"""Neighbours of points: everything that differs in one value a climb cannot change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skbayes._acquisition.listing import column_values
from skbayes._acquisition.pool import Fixed
from skbayes._gp.layout import BoolArray, FloatArray, IntArray
from skbayes.space import Space

#: Columns with no more values than this are not climbed: all values are tried.
MAX_LISTED = 16


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Single moves in a space.

    Parameters
    ----------
    space : Space
        What can be tried.
    fixed : Fixed or None
        A column that must not move.
    """

    space: Space
    fixed: Fixed | None = None

    @cached_property
    def positions(self) -> list[FloatArray]:
        """Values of each column in ascending order, empty where it is continuous."""
        return [column_values(self.space, j) for j in range(self.space.n_columns)]

    @cached_property
    def is_climbed(self) -> BoolArray:
        """Columns that a climb may change, shape (n_columns,)."""
        is_numeric: BoolArray = self.space.n_levels == 0
        return is_numeric & (self.space.n_values > MAX_LISTED)

    @cached_property
    def has_root(self) -> bool:
        """Whether column 0 decides which columns are active."""
        return bool(self.space.is_conditional.any())

    @cached_property
    def listed(self) -> tuple[IntArray, FloatArray]:
        """Columns and values of all moves to a given value, each (n_moves,)."""
        skipped = {0} if self.has_root else set()
        if self.fixed is not None:
            skipped.add(self.fixed.column)
        columns = [
            j for j in np.flatnonzero(~self.is_climbed).tolist() if j not in skipped
        ]
        values = [self.positions[j] for j in columns]
        sizes = [len(v) for v in values]
        return (
            np.repeat(np.array(columns, dtype=np.intp), sizes),
            np.concatenate([np.empty(0), *values]),
        )

    def of(self, X: FloatArray, donors: FloatArray) -> tuple[FloatArray, IntArray]:
        """All neighbours of the points `X`, (k, n_columns).

        Parameters
        ----------
        X : array of shape (k, n_columns)
            Points of the space.
        donors : array of shape (n_donors, n_columns)
            Points that lend their values to columns a change of branch activates.

        Returns
        -------
        neighbours : array of shape (r, n_columns)
            Points of the space.
        owner : int array of shape (r,)
            Which row of `X` each is a neighbour of.
        """
        parts = [self._to_listed(X), *self._one_step(X)]
        if self.has_root and (self.fixed is None or self.fixed.column != 0):
            parts.append(self._to_branches(X, donors))
        neighbours = np.concatenate([rows for rows, _ in parts])
        return self.space.snap(neighbours), np.concatenate(
            [owner for _, owner in parts]
        )

    def _to_listed(self, X: FloatArray) -> tuple[FloatArray, IntArray]:
        """Every listed value in place of the present one."""
        columns, values = self.listed
        owner = np.repeat(np.arange(len(X)), len(columns))
        column, value = np.tile(columns, len(X)), np.tile(values, len(X))
        kept = self.space.active(X)[owner, column] & (X[owner, column] != value)
        owner, column, value = owner[kept], column[kept], value[kept]
        rows = X[owner]
        rows[np.arange(len(rows)), column] = value
        return rows, owner

    def _one_step(self, X: FloatArray) -> list[tuple[FloatArray, IntArray]]:
        """One value up and one down in discrete columns too long to list."""
        stepped = self.is_climbed & np.isfinite(self.space.n_values)
        active = self.space.active(X)
        parts = []
        for j in np.flatnonzero(stepped):
            table = self.positions[j]
            place = np.searchsorted(table, X[:, j])
            for step in (-1, 1):
                target = np.clip(place + step, 0, len(table) - 1)
                owner = np.flatnonzero(active[:, j] & (table[target] != X[:, j]))
                rows = X[owner]
                rows[:, j] = table[target[owner]]
                parts.append((rows, owner))
        return parts

    def _to_branches(
        self, X: FloatArray, donors: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """Each donor's branch with its values where the point has none."""
        owner = np.repeat(np.arange(len(X)), len(donors))
        lent = np.tile(donors, (len(X), 1))
        kept = X[owner, 0] != lent[:, 0]
        owner, lent = owner[kept], lent[kept]
        rows = np.where(self.space.active(X)[owner], X[owner], lent)
        rows[:, 0] = lent[:, 0]
        return rows, owner

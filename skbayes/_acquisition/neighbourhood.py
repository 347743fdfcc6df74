"""Neighbours of a point: all points that differ in one discrete value."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from skbayes._acquisition.enumeration import column_values
from skbayes._acquisition.raw_candidates import Fixed
from skbayes._protocol import BoolArray, FloatArray, IntArray
from skbayes.space._space import Space

#: Columns with no more values than this are not climbed: all values are tried.
MAX_LISTED = 16


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """Single moves in a space.

    Parameters
    ----------
    space : Space
        The search space.
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
    def gates(self) -> list[int]:
        """Columns of few values that decide which other columns are active."""
        roots = [0] if self.space.n_branches > 1 else []
        switches = [j for j in self.space.gates if not self.is_climbed[j]]
        return [*roots, *switches]

    @cached_property
    def listed(self) -> tuple[IntArray, FloatArray]:
        """Columns and values of all moves to a listed value, each (n_moves,)."""
        # A new value of a gate activates other columns: `_through` moves both together.
        skipped = set(self.gates)
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

    def of(self, X: FloatArray, crossover: FloatArray) -> tuple[FloatArray, IntArray]:
        """All neighbours of the points `X`, (k, n_columns).

        Parameters
        ----------
        X : array of shape (k, n_columns)
            Points of the space.
        crossover : array of shape (n_crossover, n_columns)
            Points whose values are taken for columns that a gate activates.

        Returns
        -------
        neighbours : array of shape (r, n_columns)
            Points of the space.
        owner : int array of shape (r,)
            The row of `X` that each is a neighbour of.
        """
        parts = [self._to_listed(X), *self._one_step(X)]
        for gate in self.gates:
            if self.fixed is None or self.fixed.column != gate:
                parts.append(self._through(gate, X, crossover))
        neighbours = np.concatenate([rows for rows, _ in parts])
        return self.space.snap(neighbours), np.concatenate(
            [owner for _, owner in parts]
        )

    def _to_listed(self, X: FloatArray) -> tuple[FloatArray, IntArray]:
        """Neighbours with every other listed value of one column."""
        columns, values = self.listed
        owner = np.repeat(np.arange(len(X)), len(columns))
        column, value = np.tile(columns, len(X)), np.tile(values, len(X))
        # A move in an inactive column is no move, and one to the same value is none
        # either.
        kept = self.space.active(X)[owner, column] & (X[owner, column] != value)
        owner, column, value = owner[kept], column[kept], value[kept]
        rows = X[owner]
        rows[np.arange(len(rows)), column] = value
        return rows, owner

    def _one_step(self, X: FloatArray) -> list[tuple[FloatArray, IntArray]]:
        """Neighbours one value up and one down in discrete columns too long to list."""
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

    def _through(
        self, gate: int, X: FloatArray, crossover: FloatArray
    ) -> tuple[FloatArray, IntArray]:
        """Neighbours with another value of a gate, taken from the crossover points.

        Columns that the gate activates take the crossover point's values as well; those
        that are active in both keep the values of `X`.
        """
        owner = np.repeat(np.arange(len(X)), len(crossover))
        lent = np.tile(crossover, (len(X), 1))
        active = self.space.active(X)
        kept = active[owner, gate] & (X[owner, gate] != lent[:, gate])
        kept &= self.space.active(crossover)[:, gate][
            np.tile(np.arange(len(crossover)), len(X))
        ]
        owner, lent = owner[kept], lent[kept]
        # Random values for activated columns would hide a good branch behind a bad
        # draw.
        rows = np.where(active[owner], X[owner], lent)
        rows[:, gate] = lent[:, gate]
        return rows, owner

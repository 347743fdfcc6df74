"""The search space: parameters on one side, points of the unit cube on the other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from skbayes._protocol import BoolArray, FloatArray, IntArray, Params
from skbayes.space._axes import Axes
from skbayes.space._branches import BRANCH, Branch, Column, columns_of
from skbayes.space._points import Points

#: Position of an inactive numeric column, and code of an inactive categorical one.
_INACTIVE_POSITION = 0.5
_INACTIVE_CODE = -1.0


class Space(Points):
    """A search space, immutable.

    A point is a dict of parameters, or a row of an encoded array `U` of shape
    (n, n_columns): in a numeric column the position in [0, 1], in a categorical one the
    code of the choice. Inactive columns have 0.5 and -1, respectively.

    Parameters
    ----------
    branches : sequence of dict of str to Dimension
        Several dicts make a conditional space: a point belongs to one of them, and has
        its parameters only.

    Attributes
    ----------
    columns : tuple of Column
        Name, dimension and branches of each column. Parameters with one value have
        no column. The first column of a conditional space is named ``BRANCH``.
    n_columns : int
        Number of columns of an encoded point.
    names : tuple of str
        Parameter names, those without a column included.
    n_branches : int
        Number of dicts.
    n_levels : int array of shape (n_columns,)
        Number of choices of a categorical column, 0 for a numeric one.
    n_values : float array of shape (n_columns,)
        Number of distinct values of a column, inf for a continuous one.
    branch_columns : bool array of shape (n_branches, n_columns)
        Which columns are active in each branch.
    is_conditional : bool array of shape (n_columns,)
        Whether the column is inactive in some branch or by some rule.
    gates : tuple of int
        Columns on which rules depend.
    roots : tuple of int
        Categorical columns that switch others on and off: the branch, or a gate.
    has_rules : bool
        Whether more than the branch decides which columns are active.
    """

    gates: tuple[int, ...] = ()
    has_rules = False

    def __init__(self, branches: Sequence[Branch]) -> None:
        super().__init__(branches)
        self.columns: tuple[Column, ...] = columns_of(self._branches)
        self.n_columns = len(self.columns)
        dimensions = [column.dimension for column in self.columns]
        self.n_values: FloatArray = np.array([d.n_values for d in dimensions])
        categorical = np.array([d.is_categorical for d in dimensions], dtype=bool)
        self.n_levels: IntArray = np.where(categorical, self.n_values, 0).astype(int)
        # All columns' axes in one object: a loop over columns for each call of the
        # acquisition would cost more than the kernel.
        self._axes = Axes([d.axis for d in dimensions])
        self.branch_columns: BoolArray = np.zeros(
            (self.n_branches, self.n_columns), dtype=bool
        )
        for j, column in enumerate(self.columns):
            self.branch_columns[list(column.branches), j] = True
        self.is_conditional: BoolArray = np.logical_not(self.branch_columns.all(axis=0))
        self._inactive = np.where(categorical, _INACTIVE_CODE, _INACTIVE_POSITION)

    def active(self, U: FloatArray) -> BoolArray:
        """Which columns are active, given each row's branch and the rules.

        Parameters
        ----------
        U : array of shape (n, n_columns)
            Encoded points.

        Returns
        -------
        array of bool of shape (n, n_columns)
            False where a column is inactive.
        """
        # Most spaces are one dict without rules, and this is called for every
        # candidate.
        if self.n_branches == 1:
            return np.ones(U.shape, dtype=bool)
        active: BoolArray = self.branch_columns[self._owners(U)]
        return active

    @property
    def roots(self) -> tuple[int, ...]:
        """Categorical columns that switch others on and off."""
        return (0,) if self.n_branches > 1 else ()

    def valid(self, U: FloatArray) -> BoolArray:
        """Which points are valid according to the rules.

        Parameters
        ----------
        U : array of shape (n, n_columns)
            Encoded points.

        Returns
        -------
        array of bool of shape (n,)
            All true in a space without rules.
        """
        return np.ones(len(U), dtype=bool)

    def snap(self, U: FloatArray) -> FloatArray:
        """Round to the nearest points of the space.

        Parameters
        ----------
        U : array of shape (n, n_columns)
            Any points.

        Returns
        -------
        array of shape (n, n_columns)
            A new array.
        """
        return self._mask(self._axes.snap(U))

    def from_unit(self, Q: FloatArray) -> FloatArray:
        """Map uniform numbers to points distributed as the priors.

        Parameters
        ----------
        Q : array of shape (n, n_columns)
            Uniform in [0, 1), from a generator or a low-discrepancy sequence.

        Returns
        -------
        array of shape (n, n_columns)
            Encoded points.
        """
        # Rules are applied after the draw: each column is drawn from its own prior, and
        # rejection is left to the caller, who knows how many points it needs.
        return self._mask(self._axes.from_unit(Q))

    def sample(self, n: int, rng: np.random.Generator) -> FloatArray:
        """Draw points from the priors, each branch equally often.

        Parameters
        ----------
        n : int
            Number of points.
        rng : numpy Generator
            Source of randomness.

        Returns
        -------
        array of shape (n, n_columns)
            Encoded points.
        """
        return self.from_unit(rng.random((n, self.n_columns)))

    def encode(self, points: Sequence[Params]) -> FloatArray:
        """Encode parameters.

        Parameters
        ----------
        points : sequence of dict
            Parameters, each a point of the space.

        Returns
        -------
        array of shape (n, n_columns)
            Encoded points.

        Raises
        ------
        ValueError
            If one is not a point of the space.
        """
        located = [self._locate(params) for params in points]
        owners = np.array([owner for owner, _ in located], dtype=np.intp)
        U = np.tile(self._inactive, (len(points), 1))
        for j, column in enumerate(self.columns):
            # The branch column has no parameter of its own.
            if column.name == BRANCH:
                U[:, j] = owners
                continue
            rows = np.flatnonzero(self.branch_columns[owners, j])
            values = [located[row][1][column.name] for row in rows.tolist()]
            U[rows, j] = column.dimension.encode(values)
        return U

    def decode(self, U: FloatArray) -> list[Params]:
        """Decode points to parameters, each after rounding it.

        Parameters
        ----------
        U : array of shape (n, n_columns)
            Points.

        Returns
        -------
        list of dict
            Names sorted, values plain Python objects or the user's choices; parameters
            of other branches are left out.
        """
        # Snap first: a position between two integers would decode to neither exactly.
        U = self.snap(U)
        values = [c.dimension.decode(U[:, j]) for j, c in enumerate(self.columns)]
        return [
            {
                name: constant if j is None else values[j][row]
                for name, j, constant in self._templates[owner]
            }
            for row, owner in enumerate(self._owners(U).tolist())
        ]

    @cached_property
    def is_logarithmic(self) -> BoolArray:
        """Columns whose values change by orders of magnitude, shape (n_columns,)."""
        is_log = [column.dimension.is_logarithmic for column in self.columns]
        return np.array(is_log, dtype=bool)

    def _mask(self, U: FloatArray) -> FloatArray:
        """Reset the inactive columns of an array, in place.

        One representation per point: equal candidates have equal rows, and the kernel
        sees no difference in columns without effect.
        """
        if self.n_branches > 1:
            np.copyto(U, self._inactive, where=~self.active(U))
        return U

    def _owners(self, U: FloatArray) -> IntArray:
        """Branch of each row, shape (n,)."""
        if self.n_branches == 1:
            return np.zeros(len(U), dtype=np.intp)
        return np.clip(np.rint(U[:, 0]), 0, self.n_branches - 1).astype(np.intp)

    @cached_property
    def _column_of(self) -> list[dict[str, int]]:
        """For each branch the column of each parameter that varies."""
        return [
            {
                c.name: j
                for j, c in enumerate(self.columns)
                if b in c.branches and c.name != BRANCH
            }
            for b in range(self.n_branches)
        ]

    @cached_property
    def _templates(self) -> list[list[tuple[str, int | None, Any]]]:
        """For each branch its names, each with a column or a constant value."""
        templates = []
        for b, branch in enumerate(self._branches):
            column_of = self._column_of[b]
            templates.append(
                [
                    (name, column_of.get(name), None)
                    if name in column_of
                    else (name, None, dimension.values()[0])
                    for name, dimension in branch.items()
                ]
            )
        return templates

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the dicts only; cached values may contain ids of objects."""
        return Space, (self._branches,)

    def __repr__(self) -> str:
        """Show one line for each column."""
        lines = [
            f"  {c.name}: {c.dimension!r}"
            + (f" in {c.branches}" if self.is_conditional[j] else "")
            for j, c in enumerate(self.columns)
        ]
        return "\n".join([f"Space with {self.n_columns} columns", *lines])

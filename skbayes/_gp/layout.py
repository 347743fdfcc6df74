"""Kinds of the encoded points' columns."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np

from skbayes._gp.category_coordinates import n_coordinates
from skbayes._protocol import BoolArray, FloatArray, IntArray


class Activity(Protocol):
    """Rules that decide which columns are active."""

    @property
    def is_conditional(self) -> BoolArray:
        """Columns that are inactive somewhere, shape (n_columns,)."""

    @property
    def roots(self) -> tuple[int, ...]:
        """Categorical columns that switch others on and off."""

    def active(self, U: FloatArray) -> BoolArray:
        """Which columns are active in each row of `U`, shape (n, n_columns)."""


@dataclass(frozen=True, eq=False)
class Layout:
    """Kinds of the columns of the encoded points, and which branch has which.

    Parameters
    ----------
    n_levels : int array of shape (n_columns,)
        0 for a numeric column, the number of levels for a categorical one.
    active : bool array of shape (n_branches, n_columns)
        Whether column ``j`` exists where the code in column 0 is ``b``. A space
        without branches has one row, all true.
    is_logarithmic : bool array of shape (n_columns,)
        Numeric columns along which values change by orders of magnitude.
    rules : Activity or None, default=None
        Decides which columns are active, where more than the branch does.

    Raises
    ------
    ValueError
        If the shapes do not fit each other.
    """

    n_levels: IntArray
    active: BoolArray
    is_logarithmic: BoolArray
    rules: Activity | None = None

    def __post_init__(self) -> None:
        """Check that the arrays have the same columns."""
        if self.active.ndim != 2 or self.active.shape[1] != len(self.n_levels):
            raise ValueError(
                f"`active` of Layout must have shape (n_branches, "
                f"{len(self.n_levels)}). Got {self.active.shape} instead."
            )
        if self.is_logarithmic.shape != self.n_levels.shape:
            raise ValueError(
                f"`is_logarithmic` of Layout must have shape ({len(self.n_levels)},). "
                f"Got {self.is_logarithmic.shape} instead."
            )
        if self.n_branches > 1 and self.n_levels[0] != self.n_branches:
            raise ValueError(
                f"Column 0 of Layout must have {self.n_branches} levels, one for "
                f"each branch. Got {self.n_levels[0]} instead."
            )

    @property
    def n_columns(self) -> int:
        """Number of columns of the encoded points."""
        return len(self.n_levels)

    @property
    def n_branches(self) -> int:
        """Number of branches, 1 for a space without conditions."""
        return len(self.active)

    @cached_property
    def is_conditional(self) -> BoolArray:
        """Columns that are inactive somewhere, shape (n_columns,)."""
        if self.rules is not None:
            return self.rules.is_conditional
        return np.logical_not(self.active.all(axis=0))

    @property
    def roots(self) -> list[int]:
        """Categorical columns that switch others on and off."""
        if self.rules is not None:
            return list(self.rules.roots)
        return [0] if self.n_branches > 1 else []

    @cached_property
    def numeric(self) -> IntArray:
        """Indices of the numeric columns, those of `plain` before those of `arc`."""
        return np.concatenate([self.plain, self.arc])

    @cached_property
    def plain(self) -> IntArray:
        """Indices of the numeric columns that are always active."""
        return np.flatnonzero((self.n_levels == 0) & ~self.is_conditional)

    @cached_property
    def arc(self) -> IntArray:
        """Indices of the numeric columns that are inactive in some branch."""
        return np.flatnonzero((self.n_levels == 0) & self.is_conditional)

    @cached_property
    def categorical(self) -> IntArray:
        """Indices of the categorical columns."""
        return np.flatnonzero(self.n_levels > 0)

    @cached_property
    def column_of_coordinate(self) -> IntArray:
        """Column that each coordinate of an embedded point belongs to, shape (p,)."""
        n_vertices = self.n_levels + self.is_conditional  # "inactive" is one more
        owners = [self.plain, self.arc, self.arc]
        widths = [n_coordinates(int(n_vertices[j])) for j in self.categorical]
        owners.append(np.repeat(self.categorical, widths))
        return np.concatenate(owners)

    def activity(self, U: FloatArray) -> BoolArray:
        """Which columns are active in each row of `U`, shape (n, n_columns)."""
        if self.rules is not None:
            return self.rules.active(U)
        if self.n_branches == 1:
            return np.broadcast_to(self.active, U.shape)
        return self.active[U[:, 0].astype(np.intp)]


class Columns(Activity, Protocol):
    """The view of a search space that a `Layout` is made from."""

    @property
    def n_levels(self) -> IntArray:
        """As in `Layout`."""

    @property
    def has_rules(self) -> bool:
        """Whether more than the branch decides which columns are active."""

    @property
    def branch_columns(self) -> BoolArray:
        """`active` of `Layout`."""

    @property
    def is_logarithmic(self) -> BoolArray:
        """As in `Layout`."""


def layout_of(space: Columns) -> Layout:
    """A search space as the Gaussian process sees it."""
    return Layout(
        space.n_levels,
        space.branch_columns,
        space.is_logarithmic,
        rules=space if space.has_rules else None,
    )

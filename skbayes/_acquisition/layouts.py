"""A search space as the surrogate sees it."""

from __future__ import annotations

from skbayes._gp.layout import Layout
from skbayes.space import Space


def layout_of(space: Space) -> Layout:
    """Kinds of the columns of `space`, and which of them each branch has."""
    return Layout(space.n_levels, space.branch_columns, space.is_logarithmic)

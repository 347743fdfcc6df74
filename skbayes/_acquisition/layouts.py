"""A search space as the surrogate sees it."""

from __future__ import annotations

import numpy as np

from skbayes._gp.layout import Layout
from skbayes.space import Space


def layout_of(space: Space) -> Layout:
    """Kinds of the columns of `space`, and which of them each branch has."""
    if not space.is_conditional.any():
        active = np.ones((1, space.n_columns), dtype=np.bool_)
        return Layout(space.n_levels, active)
    probes = np.full((int(space.n_levels[0]), space.n_columns), 0.5)
    probes[:, 0] = np.arange(len(probes))
    return Layout(space.n_levels, space.active(probes))

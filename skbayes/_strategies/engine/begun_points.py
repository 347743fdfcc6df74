"""The points that need not be proposed again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._strategies.engine.observation import Observation
from skbayes.space._space import Space

#: Encoded points this close are the same but for the rounding of their numbers.
ROUNDING = 1e-6


class BegunPoints:
    """Container of the points that were told or are running.

    A caller may tell a point with fewer digits than were proposed. So a point of
    continuous numbers is in the container if it differs only by rounding.

    Parameters
    ----------
    space : Space
        The search space.
    observations : sequence of Observation
        The points that were told or are running.
    """

    def __init__(self, space: Space, observations: Sequence[Observation]) -> None:
        self._space = space
        self._keys = {o.key for o in observations}
        # Points of a finite space never differ by rounding alone.
        may_be_rounded = space.cardinality is None
        self._encoded = encoded_points(space, observations if may_be_rounded else [])

    def __contains__(self, params: Any) -> bool:
        """Whether a point was begun."""
        if self._space.key(params) in self._keys:
            return True
        if not len(self._encoded):
            return False
        difference = np.abs(self._encoded - self._space.encode([params]))
        return bool((difference.max(axis=1) < ROUNDING).any())


def encoded_points(space: Space, observations: Sequence[Observation]) -> FloatArray:
    """Encoded points, shape (n_observations, n_columns), also for none."""
    rows = [o.encoded for o in observations]
    return np.array(rows).reshape(len(rows), space.n_columns)

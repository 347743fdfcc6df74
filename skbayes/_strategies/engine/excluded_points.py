"""The points that are excluded from proposals: told before, or running."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._strategies.engine.growing_rows import GrowingRows
from skbayes._strategies.engine.located_point import LocatedPoint
from skbayes._strategies.engine.observation import GrowingHistory, Observation
from skbayes.space._space import Space

#: Encoded points this close are the same but for the rounding of their numbers.
ROUNDING = 1e-6


class ObservedPoints:
    """Keys and places of a history that grows, without its prior results.

    Prior results do not count: the best of them are to be tried again.

    Parameters
    ----------
    space : Space
        The search space.
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self._reading = GrowingHistory()
        self._forget()

    def _forget(self) -> None:
        self.keys: set[Hashable] = set()
        self._rows = GrowingRows(self._space.n_columns)

    def read(self, history: Sequence[Observation]) -> None:
        """Add what is new in a history, commonly the last call's and more."""
        new = [o for o in self._reading.read(history, self._forget) if not o.is_prior]
        self.keys.update(o.key for o in new)
        self._rows.append(encoded_points(self._space, new))

    @property
    def encoded(self) -> FloatArray:
        """Encoded points, shape (n_observations, n_columns)."""
        return self._rows.rows


class ExcludedPoints:
    """Container of the points that were told or are running.

    A caller may tell a point with fewer digits than were proposed. So a point of
    continuous numbers is in the container if it differs only by rounding.

    Parameters
    ----------
    space : Space
        The search space.
    told : ObservedPoints
        The points that were told.
    running : sequence of LocatedPoint
        The points that are running.
    """

    def __init__(
        self, space: Space, told: ObservedPoints, running: Sequence[LocatedPoint]
    ) -> None:
        self._keys = told.keys, {point.key for point in running}
        #: Encoded points, those told first; shape (n_points, n_columns).
        self.encoded = np.vstack([told.encoded, encoded_points(space, running)])
        # Points of a finite space never differ by rounding alone.
        self._may_be_rounded = space.cardinality is None and len(self.encoded) > 0

    def __contains__(self, point: Any) -> bool:
        """Whether a point was begun."""
        if any(point.key in keys for keys in self._keys):
            return True
        if not self._may_be_rounded:
            return False
        difference = np.abs(self.encoded - point.encoded)
        return bool((difference.max(axis=1) < ROUNDING).any())


def encoded_points(space: Space, points: Sequence[LocatedPoint]) -> FloatArray:
    """Encoded points, shape (n_points, n_columns), also for none."""
    rows = [point.encoded for point in points]
    return np.array(rows).reshape(len(rows), space.n_columns)

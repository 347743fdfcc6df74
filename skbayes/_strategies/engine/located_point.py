"""A point of the space with its key and its place in the unit cube."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from skbayes._protocol import FloatArray, Params
from skbayes.space._space import Space


@dataclass(frozen=True, slots=True)
class LocatedPoint:
    """A point of the space.

    Parameters
    ----------
    params : dict
        Parameters of the point.
    key : hashable
        Key of the point; equal for equal points of the space.
    encoded : array of shape (n_columns,)
        Encoded point, in the unit cube.
    """

    params: Params
    key: Hashable
    encoded: FloatArray


def located(space: Space, points: Sequence[Params]) -> list[LocatedPoint]:
    """Look points up in the space, once for all that is asked about them later.

    Parameters
    ----------
    space : Space
        The search space.
    points : sequence of dict
        Points of the space.

    Returns
    -------
    list of LocatedPoint

    Raises
    ------
    ValueError
        If one is not a point of the space.
    """
    return [
        LocatedPoint(params, space.key(params), encoded)
        for params, encoded in zip(points, space.encode(points), strict=True)
    ]

"""BegunPoints: what was told or is running, rounded or not."""

import numpy as np
import pytest

from skbayes._strategies.engine.begun_points import BegunPoints, encoded_points
from skbayes._strategies.engine.observation import Observation
from skbayes.space._parsing import parse_space


def begun(space, *points):
    """The points as what was told."""
    encoded = space.encode(list(points))
    return [
        Observation(p, space.key(p), row, 0.0)
        for p, row in zip(points, encoded, strict=True)
    ]


@pytest.mark.parametrize(
    ("value", "is_begun"),
    [(1 / 3, True), (0.33333333, True), (0.3333, False), (0.5, False)],
)
def test_a_number_told_with_fewer_digits_is_begun(value, is_begun):
    """Eight digits are the same point, four are another one."""
    space = parse_space({"a": (0.0, 1.0, "uniform"), "b": ["x", "y"]})
    known = BegunPoints(space, begun(space, {"a": 1 / 3, "b": "x"}))
    assert ({"a": value, "b": "x"} in known) is is_begun
    assert {"a": value, "b": "y"} not in known


def test_neighbours_of_a_fine_grid_are_other_points():
    """A finite space has no rounding, however close its points lie."""
    space = parse_space({"a": (1, 10_000_000, "uniform")})
    known = BegunPoints(space, begun(space, {"a": 5_000_000}))
    assert {"a": 5_000_000} in known
    assert {"a": 5_000_001} not in known


def test_nothing_is_begun_at_first():
    """Without observations there is an array without rows."""
    space = parse_space({"a": (0.0, 1.0, "uniform")})
    assert {"a": 0.5} not in BegunPoints(space, [])
    np.testing.assert_array_equal(encoded_points(space, []), np.zeros((0, 1)))

"""LocatedPoint: a point with its key and place."""

import numpy as np
import pytest

from skbayes._strategies.engine.located_point import located
from skbayes.space._parsing import parse_space


def test_located_has_key_and_place():
    """The space gives both one by one, in the given order."""
    space = parse_space(
        [
            {"k": ["a"], "x": (1.0, 100.0, "log-uniform")},
            {"k": ["b"], "n": (1, 5, "uniform")},
        ]
    )
    points = [{"k": "b", "n": 5}, {"k": "a", "x": 10.0}]
    found = located(space, points)
    assert [point.params for point in found] == points
    for point, params in zip(found, points, strict=True):
        assert point.key == space.key(params)
        np.testing.assert_array_equal(point.encoded, space.encode([params])[0])
    assert located(space, []) == []


def test_located_refuses_what_is_outside():
    """The message says why."""
    space = parse_space({"n": (1, 5, "uniform")})
    with pytest.raises(ValueError, match="'n' must be an integer from 1 to 5, got 6"):
        located(space, [{"n": 6}])

"""ExcludedPoints: what was told or is running, rounded or not."""

from dataclasses import replace

import numpy as np
import pytest

from skbayes._strategies.engine.excluded_points import (
    ExcludedPoints,
    ObservedPoints,
    encoded_points,
)
from skbayes._strategies.engine.located_point import located
from skbayes._strategies.engine.observation import observed
from skbayes.space._parsing import parse_space


def observations(space, *points):
    """The points as what was told."""
    return [observed(point, 0.0) for point in located(space, points)]


def begun(space, told=(), running=()):
    """The points that were told or are running."""
    told_points = ObservedPoints(space)
    told_points.read(observations(space, *told))
    return ExcludedPoints(space, told_points, located(space, running))


def holds(known, space, params):
    """Whether the point is in the container."""
    return located(space, [params])[0] in known


@pytest.mark.parametrize("how", ["told", "running"])
@pytest.mark.parametrize(
    ("value", "is_begun"),
    [(1 / 3, True), (0.33333333, True), (0.3333, False), (0.5, False)],
)
def test_excluded_points_take_a_number_told_with_fewer_digits(value, is_begun, how):
    """Eight digits are the same point, four are another one."""
    space = parse_space({"a": (0.0, 1.0, "uniform"), "b": ["x", "y"]})
    known = begun(space, **{how: [{"a": 1 / 3, "b": "x"}]})
    assert holds(known, space, {"a": value, "b": "x"}) is is_begun
    assert not holds(known, space, {"a": value, "b": "y"})


def test_excluded_points_keep_neighbours_of_a_fine_grid_apart():
    """A finite space has no rounding, however close its points lie."""
    space = parse_space({"a": (1, 10_000_000, "uniform")})
    known = begun(space, [{"a": 5_000_000}])
    assert holds(known, space, {"a": 5_000_000})
    assert not holds(known, space, {"a": 5_000_001})


def test_encoded_points_are_none_at_first():
    """Without observations there is an array without rows."""
    space = parse_space({"a": (0.0, 1.0, "uniform")})
    assert not holds(begun(space), space, {"a": 0.5})
    np.testing.assert_array_equal(encoded_points(space, []), np.zeros((0, 1)))


def test_observed_points_follow_a_history_that_grows():
    """New observations are added, prior results are not; another history resets all."""
    space = parse_space({"a": (0.0, 1.0, "uniform")})
    history = observations(space, *({"a": i / 200} for i in range(150)))
    history[0] = replace(history[0], is_prior=True)
    told = ObservedPoints(space)
    for n in (0, 1, 2, 100, 150):
        told.read(history[:n])
        assert told.keys == {o.key for o in history[1:n]}
        np.testing.assert_array_equal(told.encoded, encoded_points(space, history[1:n]))
    other = observations(space, {"a": 0.77}, {"a": 0.78})
    told.read(other)
    assert told.keys == {o.key for o in other}

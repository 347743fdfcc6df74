"""Are the values of columns, and the points of small spaces, all listed?"""

from __future__ import annotations

import numpy as np

from skbayes._acquisition.enumeration import all_points, column_values
from skbayes._acquisition.raw_candidates import Fixed
from skbayes.space import Integer, Real
from skbayes.space._parsing import parse_space
from tests._acquisition.conftest import FINITE


def test_all_points_are_the_grid():
    """The points of a finite space are those its grid decodes to, each once."""
    for space in FINITE.values():
        points = all_points(space)
        expected = {space.key(params) for params in space.grid()}
        found = [space.key(params) for params in space.decode(points)]
        assert len(found) == len(expected) == space.cardinality
        assert set(found) == expected


def test_all_points_of_a_level():
    """With a level held only its points are listed."""
    space = FINITE["branches"]
    points = all_points(space, Fixed(0, 1))
    assert len(points) == 27
    assert (points[:, 0] == 1).all()


def test_values_of_very_long_columns_are_points_of_the_space():
    """A column with millions of values is listed as finely as need be."""
    space = parse_space({"n": Integer(1, 10**7), "x": Real(0.0, 1.0)})
    values = column_values(space, 0)
    U = np.column_stack([values, np.full(len(values), 0.5)])
    np.testing.assert_array_equal(space.snap(U)[:, 0], values)
    assert len(column_values(space, 1)) == 0

"""Are the values of columns, and the points of small spaces, all listed?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._acquisition.enumeration import all_points, column_values
from skbayes._acquisition.raw_candidates import Fixed
from skbayes.space import Integer, Real
from skbayes.space._parsing import parse_space
from skbayes.space._ruled_space import with_rules
from skbayes.space._rules import Among, Effect, Rule
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
    space = FINITE["branches"]
    points = all_points(space, Fixed(0, 1))
    assert len(points) == 27
    assert (points[:, 0] == 1).all()


def test_column_values_of_very_long_columns_are_points_of_the_space():
    """A column with millions of values is listed as finely as need be."""
    space = parse_space({"n": Integer(1, 10**7), "x": Real(0.0, 1.0)})
    values = column_values(space, 0)
    U = np.column_stack([values, np.full(len(values), 0.5)])
    np.testing.assert_array_equal(space.snap(U)[:, 0], values)
    assert len(column_values(space, 1)) == 0


@pytest.mark.parametrize("name", FINITE)
def test_column_values_are_those_of_the_grid(name):
    """The values ascend, each once, in units of encoded points."""
    space = FINITE[name]
    U = space.encode(list(space.grid()))
    is_active = space.active(U)
    for j in range(space.n_columns):
        np.testing.assert_allclose(
            column_values(space, j), np.unique(U[is_active[:, j], j]), rtol=1e-12
        )


def test_all_points_under_rules_are_valid_and_distinct():
    """Points that differ in values without effect come once."""
    of_a, of_c = (Among("kind", frozenset({place})) for place in (0, 2))
    rules = [
        Rule(Effect.INACTIVE, (of_a,), "n", 3),
        Rule(Effect.INVALID, (of_c, Among("n", frozenset({0})))),
    ]
    space = with_rules(parse_space({"kind": list("abc"), "n": [1, 2, 3, 4]}), rules)
    found = {tuple(point.values()) for point in space.decode(all_points(space))}
    expected = [("a", 3), *(("b", n) for n in (1, 2, 3, 4))]
    assert found == {*expected, *(("c", n) for n in (2, 3, 4))}
    column = next(j for j, c in enumerate(space.columns) if c.name == "kind")
    assert len(all_points(space, Fixed(column, 2))) == 3

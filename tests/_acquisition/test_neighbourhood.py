"""Are the neighbours of a point exactly those that differ in one value?"""

from __future__ import annotations

import numpy as np

from skbayes._acquisition.enumeration import all_points
from skbayes._acquisition.neighbourhood import Neighbourhood
from skbayes._acquisition.raw_candidates import Fixed
from skbayes.space import Integer, Real
from skbayes.space._parsing import parse_space
from tests._acquisition.conftest import FINITE, SPACES


def _brute_force(space, u):
    """All points of a finite space that differ from `u` in one column."""
    points = all_points(space)
    return points[(points != u).sum(axis=1) == 1]


def test_neighbourhood_has_all_points_with_one_other_value():
    """Brute force finds the same neighbours in a space of short lists."""
    space = FINITE["categorical"]
    u = space.sample(1, np.random.default_rng(0))
    found, owner = Neighbourhood(space).of(u, u[:0])
    expected = _brute_force(space, u[0])
    assert {tuple(row) for row in found} == {tuple(row) for row in expected}
    assert len(found) == len(expected)
    assert not owner.any()


def test_neighbourhood_moves_one_step_in_long_columns():
    """Integers with many values have the two next to them as neighbours."""
    space = parse_space({"n": Integer(1, 100, "log-uniform"), "x": Real(0.0, 1.0)})
    u = space.encode([{"n": 40, "x": 0.3}])
    found, _ = Neighbourhood(space).of(u, u[:0])
    assert sorted(p["n"] for p in space.decode(found)) == [39, 41]
    edge = space.encode([{"n": 100, "x": 0.3}])
    found, _ = Neighbourhood(space).of(edge, edge[:0])
    assert [p["n"] for p in space.decode(found)] == [99]


def test_neighbourhood_of_another_branch_takes_crossover_values():
    """Activated columns come from the crossover point; shared ones stay."""
    space = SPACES["conditional"]
    here = space.encode([{"c": 0.5, "n": 7, "gamma": 0.2}])
    other = space.encode([{"c": 5.0, "n": 90, "kind": "w", "d": 4}])
    found, _ = Neighbourhood(space).of(here, other)
    moved = [p for p in space.decode(found) if "kind" in p]
    assert [(p["kind"], p["d"], p["n"]) for p in moved] == [("w", 4, 7)]


def test_neighbourhood_has_none_in_inactive_columns():
    space = SPACES["conditional"]
    here = space.encode([{"c": 0.5}])
    found, _ = Neighbourhood(space).of(here, here[:0])
    assert len(found) == 0


def test_neighbourhood_has_none_in_a_fixed_column():
    """A column that is held has no neighbours of its own."""
    space = FINITE["categorical"]
    u = space.sample(1, np.random.default_rng(0))
    held = Fixed(0, int(u[0, 0]))
    found, _ = Neighbourhood(space, held).of(u, u[:0])
    assert (found[:, 0] == u[0, 0]).all()
    assert len(found) == 2


def test_neighbourhood_owners_tell_whose_neighbour_each_is():
    """Every neighbour differs from its owner in one column."""
    space = SPACES["mixed"]
    U = space.sample(6, np.random.default_rng(1))
    found, owner = Neighbourhood(space).of(U, U[:0])
    assert ((found != U[owner]).sum(axis=1) == 1).all()
    assert set(owner) == set(range(6))

"""Does the pool fill the space, and surround the best trials?"""

from __future__ import annotations

import numpy as np

from skbayes._acquisition.raw_candidates import Fixed, around, space_filling
from tests._acquisition.conftest import SPACES


def test_space_filling_points_are_points_of_the_space(space):
    """Every point is its own rounding."""
    U = space_filling(space, 256, np.random.default_rng(0))
    np.testing.assert_array_equal(space.snap(U), U)
    assert len(U) == 256


def test_around_surrounds_the_parents(space):
    """Local points are points of the space, mostly near a parent, all of them moved."""
    rng = np.random.default_rng(1)
    parents = space.sample(2, rng)
    U = around(space, parents, 400, rng)
    np.testing.assert_array_equal(space.snap(U), U)
    gaps = [np.abs(parent - U).max(axis=1) for parent in parents]
    assert (np.minimum(*gaps) < 0.3).mean() > 0.2
    assert len(np.unique(U, axis=0)) > 50


def test_around_uses_all_parents():
    space = SPACES["numeric"]
    parents = np.array([[0.1, 0.1], [0.9, 0.9]])
    U = around(space, parents, 300, np.random.default_rng(2))
    near_first = np.abs(U - 0.1).sum(axis=1) < np.abs(U - 0.9).sum(axis=1)
    assert 90 < near_first.sum() < 210


def test_space_filling_and_around_hold_a_held_level():
    """All points have the level asked for, whose columns are active."""
    space = SPACES["conditional"]
    rng = np.random.default_rng(3)
    parents = space.sample(8, rng)
    for U in (
        space_filling(space, 64, rng, Fixed(0, 1)),
        around(space, parents, 64, rng, Fixed(0, 1)),
    ):
        np.testing.assert_array_equal(U[:, 0], 1)
        np.testing.assert_array_equal(space.snap(U), U)
        kinds = {p["kind"] for p in space.decode(U)}
        assert kinds == {"u", "v", "w"}

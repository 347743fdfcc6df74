"""Are points recognised that have been seen?"""

from __future__ import annotations

import numpy as np

from skbayes._acquisition.seen import Seen


def test_seen_contains_members_and_no_others():
    """Exactly the rows given are members, up to rounding errors."""
    U = np.random.default_rng(0).random((500, 6))
    seen = Seen(U[:250])
    expected = np.arange(500) < 250
    np.testing.assert_array_equal(seen.contains(U), expected)
    np.testing.assert_array_equal(seen.contains(U + 1e-13), expected)


def test_seen_tells_round_numbers_apart():
    """Points on a coarse grid are told apart, codes of -1 included."""
    axes = [np.array([-1.0, 0.0, 0.5, 1.0, 2.0])] * 5
    grid = np.stack([g.ravel() for g in np.meshgrid(*axes)], axis=1)
    seen = Seen(grid[::2])
    np.testing.assert_array_equal(seen.contains(grid), np.arange(len(grid)) % 2 == 0)


def test_seen_contains_nothing_without_members():
    U = np.zeros((3, 2))
    assert not Seen(None).contains(U).any()
    assert not Seen(U[:0]).contains(U).any()


def test_seen_contains_a_single_member():
    """The number of the member may be any, also beyond the signed ones."""
    U = np.random.default_rng(0).random((50, 3))
    for i in range(len(U)):
        expected = np.arange(len(U)) == i
        np.testing.assert_array_equal(Seen(U[[i]]).contains(U), expected)

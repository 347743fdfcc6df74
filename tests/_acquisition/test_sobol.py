"""Are shifted Sobol points balanced, new and uniform?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._acquisition.sobol import sobol


def test_sobol_points_are_balanced():
    """Each half of each column gets half of the points, each cell its share."""
    Q = sobol(256, 3, np.random.default_rng(0))
    assert ((Q > 0.0) & (Q < 1.0)).all()
    np.testing.assert_array_equal((Q < 0.5).sum(axis=0), 128)
    cells = np.floor(Q[:, :2] * 4).astype(int)
    counts = np.bincount(cells[:, 0] * 4 + cells[:, 1], minlength=16)
    np.testing.assert_array_equal(counts, 16)


def test_sobol_points_are_new_every_time():
    """Another call gives other points, the same seed the same ones."""
    rng = np.random.default_rng(0)
    first, second = sobol(16, 2, rng), sobol(16, 2, rng)
    assert not np.intersect1d(first, second).size
    np.testing.assert_array_equal(first, sobol(16, 2, np.random.default_rng(0)))


def test_sobol_goes_on_where_its_table_ends():
    """More columns than the sequence knows are filled all the same."""
    assert sobol(2, 30_000, np.random.default_rng(0)).shape == (2, 30_000)


@pytest.mark.parametrize("n", [0, 1, 5, 8])
def test_sobol_points_are_the_first_of_more(n):
    """Numbers that are no powers of two take the beginning; none gives none."""
    some, more = (sobol(k, 3, np.random.default_rng(1)) for k in (n, 8))
    assert some.shape == (n, 3)
    if n > 4:
        np.testing.assert_array_equal(some, more[:n])


def test_sobol_points_are_uniform_one_by_one():
    """The first point alone, drawn often, fills the cube evenly."""
    rng = np.random.default_rng(2)
    first = np.concatenate([sobol(1, 2, rng) for _ in range(4000)])
    np.testing.assert_allclose(first.mean(axis=0), 0.5, atol=0.02)
    np.testing.assert_allclose(first.var(axis=0), 1 / 12, atol=0.004)
    assert abs(np.corrcoef(first.T)[0, 1]) < 0.06


def test_sobol_points_leave_the_sequence_as_it_is():
    """Who writes into the points does not change those of others."""
    points = sobol(8, 2, np.random.default_rng(3))
    points[:] = 7.0
    assert (sobol(8, 2, np.random.default_rng(3)) < 1.0).all()

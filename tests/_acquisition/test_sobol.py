"""Are shifted Sobol points balanced, new and uniform?"""

from __future__ import annotations

import numpy as np

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

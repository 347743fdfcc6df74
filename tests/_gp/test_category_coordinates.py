"""Are categories equally far from each other, however many there are?"""

import numpy as np
import pytest

from skbayes._gp.category_coordinates import n_coordinates, simplex, vertices


@pytest.mark.parametrize("m", [2, 3, 10, 256])
def test_vertices_of_a_simplex_are_all_1_apart(m):
    """Categories are equally far from each other, in one coordinate less than m."""
    table = simplex(m)
    assert table.shape == (m, m - 1)
    squares = np.square(table[:, None, :] - table[None, :, :]).sum(axis=2)
    np.testing.assert_allclose(squares, 1.0 - np.eye(m), atol=1e-12)


@pytest.mark.parametrize("m", [257, 4000, 16_000, 16_001, 10**6])
def test_vertices_of_thousands_are_nearly_1_apart(m):
    """Gauss sums keep them within 12 %, and coordinates hardly grow in number."""
    rng = np.random.default_rng(0)
    codes = np.unique(
        np.concatenate([rng.integers(m, size=300), [0, 1, 66, 67, m - 1]])
    )
    Z = vertices(m, codes)
    assert Z.shape == (len(codes), n_coordinates(m))
    assert Z.shape[1] <= max(134, 2.1 * np.sqrt(m))
    squares = np.square(Z[:, None, :] - Z[None, :, :]).sum(axis=2)
    others = squares[~np.eye(len(codes), dtype=bool)]
    assert np.abs(others - 1.0).max() <= 1 / np.sqrt(Z.shape[1] / 2) + 1e-12


@pytest.mark.parametrize("m", [5, 4000, 20_000])
def test_vertices_of_a_code_of_minus_one_are_the_last(m):
    """A column that is inactive is at the vertex that no choice has."""
    np.testing.assert_array_equal(
        vertices(m, np.array([-1])), vertices(m, np.array([m - 1]))
    )

"""Do factorisations hold, also where a matrix is only nearly definite?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import NotPositiveDefiniteError
from skbayes._gp.linalg import extend_inverse_factor, inverse_factor, unwhiten, whiten


@pytest.fixture
def K():
    """A well-conditioned covariance matrix, shape (8, 8)."""
    A = np.random.default_rng(0).standard_normal((8, 8))
    return A @ A.T + np.eye(8)


def test_inverse_factor_whitens(K):
    """The inverse factor turns the matrix into the identity, without jitter."""
    Linv, jitter = inverse_factor(K, 1.0)
    np.testing.assert_allclose(Linv @ K @ Linv.T, np.eye(8), atol=1e-12)
    np.testing.assert_array_equal(np.triu(Linv, 1), 0.0)
    assert jitter == 0.0


def test_whiten_and_unwhiten_multiply_by_the_inverse(K):
    """Whitening twice, the second time backwards, is the inverse matrix."""
    Linv, _ = inverse_factor(K, 1.0)
    rows = np.random.default_rng(1).standard_normal((3, 8))
    V = whiten(Linv, rows)
    np.testing.assert_allclose(V, rows @ Linv.T, rtol=1e-12)
    np.testing.assert_allclose(unwhiten(Linv, V), rows @ np.linalg.inv(K), rtol=1e-9)


def test_extend_inverse_factor_equals_factorisation(K):
    """The factor extended row-wise is the factor of the whole."""
    whole, _ = inverse_factor(K, 1.0)
    part, _ = inverse_factor(K[:5, :5], 1.0)
    V = whiten(part, K[5:, :5])
    extended, _ = extend_inverse_factor(part, V, K[5:, 5:] - V @ V.T, 1.0)
    np.testing.assert_allclose(extended, whole, rtol=1e-10, atol=1e-12)


def test_inverse_factor_gives_a_singular_matrix_its_jitter():
    """A matrix a little short of definite is helped along, and says by how much."""
    K = np.ones((4, 4)) - 1e-7 * np.eye(4)
    Linv, jitter = inverse_factor(K, 1.0)
    assert 1e-8 < jitter <= 1e-5
    np.testing.assert_allclose(
        Linv @ (K + jitter * np.eye(4)) @ Linv.T, np.eye(4), atol=1e-6
    )


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_inverse_factor_raises_for_an_indefinite_matrix(value):
    """A matrix far from definite is an error of its own."""
    with pytest.raises(NotPositiveDefiniteError, match=r"shape \(3, 3\)"):
        inverse_factor(np.full((3, 3), value), 1.0)

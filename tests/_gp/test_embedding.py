"""Do the coordinates have the distances that the kernel is defined by?"""

from __future__ import annotations

import numpy as np

from skbayes._gp.embedding import Embedding, prepare
from skbayes._gp.warping import log_clipped, warp


def test_embedding_squared_distances_add_up_by_columns(problem, hyperparameters):
    """Distances are the sum of what numeric, arc and categorical columns say."""
    layout, h = problem.layout, hyperparameters
    U = problem.U[:12]
    Z = Embedding(layout, h).embed(U)
    active = layout.activity(U)
    total = np.zeros((12, 12))
    for j in range(layout.n_columns):
        total += _squared_distances(layout, h, U[:, j], active[:, j], j)
    gaps = np.square(Z[:, None] - Z[None]).sum(axis=2)
    np.testing.assert_allclose(gaps, 5.0 * total, rtol=1e-9, atol=1e-9)


def _squared_distances(layout, h, u, is_active, j):
    """Squared distances of one column in lengthscales, by definition."""
    both = is_active[:, None] & is_active[None]
    one = is_active[:, None] ^ is_active[None]
    if layout.n_levels[j]:
        gap = (u[:, None] != u[None]).astype(float)
    else:
        a, b = np.exp(h.log_warp_a[j]), np.exp(h.log_warp_b[j])
        w = warp(log_clipped(u), a, b)
        gap = np.abs(w[:, None] - w[None])
        if layout.is_conditional[j]:
            gap = np.where(both, 2.0 * np.sin(0.5 * gap), one)
    return np.square(gap / np.exp(h.log_lengthscales[j]))


def test_embedding_ignores_values_of_inactive_columns(problem, hyperparameters):
    """Numbers in inactive numeric columns leave the coordinates as they are."""
    layout = problem.layout
    embedding = Embedding(layout, hyperparameters)
    inactive = ~layout.activity(problem.U) & (layout.n_levels == 0)
    other = np.where(inactive, 0.123, problem.U)
    np.testing.assert_array_equal(embedding.embed(problem.U), embedding.embed(other))


def test_embedding_with_derivatives_agrees_with_that_without(problem, hyperparameters):
    embedding = Embedding(problem.layout, hyperparameters)
    Z, _ = embedding.embed_with_warp(prepare(problem.layout, problem.U))
    np.testing.assert_allclose(embedding.embed(problem.U), Z, rtol=1e-12, atol=1e-12)

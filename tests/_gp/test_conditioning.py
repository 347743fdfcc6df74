"""Are covariances factorised, extended and differentiated right?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.gaussian_process.kernels import Matern

from skbayes._gp import default_hyperparameters
from skbayes._gp.conditioning import (
    Conditioning,
    DifferentiablePrediction,
    Prediction,
    kernel,
)
from skbayes._gp.embedding import Embedding
from skbayes._gp.matern import augment_right
from tests._gp.conftest import LAYOUTS
from tests.differences import derivative

#: How near to a face of the cube gradients are compared, and by what steps.
EDGE, STEP = 5e-3, 1e-4


def with_gradients(gp, U):
    """Mean and variance, and their gradients in the encoded points."""
    prediction = DifferentiablePrediction.at(gp.conditioning, U)
    return (
        prediction.K @ gp.alpha + gp.prior_mean,
        prediction.variance,
        prediction.pull_back(np.broadcast_to(gp.alpha, prediction.K.shape)),
        prediction.pull_back(-2.0 * prediction.Q),
    )


def test_differentiable_prediction_gradients_are_those_of_values(problem, gp):
    """Gradients agree with differences, and are zero where nothing can move.

    Points near the faces of the cube, where warps are steep, are among them.
    """
    U, layout = problem.points(12, seed=5), problem.layout
    numeric = (layout.n_levels == 0) & layout.activity(U)
    U = np.where(numeric, EDGE + (1.0 - 2.0 * EDGE) * U, U)
    for row, edge in ((0, EDGE), (1, 1.0 - EDGE)):
        U[row, numeric[row]] = edge
    mean, variance, by_mean, by_variance = with_gradients(gp, U)
    np.testing.assert_allclose(mean, gp.predict(U)[0], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(variance, gp.predict(U)[1], rtol=1e-8, atol=1e-8)
    for j in range(layout.n_columns):
        if layout.n_levels[j]:
            assert not by_mean[:, j].any()
            assert not by_variance[:, j].any()
            continue
        step = STEP * np.eye(layout.n_columns)[j]
        for gradient, k in ((by_mean, 0), (by_variance, 1)):
            difference = derivative(lambda U, k=k: gp.predict(U)[k], U, step)
            size = max(1.0, np.abs(gradient).max())
            np.testing.assert_allclose(
                gradient[:, j], difference, rtol=2e-5, atol=2e-5 * size
            )


@pytest.mark.parametrize("edge", [0.0, 1.0])
def test_differentiable_prediction_gradients_go_on_at_the_faces(problem, gp, edge):
    """On the face a warp may be infinitely steep; a millionth inside it is not."""
    U = problem.points(5, seed=6)
    is_numeric = problem.layout.n_levels == 0
    U[:, is_numeric] = edge
    inside = U.copy()
    inside[:, is_numeric] = np.clip(edge, 1e-6, 1.0 - 1e-6)
    outputs = zip(with_gradients(gp, U), with_gradients(gp, inside), strict=True)
    for on_the_face, just_inside in outputs:
        assert np.isfinite(on_the_face).all()
        np.testing.assert_array_equal(on_the_face, just_inside)


@pytest.fixture
def embedding(problem, hyperparameters):
    """The map to coordinates of a problem."""
    return Embedding(problem.layout, hyperparameters)


def test_kernel_is_scikit_learns(problem, embedding):
    """The kernel is Matern 5/2 of the coordinates, times the signal variance."""
    Z, other = (embedding.embed(problem.points(m, m)) for m in (7, 5))
    oracle = np.exp(0.3) * Matern(np.sqrt(5.0), nu=2.5)(Z, other)
    found = kernel(Z, augment_right(other), 0.3)
    np.testing.assert_allclose(found, oracle, rtol=1e-7, atol=1e-9)


def test_conditioning_build_inverts_the_factor(problem, embedding):
    """Linv K Linv' is the identity, with the noise on the diagonal of K."""
    noise = 0.1 + problem.extra_noise
    built = Conditioning.build(embedding, 0.3, problem.U, noise)
    K = kernel(built.Z, built.right, 0.3)
    np.fill_diagonal(K, np.exp(0.3) + noise)
    np.testing.assert_allclose(built.Linv @ K @ built.Linv.T, np.eye(len(K)), atol=1e-8)
    np.testing.assert_array_equal(built.noise, noise)
    assert built.signal_variance == pytest.approx(np.exp(0.3))


@pytest.mark.parametrize("n_first", [1, 20, 39])
def test_conditioning_extend_equals_build(problem, embedding, n_first):
    """Trials may come one by one; the first factor is left alone."""
    U, noise = problem.U, 0.1 + problem.extra_noise
    first = Conditioning.build(embedding, 0.3, U[:n_first], noise[:n_first])
    before = first.Linv.copy()
    extended = first.extend(U[n_first:], noise[n_first:])
    built = Conditioning.build(embedding, 0.3, U, noise)
    np.testing.assert_allclose(extended.Linv, built.Linv, rtol=1e-7, atol=1e-8)
    for name in ("U", "Z", "noise", "right"):
        np.testing.assert_allclose(getattr(extended, name), getattr(built, name))
    np.testing.assert_array_equal(first.Linv, before)


def test_conditioning_of_equal_points_adds_to_the_noise():
    """The covariance of equal points without noise has no factor."""
    layout = LAYOUTS["numeric"]
    embedding = Embedding(layout, default_hyperparameters(layout))
    U = np.full((6, layout.n_columns), 0.25)
    built = Conditioning.build(embedding, 0.0, U, np.zeros(6))
    assert np.isfinite(built.Linv).all()
    assert (built.noise > 0.0).all()
    assert (built.noise < 1e-3).all()


def test_prediction_at_trials_without_noise_is_certain(problem, embedding):
    """The variance is tiny and above zero; far from all trials it is the prior's."""
    built = Conditioning.build(embedding, 0.3, problem.U[:5], np.zeros(5))
    found = Prediction.at(built, problem.U[:5])
    assert (found.variance > 0.0).all()
    assert (found.variance < 1e-5).all()
    loud = Conditioning.build(embedding, 0.3, problem.U[:5], np.full(5, 1e12))
    np.testing.assert_allclose(
        Prediction.at(loud, problem.U).variance, np.exp(0.3), rtol=1e-9
    )


def test_differentiable_prediction_equals_prediction(problem, embedding):
    """K, V and the variance are equal, and Q solves with the trials' covariance."""
    noise = np.full(40, 0.1)
    built = Conditioning.build(embedding, 0.3, problem.U, noise)
    U = problem.points(6, seed=1)
    plain, found = Prediction.at(built, U), DifferentiablePrediction.at(built, U)
    for name in ("K", "V", "variance"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(plain, name), rtol=1e-8, atol=1e-10
        )
    K = kernel(built.Z, built.right, 0.3)
    np.fill_diagonal(K, np.exp(0.3) + noise)
    np.testing.assert_allclose(
        found.Q, np.linalg.solve(K, found.K.T).T, rtol=1e-6, atol=1e-9
    )

"""Are covariances factorised, extended and differentiated right?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp.conditioning import DifferentiablePrediction
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


def test_gradients_are_those_of_the_predictions(problem, gp):
    """Gradients agree with differences, zero where nothing can move.

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
def test_gradients_on_the_faces_of_the_cube_are_those_just_inside(problem, gp, edge):
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

"""Is the uncertainty of the hyperparameters that of their posterior?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import fit_hyperparameters, laplace
from skbayes._gp.fit import likelihood_of


@pytest.fixture
def fitted(problem):
    """The most probable hyperparameters of a problem."""
    return fit_hyperparameters(
        problem.layout, problem.U, problem.y, problem.extra_noise
    )


@pytest.fixture
def posterior(problem, fitted):
    """Their uncertainty."""
    return laplace(problem.layout, problem.U, problem.y, problem.extra_noise, fitted)


def test_covariance_inverts_the_curvature(problem, posterior):
    """Along each axis of the covariance the log posterior bends as it says."""
    objective = likelihood_of(problem.layout, problem.U, problem.y, problem.extra_noise)
    spread = np.linalg.norm(posterior.root, axis=0)
    for axis, sd in zip(posterior.root.T, spread, strict=True):
        step = axis / sd * 1e-2
        around = [objective(posterior.mode + s * step)[0] for s in (-1.0, 0.0, 1.0)]
        curvature = (around[0] - 2.0 * around[1] + around[2]) / 1e-4
        assert max(curvature, 0.25) == pytest.approx(sd**-2, rel=0.1, abs=0.05)


def test_samples_scatter_around_the_mode(problem, posterior):
    """Samples are inside the box and have the covariance they should have."""
    rng = np.random.default_rng(0)
    pack = posterior.parameters.pack
    thetas = np.array([pack(posterior.sample(rng)) for _ in range(400)])
    low, high = posterior.parameters.bounds.T
    assert ((thetas >= low) & (thetas <= high)).all()
    sd = np.sqrt(np.square(posterior.root).sum(axis=1))
    is_free = (posterior.mode - 3.0 * sd > low) & (posterior.mode + 3.0 * sd < high)
    assert is_free.any()
    np.testing.assert_allclose(thetas.std(axis=0)[is_free], sd[is_free], rtol=0.2)


def test_more_trials_leave_less_uncertainty(problem, fitted, posterior):
    """The volume of the posterior shrinks as trials come in."""
    few = slice(0, 15)
    vague = laplace(problem.layout, problem.U[few], problem.y[few], None, fitted)
    n = problem.layout.n_columns
    spread = [np.square(p.root).sum(axis=1)[:n].mean() for p in (posterior, vague)]
    assert spread[0] < spread[1]


def test_one_seed_gives_one_sample(posterior):
    """The same generator state gives the same hyperparameters."""
    first, second = (posterior.sample(np.random.default_rng(1)) for _ in range(2))
    np.testing.assert_array_equal(first.log_lengthscales, second.log_lengthscales)
    assert first.log_noise_variance == second.log_noise_variance

"""Do fantasies condition on the points pending as brute force would?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import norm

from skbayes._acquisition import build_acquisition
from skbayes._acquisition.improvement import N_FANTASIES
from skbayes._acquisition.sobol import sobol
from skbayes._gp import GaussianProcess
from tests._acquisition.conftest import SPACES, posterior


def _condition(gp, pending, outcomes):
    """Posterior with the pending points at given outcomes and the mean as it was."""
    U = np.concatenate([gp.U, pending])
    y = np.concatenate([gp.y, outcomes])
    noise = np.concatenate([gp.extra_noise, np.zeros(len(pending))])
    conditioned = GaussianProcess(gp.layout, gp.hyperparameters, U, y, noise)
    Linv = conditioned.conditioning.Linv
    conditioned.alpha = Linv.T @ (Linv @ (y - gp.prior_mean))
    conditioned.prior_mean = gp.prior_mean
    return conditioned


def _outcomes(gp, pending, rng):
    """The fantasies: joint draws of the pending outcomes, shape (S, k)."""
    mean, covariance = gp.joint(pending)
    covariance += gp.hyperparameters.noise_variance * np.eye(len(pending))
    normals = ndtri(sobol(N_FANTASIES, len(pending), rng))
    return mean + normals @ np.linalg.cholesky(covariance).T


@pytest.mark.parametrize("k", [1, 3])
def test_log_expected_improvement_pending_averages_over_outcomes(space, gp, k):
    """The average equals that of conditioning on each outcome in turn."""
    rng = np.random.default_rng(1)
    pending, U = space.sample(k, rng), space.sample(8, rng)
    total = np.zeros(8)
    for outcome in _outcomes(gp, pending, np.random.default_rng(2)):
        one = _condition(gp, pending, outcome)
        incumbent = int(np.argmax(one.mean_at_trials))
        for i, u in enumerate(U):
            mean, covariance = one.joint(np.stack([u, one.U[incumbent]]))
            sd = np.sqrt(np.array([1.0, -1.0]) @ covariance @ np.array([1.0, -1.0]))
            z = (mean[0] - mean[1]) / sd
            total[i] += sd * (norm.pdf(z) + z * norm.cdf(z)) / N_FANTASIES
    acquisition = build_acquisition(gp, pending=pending, rng=np.random.default_rng(2))
    np.testing.assert_allclose(np.exp(acquisition(U)), total, rtol=1e-5, atol=1e-10)


def test_log_expected_improvement_pending_conditions_on_means(space, gp):
    """Pending rows at their mean leave the mean and give brute force's variance."""
    rng = np.random.default_rng(3)
    pending, U = space.sample(4, rng), space.sample(10, rng)
    conditioned = _condition(gp, pending, gp.predict(pending)[0])
    for ours, other in zip(
        gp.with_pending(pending).predict(U), conditioned.predict(U), strict=True
    ):
        np.testing.assert_allclose(ours, other, rtol=1e-7, atol=1e-9)


def test_log_expected_improvement_is_less_at_a_pending_point(space, gp):
    """The best point is worth much less once it is pending."""
    U = space.sample(200, np.random.default_rng(4))
    alone = build_acquisition(gp)(U)
    best = np.argmax(alone)
    pending = build_acquisition(
        gp, pending=U[best : best + 1], rng=np.random.default_rng(5)
    )(U)
    assert pending[best] < alone[best] - 0.5


def test_log_expected_improvement_takes_many_pending_points():
    """With more than eight pending the older ones count at their mean."""
    space = SPACES["mixed"]
    gp = posterior(space)
    rng = np.random.default_rng(6)
    pending, U = space.sample(11, rng), space.sample(20, rng)
    values = build_acquisition(gp, pending=pending, rng=rng)(U)
    assert np.isfinite(values).all()


def test_log_expected_improvement_pending_depends_on_the_generator(space, gp):
    """One seed gives one acquisition."""
    pending = space.sample(2, np.random.default_rng(7))
    U = space.sample(5, np.random.default_rng(8))
    values = [
        build_acquisition(gp, pending=pending, rng=np.random.default_rng(9))(U)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(values[0], values[1])

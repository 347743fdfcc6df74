"""Do functions drawn from a posterior have its mean and covariance?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import GaussianProcess, default_hyperparameters, layout_of
from skbayes.inspection._model.posterior_draws import (
    PosteriorDraws,
    mean_of_prior_covariances,
)
from skbayes.space._parsing import parse_space

SPACES = {
    "numeric": {"a": (0.0, 1.0, "uniform"), "b": (0.0, 1.0, "uniform")},
    "mixed": {"a": (0.0, 1.0, "uniform"), "b": ["x", "y", "z"]},
    "conditional": [
        {"a": (0.0, 1.0, "uniform"), "b": (0.0, 1.0, "uniform"), "k": ["x"]},
        {"a": (0.0, 1.0, "uniform"), "k": ["y"]},
    ],
}


@pytest.fixture(params=SPACES)
def posterior(request):
    """A process given 12 trials, and 20 points to ask about."""
    space = parse_space(SPACES[request.param])
    rng = np.random.default_rng(0)
    layout = layout_of(space)
    U = space.sample(12, rng)
    gp = GaussianProcess(
        layout,
        default_hyperparameters(layout),
        U,
        rng.normal(size=12),
        np.full(12, 0.01),
    )
    return gp, space.sample(20, rng)


def test_posterior_draws_have_the_moments_of_the_posterior(posterior):
    """Over many draws, mean and covariance are those of the exact posterior."""
    gp, points = posterior
    mean, covariance = gp.joint(points)
    blocks = [
        PosteriorDraws(gp, 50, np.random.default_rng(seed))(points)
        for seed in range(80)
    ]
    draws = np.concatenate(blocks, axis=1)
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(draws.mean(axis=1), mean, atol=0.12 * sd.max())
    found = np.cov(draws)
    np.testing.assert_allclose(found, covariance, atol=0.15 * np.diag(covariance).max())


def test_posterior_draws_are_one_function_each(posterior):
    """A point has the same value, whatever is asked with it."""
    gp, points = posterior
    draws = PosteriorDraws(gp, 3, np.random.default_rng(1))
    np.testing.assert_allclose(draws(points)[4:7], draws(points[4:7]), atol=1e-10)


def test_mean_of_prior_covariances_is_that_of_all_pairs(posterior):
    """The shortcut equals the mean of the kernel matrix."""
    gp, points = posterior
    prior = gp.append(points, np.zeros(len(points))).conditioning
    Z = gp.conditioning.embedding.embed(points)
    distances = np.sqrt(np.square(Z[:, None] - Z).sum(axis=-1))
    kernel = prior.signal_variance * (1 + distances + distances**2 / 3)
    kernel *= np.exp(-distances)
    found = mean_of_prior_covariances(Z, gp.conditioning.log_signal_variance)
    assert found == pytest.approx(kernel.mean(), rel=1e-6)

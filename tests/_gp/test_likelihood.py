"""Is the likelihood the textbook's, and its gradient right over the parameter box?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp.embedding import Embedding
from skbayes._gp.likelihood import NegativeLogPosterior


def _objective(problem, *, is_noisy=True):
    """The negative log posterior of a problem with all warps free."""
    layout = problem.layout
    noise = problem.extra_noise if is_noisy else np.zeros(len(problem.y))
    return NegativeLogPosterior(
        layout, problem.U, problem.y, noise, layout.n_levels == 0
    )


def _textbook(problem, objective, theta, *, is_noisy=True):
    """Negative log posterior with dense matrices and no shortcuts."""
    h = objective.parameters.unpack(theta)
    Z = Embedding(problem.layout, h).embed(problem.U)
    s = np.sqrt(np.square(Z[:, None] - Z[None]).sum(axis=2))
    K = h.signal_variance * (1.0 + s + s**2 / 3.0) * np.exp(-s)
    K += np.diag(h.noise_variance + is_noisy * problem.extra_noise)
    inverse, ones = np.linalg.inv(K), np.ones(len(K))
    mu = ones @ inverse @ problem.y / (ones @ inverse @ ones + 1.0)
    r = problem.y - mu
    value = 0.5 * (r @ inverse @ r + np.linalg.slogdet(K)[1] + mu**2)
    offset = theta - objective.parameters.mean
    return value + 0.5 * (objective.parameters.precision * offset) @ offset


def _draw(objective, seed):
    """A parameter vector anywhere in the box."""
    low, high = objective.parameters.bounds.T
    return low + np.random.default_rng(seed).random(len(low)) * (high - low)


@pytest.mark.parametrize("seed", range(3))
def test_value_is_the_textbooks(problem, seed):
    """The value equals that of dense algebra."""
    objective = _objective(problem)
    theta = _draw(objective, seed)
    value, _ = objective(theta)
    assert value == pytest.approx(_textbook(problem, objective, theta), rel=1e-6)


def test_beyond_the_box_the_likelihood_is_its_tangent(problem):
    """Out there the value goes on in a line but for the prior, without a jump."""
    objective = _objective(problem)
    p = objective.parameters
    border = _draw(objective, 3)
    border[p.noise] = p.bounds[p.noise, 1]
    step = np.zeros(len(border))
    step[p.noise] = 1.0

    def likelihood(theta):
        value, gradient = objective(theta)
        prior, by_theta = p.negative_log_prior(theta)
        return value - prior, (gradient - by_theta)[p.noise]

    start, slope = likelihood(border)
    for distance in (1e-6, 0.5, 10.0):
        value, still = likelihood(border + distance * step)
        assert value == pytest.approx(start + distance * slope)
        assert still == pytest.approx(slope)


@pytest.mark.parametrize("is_noisy", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_gradient_is_that_of_the_value(problem, seed, is_noisy):
    """The gradient agrees with differences of the textbook's value, in all the box."""
    objective = _objective(problem, is_noisy=is_noisy)
    theta = _draw(objective, 100 + seed)
    # Nearly singular matrices leave finite differences without digits.
    theta[objective.parameters.noise] = max(theta[objective.parameters.noise], -7.0)
    _, gradient = objective(theta)

    def value(theta):
        return _textbook(problem, objective, theta, is_noisy=is_noisy)

    step = 1e-5
    difference = [
        (value(theta + step * e) - value(theta - step * e)) / (2.0 * step)
        for e in np.eye(len(theta))
    ]
    size = np.abs(gradient).max()
    np.testing.assert_allclose(gradient, difference, rtol=1e-5, atol=1e-6 * size)


def test_calls_do_not_depend_on_each_other(problem):
    """The buffers that are used again leave no trace of the call before."""
    objective = _objective(problem)
    first, second = _draw(objective, 1), _draw(objective, 2)
    value, gradient = objective(first)
    objective(second)
    again, gradient_again = objective(first)
    assert value == again
    np.testing.assert_array_equal(gradient, gradient_again)


def test_failed_factorisation_is_worse_than_any_other(problem):
    """Where the matrix has no factor the value is huge and the gradient zero."""
    objective = _objective(problem)
    value, gradient = objective(np.full(len(_draw(objective, 0)), np.nan))
    assert value == 1e10
    np.testing.assert_array_equal(gradient, 0.0)

"""Is the likelihood the textbook's, and its gradient right over the parameter box?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp.embedding import Embedding
from skbayes._gp.likelihood import NegativeLogPosterior
from tests.differences import derivative


def _objective(problem, *, is_noisy=True):
    """The negative log posterior of a problem with all warps free."""
    layout = problem.layout
    noise = problem.extra_noise if is_noisy else np.zeros(len(problem.y))
    return NegativeLogPosterior(
        layout, problem.U, problem.y, noise, layout.n_levels == 0
    )


def _covariance(problem, objective, theta, *, is_noisy=True):
    """Covariance of the targets, from differences of all pairs of points."""
    h = objective.parameters.unpack(theta)
    Z = Embedding(problem.layout, h).embed(problem.U)
    s = np.sqrt(np.square(Z[:, None] - Z[None]).sum(axis=2))
    K = h.signal_variance * (1.0 + s + s**2 / 3.0) * np.exp(-s)
    return K + np.diag(h.noise_variance + is_noisy * problem.extra_noise)


def _textbook(problem, objective, theta, *, is_noisy=True):
    """Negative log posterior with dense matrices and no shortcuts."""
    K = _covariance(problem, objective, theta, is_noisy=is_noisy)
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
def test_negative_log_posterior_is_the_textbooks(problem, seed):
    """The value equals that of dense algebra."""
    objective = _objective(problem)
    theta = _draw(objective, seed)
    value, _ = objective(theta)
    assert value == pytest.approx(_textbook(problem, objective, theta), rel=1e-6)


#: Step of the differences: beyond it what is to be seen is rounded away.
STEP = 2e-3


def _gradients(problem, where, *, is_noisy):
    """Analytic gradient, that of the textbook's value, and how singular K_n is.

    `where` is the place in the box, from 0 to 1 in each parameter.
    """
    objective = _objective(problem, is_noisy=is_noisy)
    low, high = objective.parameters.bounds.T
    # The points beside it are to lie in the box as well.
    inside = 2.1 * STEP
    theta = np.clip(low + where * (high - low), low + inside, high - inside)

    def value(theta):
        return _textbook(problem, objective, theta, is_noisy=is_noisy)

    K = _covariance(problem, objective, theta, is_noisy=is_noisy)
    steps = STEP * np.eye(len(theta))
    difference = np.array([derivative(value, theta, step) for step in steps])
    return objective(theta)[1], difference, np.linalg.cond(K)


def _n_parameters(problem):
    return len(_objective(problem).parameters.mean)


@pytest.mark.parametrize("is_noisy", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_negative_log_posterior_gradient_is_that_of_the_value(problem, seed, is_noisy):
    """The gradient agrees with differences of the textbook's value, in all the box."""
    where = np.random.default_rng(100 + seed).random(_n_parameters(problem))
    gradient, difference, _ = _gradients(problem, where, is_noisy=is_noisy)
    size = np.abs(gradient).max()
    np.testing.assert_allclose(gradient, difference, rtol=1e-5, atol=1e-6 * size)


@pytest.mark.parametrize("is_noisy", [True, False])
@pytest.mark.parametrize("seed", range(6))
def test_negative_log_posterior_gradient_is_right_in_corners(problem, seed, is_noisy):
    """Gradients agree near singular matrices as far as these leave any digits."""
    rng = np.random.default_rng(200 + seed)
    where = rng.integers(0, 2, _n_parameters(problem)).astype(float)
    gradient, difference, condition = _gradients(problem, where, is_noisy=is_noisy)
    # Squared distances are differences of squares, up to 1e4 with short lengthscales:
    # of their sixteen digits twelve are left after the point.
    tolerance = max(1e-6, 2e-12 * condition) * np.abs(gradient).max()
    np.testing.assert_allclose(gradient, difference, rtol=1e-5, atol=tolerance)


@pytest.mark.parametrize("end", [0.0, 1.0])
def test_negative_log_posterior_gradient_is_right_at_ends_of_noise(problem, end):
    """Gradients agree with hardly any noise and with nothing else."""
    objective = _objective(problem)
    where = np.random.default_rng(300).random(_n_parameters(problem))
    where[objective.parameters.noise] = end
    gradient, difference, _ = _gradients(problem, where, is_noisy=True)
    size = np.abs(gradient).max()
    np.testing.assert_allclose(gradient, difference, rtol=1e-5, atol=1e-6 * size)


def test_negative_log_posterior_calls_do_not_depend_on_each_other(problem):
    """The buffers that are used again leave no trace of the call before."""
    objective = _objective(problem)
    first, second = _draw(objective, 1), _draw(objective, 2)
    value, gradient = objective(first)
    objective(second)
    again, gradient_again = objective(first)
    assert value == again
    np.testing.assert_array_equal(gradient, gradient_again)


def test_negative_log_posterior_without_a_factor_is_worst(problem):
    """Where the matrix has no factor the value is infinite and the gradient zero."""
    objective = _objective(problem)
    value, gradient = objective(np.full(len(_draw(objective, 0)), np.nan))
    assert value == np.inf
    np.testing.assert_array_equal(gradient, 0.0)

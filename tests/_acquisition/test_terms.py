"""Are the terms of an acquisition right, and their derivatives those of the values?"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import norm

from skbayes._acquisition.terms import CostPenalty, LogFeasibility
from tests.differences import derivative

ALPHA = np.array([0.5, -2.0, 0.25])
TERM = LogFeasibility(ALPHA, prior_mean=0.75)


def prediction(K, variance):
    """The part of a prediction that a term looks at."""
    return SimpleNamespace(K=np.atleast_2d(K), variance=np.atleast_1d(variance))


def test_log_feasibility_is_the_log_probability_of_a_normal():
    """The value is Phi(m / sqrt(1 + v)), also where the probability underflows."""
    K = np.array([[1.0, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 100.0, 0.0]])
    variance = np.array([0.0, 3.0, 0.25])
    mean = K @ ALPHA + 0.75
    expected = norm.logcdf(mean / np.sqrt(1.0 + variance))
    found = TERM.values(prediction(K, variance))
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert -np.inf < found[2] < -1e4


@pytest.mark.parametrize("scale", [0.1, 1.0, 20.0])
def test_log_feasibility_differentiate_agrees_with_differences(scale):
    """The derivatives are in covariances and in the variance, which act alone."""
    rng = np.random.default_rng(0)
    K, variance = scale * rng.normal(size=(5, 3)), rng.random(5)
    found = TERM.differentiate(prediction(K, variance))
    np.testing.assert_allclose(found.values, TERM.values(prediction(K, variance)))
    for j in range(3):
        by_K = derivative(
            lambda K: TERM.values(prediction(K, variance)), K, 1e-3 * np.eye(3)[j]
        )
        np.testing.assert_allclose(found.by_K[:, j], by_K, rtol=1e-6, atol=1e-8)
    by_variance = derivative(
        lambda v: TERM.values(prediction(K, v)), variance, np.array([1e-4])
    )
    np.testing.assert_allclose(found.by_variance, by_variance, rtol=1e-5, atol=1e-8)
    assert found.by_U is None


class LinearCost:
    """Log seconds that are linear in the points."""

    slopes = np.array([2.0, -1.0])

    def predict(self, U):
        """Mean, and a variance that no penalty looks at."""
        return U @ self.slopes, np.full(len(U), np.nan)

    def mean_gradient(self, U):
        """The slopes."""
        return np.tile(self.slopes, (len(U), 1))


AT = SimpleNamespace(U=np.array([[0.0, 0.0], [1.0, 0.5], [1.0, 0.0]]))


def test_cost_penalty_is_the_weighted_cost_and_a_step():
    """Costs are 0, 1.5 and 2; what takes just as long as is left loses nothing."""
    penalty = CostPenalty(LinearCost(), 0.5)
    np.testing.assert_array_equal(penalty.values(AT), [0.0, -0.75, -1.0])
    late = CostPenalty(LinearCost(), 0.5, log_seconds_left=1.5)
    np.testing.assert_array_equal(late.values(AT), [0.0, -0.75, -11.0])
    step = CostPenalty(LinearCost(), 0.0, log_seconds_left=-9.0)
    np.testing.assert_array_equal(step.values(AT), [-10.0] * 3)


def test_cost_penalty_differentiate_has_no_derivative_of_the_step():
    """The step depends on the points directly."""
    found = CostPenalty(LinearCost(), 0.5, log_seconds_left=1.5).differentiate(AT)
    np.testing.assert_array_equal(found.values, [0.0, -0.75, -11.0])
    np.testing.assert_array_equal(found.by_U, np.tile([-1.0, 0.5], (3, 1)))
    assert found.by_K is None
    assert found.by_variance is None

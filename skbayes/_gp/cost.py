"""A linear model of the log seconds that a fit takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._gp.layout import Layout
from skbayes._protocol import FloatArray

#: With fewer trials than this the prediction is their mean.
_MIN_TRIALS = 6
#: Log seconds are never predicted more precisely than this variance.
_NOISE_FLOOR = 1e-3
_N_ITERATIONS = 5


@dataclass(frozen=True, eq=False, slots=True)
class CostModel:
    """Bayesian linear regression of log seconds on low-order features [1]_.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    mean : float
        Mean log seconds of the trials.
    weights : array of shape (n_features,)
        Posterior mean of the coefficients.
    covariance : array of shape (n_features, n_features)
        Posterior covariance of the coefficients.
    noise : float
        Variance of log seconds that the features do not explain.

    References
    ----------
    .. [1] G. Guinet, V. Perrone, C. Archambeau, "Pareto-efficient acquisition
       functions for cost-aware Bayesian optimization", arXiv:2011.11456, 2020.
    """

    layout: Layout
    mean: float
    weights: FloatArray
    covariance: FloatArray
    noise: float

    def predict(self, U: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Mean and variance of the log seconds at `U`, each of shape (m,)."""
        phi = features(self.layout, U)
        spread = np.einsum("ij,jk,ik->i", phi, self.covariance, phi)
        return self.mean + phi @ self.weights, self.noise + spread

    def mean_gradient(self, U: FloatArray) -> FloatArray:
        """Gradient of the mean in the encoded points, shape (m, n_columns)."""
        numeric = self.layout.numeric
        d = len(numeric)
        gradient = np.zeros_like(U)
        slopes = (
            self.weights[1 : 1 + d]
            + 2.0 * U[:, numeric] * (self.weights[1 + d : 1 + 2 * d])
        )
        gradient[:, numeric] = slopes * self.layout.activity(U)[:, numeric]
        return gradient


def fit_cost(layout: Layout, U: FloatArray, seconds: FloatArray) -> CostModel:
    """Fit the model to the times of trials.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    U : array of shape (n, n_columns)
        Encoded points, at least one.
    seconds : array of shape (n,)
        Durations of the evaluations; 0 counts as a microsecond.

    Returns
    -------
    CostModel
        A constant one where there are fewer than six trials.
    """
    # On the log scale errors are factors, and no prediction can be negative.
    target = np.log(np.maximum(seconds, 1e-6))
    mean = float(target.mean())
    target = target - mean
    phi = features(layout, U)
    n, p = phi.shape
    variance = max(float(target.var()), _NOISE_FLOOR)
    if n < _MIN_TRIALS:
        return CostModel(layout, mean, np.zeros(p), np.zeros((p, p)), variance)
    noise = 0.1 * variance
    # Fixed-point updates of the noise (MacKay's evidence approximation) with a unit
    # prior on the weights: features lie in [0, 1], log seconds span a few units.
    for _ in range(_N_ITERATIONS):
        precision = phi.T @ phi / noise + np.eye(p)
        covariance = np.linalg.inv(precision).astype(np.float64)
        weights = covariance @ (phi.T @ target) / noise
        # Coefficients the data determine count as parameters, the others do not.
        n_determined = p - float(np.trace(covariance))
        residual = float(np.square(target - phi @ weights).sum())
        noise = max(residual / max(n - n_determined, 1.0), _NOISE_FLOOR)
    return CostModel(layout, mean, weights, covariance, noise)


def features(layout: Layout, U: FloatArray) -> FloatArray:
    """``[1, u, u^2, levels, active]`` with zeros for what is inactive, (m, p)."""
    active = layout.activity(U)
    numeric = np.where(active, U, 0.0)[:, layout.numeric]
    levels = [
        (U[:, j, None] == np.arange(layout.n_levels[j])).astype(np.float64)
        for j in layout.categorical
    ]
    flags = active[:, layout.is_conditional].astype(np.float64)
    return np.concatenate(
        [np.ones((len(U), 1)), numeric, np.square(numeric), *levels, flags], axis=1
    )

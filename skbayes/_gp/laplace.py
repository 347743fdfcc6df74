"""How uncertain the hyperparameters are: a normal posterior around the best ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._gp.fit import likelihood_of
from skbayes._gp.hyperparameters import Hyperparameters, ParameterVector
from skbayes._gp.layout import FloatArray, Layout
from skbayes._gp.likelihood import NegativeLogPosterior

#: Step of the differences of gradients, in log units.
_STEP = 1e-2
#: Smallest curvature: that of the flattest prior. Where the likelihood bends the
#: other way it would otherwise leave a direction without any bound.
_MIN_CURVATURE = 0.25


@dataclass(frozen=True, eq=False, slots=True)
class HyperparameterPosterior:
    """Laplace approximation of the posterior of the hyperparameters.

    Parameters
    ----------
    parameters : ParameterVector
        What the entries of the vectors are.
    mode : array of shape (n_theta,)
        The most probable vector.
    root : array of shape (n_theta, n_theta)
        Square root of the covariance.
    """

    parameters: ParameterVector
    mode: FloatArray
    root: FloatArray

    def sample(self, rng: np.random.Generator) -> Hyperparameters:
        """Draw hyperparameters, moved inside their bounds."""
        low, high = self.parameters.bounds.T
        theta = self.mode + self.root @ rng.standard_normal(len(self.mode))
        return self.parameters.unpack(np.minimum(np.maximum(theta, low), high))


def laplace(
    layout: Layout,
    U: FloatArray,
    y: FloatArray,
    extra_noise: FloatArray | None,
    hyperparameters: Hyperparameters,
) -> HyperparameterPosterior:
    """Approximate the posterior of the hyperparameters around a fit.

    Parameters
    ----------
    layout : Layout
        The columns.
    U : array of shape (n_trials, n_columns)
        Encoded points, oldest first; a subset as in `fit_hyperparameters` is used.
    y : array of shape (n_trials,)
        Standardised targets.
    extra_noise : array of shape (n_trials,) or None
        Known noise variances.
    hyperparameters : Hyperparameters
        What `fit_hyperparameters` gave.

    Returns
    -------
    HyperparameterPosterior
        For as many evaluations of the likelihood as there are hyperparameters.
    """
    objective = likelihood_of(layout, U, y, extra_noise)
    mode = objective.parameters.pack(hyperparameters)
    curvatures, axes = np.linalg.eigh(_hessian(objective, mode))
    root = axes / np.sqrt(np.maximum(curvatures, _MIN_CURVATURE))
    return HyperparameterPosterior(objective.parameters, mode, root)


def _hessian(objective: NegativeLogPosterior, mode: FloatArray) -> FloatArray:
    """Second derivatives from differences of gradients, taken inside the bounds."""
    _, gradient = objective(mode)
    rows = []
    for i, high in enumerate(objective.parameters.bounds[:, 1]):
        step = _STEP if mode[i] + _STEP <= high else -_STEP
        theta = mode.copy()
        theta[i] += step
        rows.append((objective(theta)[1] - gradient) / step)
    hessian = np.array(rows)
    return 0.5 * (hessian + hessian.T)

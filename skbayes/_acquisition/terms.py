"""The summands of an acquisition, and their derivatives.

A term depends on a point through its covariances with the trials, through its
posterior variance, and perhaps directly. It returns its derivatives in these, and
the sum is carried back to the encoded points once for all terms.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import log_ndtr

from skbayes._acquisition.log_math import log_phi_ratio
from skbayes._gp.conditioning import DifferentiablePrediction, Prediction
from skbayes._gp.cost import CostModel
from skbayes._protocol import FloatArray

#: Penalty of a candidate that will probably not end in time, in log units. It is
#: finite, so that such candidates are still ordered if there are no others.
_TOO_LATE = 10.0


@dataclass(frozen=True, eq=False, slots=True)
class Sensitivity:
    """Values of a term at m points with its derivatives.

    Parameters
    ----------
    values : array of shape (m,)
        Values of the term at m points, in log units.
    by_K : array of shape (m, n) or None
        Derivative in the covariances with the trials, the variance held fixed.
    by_variance : array of shape (m,) or None
        Derivative in the posterior variance.
    by_U : array of shape (m, n_columns) or None
        Derivative in the encoded points themselves.
    """

    values: FloatArray
    by_K: FloatArray | None = None
    by_variance: FloatArray | None = None
    by_U: FloatArray | None = None


class Term(Protocol):
    """One summand of an acquisition, on the log scale."""

    def values(self, prediction: Prediction) -> FloatArray:
        """Values at the points of `prediction`, shape (m,)."""

    def differentiate(self, prediction: DifferentiablePrediction) -> Sensitivity:
        """Values and derivatives at the points of `prediction`."""


@dataclass(frozen=True, eq=False, slots=True)
class LogFeasibility:
    """Log probability that a fit does not fail.

    A Gaussian process regression on labels +1 (success) and -1 (failure) with the
    hyperparameters of the scores, so that it shares their factorisation:
    ``log Phi(m / sqrt(1 + v))``.

    Parameters
    ----------
    alpha : array of shape (n,)
        Weights of the labels.
    prior_mean : float
        Constant mean of the labels.
    """

    alpha: FloatArray
    prior_mean: float

    def values(self, prediction: Prediction) -> FloatArray:
        """Log probability of success, shape (m,)."""
        mean = prediction.K @ self.alpha + self.prior_mean
        log_probability: FloatArray = log_ndtr(
            mean / np.sqrt(1.0 + prediction.variance)
        )
        return log_probability

    def differentiate(self, prediction: DifferentiablePrediction) -> Sensitivity:
        """Log probability of success with its derivatives."""
        sd = np.sqrt(1.0 + prediction.variance)
        t = (prediction.K @ self.alpha + self.prior_mean) / sd
        # With t = m / sqrt(1 + v): dt/dm = 1 / sqrt(1 + v), dt/dv = -t / (2 (1 + v)).
        ratio = log_phi_ratio(t)
        return Sensitivity(
            values=np.asarray(log_ndtr(t), dtype=np.float64),
            by_K=(ratio / sd)[:, None] * self.alpha,
            by_variance=-0.5 * ratio * t / np.square(sd),
        )


@dataclass(frozen=True, eq=False, slots=True)
class CostPenalty:
    """Minus the weighted expected log seconds, and a step down where time runs out.

    Parameters
    ----------
    model : CostModel
        Prediction of log seconds.
    weight : float
        0 ignores the cost, 1 is expected improvement per second.
    log_seconds_left : float or None
        A candidate that takes longer with more than even chance loses 10.
    """

    model: CostModel
    weight: float
    log_seconds_left: float | None = None

    def values(self, prediction: Prediction) -> FloatArray:
        """Penalty, shape (m,)."""
        mean, _ = self.model.predict(prediction.U)
        penalty = -self.weight * mean
        if self.log_seconds_left is not None:
            # The prediction is normal: P(over) > 1/2 where its mean is over.
            penalty -= _TOO_LATE * (mean > self.log_seconds_left)
        return penalty

    def differentiate(self, prediction: DifferentiablePrediction) -> Sensitivity:
        """Penalty with its derivatives; the step has none."""
        by_U = -self.weight * self.model.mean_gradient(prediction.U)
        return Sensitivity(values=self.values(prediction), by_U=by_U)

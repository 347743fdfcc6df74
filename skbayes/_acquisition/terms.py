"""What an acquisition is a sum of, and how a term says what it depends on.

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
from skbayes._gp.cost import CostModel
from skbayes._gp.layout import FloatArray
from skbayes._gp.rows import DifferentiableQuery, Query

#: What a candidate loses that will probably not end in time, in log units.
_TOO_LATE = 10.0


@dataclass(frozen=True, eq=False, slots=True)
class Sensitivity:
    """Values of a term at m points with its derivatives.

    Parameters
    ----------
    values : array of shape (m,)
        The term.
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

    def values(self, query: Query) -> FloatArray:
        """Values at the points of `query`, shape (m,)."""

    def differentiate(self, query: DifferentiableQuery) -> Sensitivity:
        """Values and derivatives at the points of `query`."""


@dataclass(frozen=True, eq=False, slots=True)
class LogFeasibility:
    """Log probability that a fit does not fail.

    A least-squares Gaussian process on labels +1 (went well) and -1 (failed) with the
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

    def values(self, query: Query) -> FloatArray:
        """Log probability of success, shape (m,)."""
        mean = query.K @ self.alpha + self.prior_mean
        log_probability: FloatArray = log_ndtr(mean / np.sqrt(1.0 + query.variance))
        return log_probability

    def differentiate(self, query: DifferentiableQuery) -> Sensitivity:
        """The same with derivatives."""
        sd = np.sqrt(1.0 + query.variance)
        t = (query.K @ self.alpha + self.prior_mean) / sd
        ratio = log_phi_ratio(t)
        return Sensitivity(
            values=np.asarray(log_ndtr(t), dtype=np.float64),
            by_K=(ratio / sd)[:, None] * self.alpha,
            by_variance=-0.5 * ratio * t / np.square(sd),
        )


@dataclass(frozen=True, eq=False, slots=True)
class CostPenalty:
    """Minus the expected log seconds, weighted; and a cliff where time runs out.

    Parameters
    ----------
    model : CostModel
        Prediction of log seconds.
    weight : float
        0 ignores the cost, 1 is expected improvement per second.
    log_seconds_left : float or None
        Candidates that are more likely than not to take longer lose 10.
    """

    model: CostModel
    weight: float
    log_seconds_left: float | None = None

    def values(self, query: Query) -> FloatArray:
        """Penalty, shape (m,)."""
        mean, _ = self.model.predict(query.U)
        penalty = -self.weight * mean
        if self.log_seconds_left is not None:
            # The prediction is normal: P(over) > 1/2 where its mean is over.
            penalty -= _TOO_LATE * (mean > self.log_seconds_left)
        return penalty

    def differentiate(self, query: DifferentiableQuery) -> Sensitivity:
        """The same with derivatives; the cliff has none."""
        by_U = -self.weight * self.model.mean_gradient(query.U)
        return Sensitivity(values=self.values(query), by_U=by_U)

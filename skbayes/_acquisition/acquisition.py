"""The acquisition: a sum of terms on one posterior, with its gradient."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

import numpy as np

from skbayes._acquisition.improvement import (
    log_expected_improvement,
    log_expected_improvement_pending,
)
from skbayes._acquisition.terms import CostPenalty, LogFeasibility, Sensitivity, Term
from skbayes._gp.conditioning import DifferentiablePrediction, Prediction
from skbayes._gp.cost import CostModel
from skbayes._gp.regressor import GaussianProcess
from skbayes._protocol import BoolArray, FloatArray

#: Covariances evaluated at once: they fit a core's cache beside their whitened form.
_CHUNK = 1 << 16
#: Points evaluated at once at least, so that matrix products stay efficient.
_MIN_ROWS = 128


class Acquisition:
    """Expected value of points on the log scale, greater is better.

    Parameters
    ----------
    gp : GaussianProcess
        Posterior from which all terms are computed.
    terms : sequence of Term
        Terms whose sum is the log value.
    """

    def __init__(self, gp: GaussianProcess, terms: Sequence[Term]) -> None:
        self.gp = gp
        self.terms = tuple(terms)

    def __call__(self, U: FloatArray) -> FloatArray:
        """Values at the encoded points `U`, (m, n_columns); -inf where undefined."""
        n_rows = max(_MIN_ROWS, _CHUNK // self.gp.n_trials)
        values = [
            self._values(U[start : start + n_rows])
            for start in range(0, len(U), n_rows)
        ]
        return np.concatenate([np.empty(0), *values])

    def value_and_gradient(self, U: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Values, shape (m,), and gradients, (m, n_columns).

        The gradient is zero in categorical and in inactive columns.
        """
        prediction = DifferentiablePrediction.at(self.gp.conditioning, U)
        parts = [term.differentiate(prediction) for term in self.terms]
        # Each term gives derivatives in K and in the variance; pulling their sum back
        # to the points once costs as much as pulling back a single term.
        values = _total([part.values for part in parts])
        gradient = prediction.pull_back(_weights(prediction, parts))
        for part in parts:
            if part.by_U is not None:
                gradient += part.by_U
        return _without_nan(values), np.where(np.isfinite(gradient), gradient, 0.0)

    def _values(self, U: FloatArray) -> FloatArray:
        """Values at a few points, shape (m,)."""
        prediction = Prediction.at(self.gp.conditioning, U)
        return _without_nan(_total([t.values(prediction) for t in self.terms]))


def build_acquisition(
    gp: GaussianProcess,
    *,
    is_incumbent: BoolArray | None = None,
    pending: FloatArray | None = None,
    rng: np.random.Generator | None = None,
    margin: float = 0.0,
    is_feasible: BoolArray | None = None,
    cost: CostModel | None = None,
    cost_weight: float = 0.0,
    log_seconds_left: float | None = None,
) -> Acquisition:
    """Log expected improvement with the terms that apply.

    Parameters
    ----------
    gp : GaussianProcess
        Posterior given the trials that have ended.
    is_incumbent : bool array of shape (n_trials,), default=None
        Trials that may be improved on: the complete ones. None allows all.
    pending : array of shape (k, n_columns), default=None
        Encoded points without an outcome yet, oldest first.
    rng : Generator, default=None
        Source of the outcomes imagined for `pending`; needed where there are any.
    margin : float, default=0.0
        An improvement has to exceed the incumbent by more than this, in units of the
        targets: above 0 the search explores sooner.
    is_feasible : bool array of shape (n_trials,), default=None
        Whether each trial did not fail; None takes no account of failures.
    cost : CostModel, default=None
        Prediction of log seconds.
    cost_weight : float, default=0.0
        Share of the expected log seconds that is subtracted, from 0 to 1.
    log_seconds_left : float, default=None
        Logarithm of the time that is left.

    Returns
    -------
    Acquisition
    """
    improvable = (
        np.ones(gp.n_trials, np.bool_) if is_incumbent is None else is_incumbent
    )
    n_pending = 0 if pending is None else len(pending)
    terms: list[Term] = []
    # First of all, because every later term needs the posterior with the points
    # pending.
    if pending is not None and n_pending:
        assert rng is not None, "points pending need a generator"
        gp = gp.with_pending(pending)
        improvable = _padded(improvable, n_pending, True)
        terms.append(
            log_expected_improvement_pending(gp, improvable, n_pending, rng, margin)
        )
    else:
        terms.append(log_expected_improvement(gp, improvable, margin))
    if is_feasible is not None:
        terms.append(_feasibility(gp, is_feasible, n_pending))
    if cost is not None and (cost_weight > 0.0 or log_seconds_left is not None):
        terms.append(CostPenalty(cost, cost_weight, log_seconds_left))
    return Acquisition(gp, terms)


def _feasibility(
    gp: GaussianProcess, is_feasible: BoolArray, n_pending: int
) -> LogFeasibility:
    """Feasibility term; points pending get their mean label, hence weight 0."""
    labels = np.where(is_feasible, 1.0, -1.0)
    alpha, prior_mean = gp.weights(labels)
    return LogFeasibility(np.concatenate([alpha, np.zeros(n_pending)]), prior_mean)


def _weights(
    prediction: DifferentiablePrediction, parts: Sequence[Sensitivity]
) -> FloatArray:
    """Total derivative in the covariances with the trials, shape (m, n)."""
    by_K = [part.by_K for part in parts if part.by_K is not None]
    by_variance = [part.by_variance for part in parts if part.by_variance is not None]
    # The variance is sigma^2 - k' K_n^-1 k, so its derivative in k is -2 K_n^-1 k = -2
    # Q.
    by_square = 2.0 * _total(by_variance)
    weights: FloatArray = _total(by_K) - by_square[:, None] * prediction.Q
    return weights


def _total(arrays: Sequence[FloatArray]) -> FloatArray:
    return reduce(np.add, arrays)


def _padded(flags: BoolArray, k: int, value: bool) -> BoolArray:
    return np.concatenate([flags, np.full(k, value)])


def _without_nan(values: FloatArray) -> FloatArray:
    """Values with -inf in place of NaN, so that such a point is never chosen."""
    return np.where(np.isnan(values), -np.inf, values)

"""Expected improvement on the incumbent, with or without points pending.

The improvement of x on the incumbent x+ is a difference of two values of one latent
function, ``I = f(x) - f(x+) ~ N(delta, s^2)`` with

    delta = m(x) - m(x+),    s^2 = v(x) + v(x+) - 2 c(x, x+),

which is exact under noise and never proposes the incumbent again: the corrected
expected improvement of [1]_, in the closed form with the covariance of x and x+. With
``z = delta / s``, ``phi`` and ``Phi`` the normal density and distribution function,

    E[max(I, 0)] = s h(z),    h(z) = phi(z) + z Phi(z)    ([2]_, Eq. 15),

so its logarithm is ``log h(z) + log s``.

**Weights.** All of this is linear in ``k``, the covariances of x with the n trials. Let
``K_n = K + N`` be their matrix with the noise N and ``k_i`` the column of K that
belongs to the incumbent x_i. Then

    m(x)      = mu + k' alpha,
    c(x, x_i) = k(x, x_i) - k' K_n^-1 k_i.

Since ``k_i = K_n e_i - N_i e_i``, it follows that ``K_n^-1 k_i = e_i - N_i K_n^-1
e_i``. The first part cancels ``k(x, x_i) = k' e_i``, and with ``K_n^-1 = Linv' Linv``

    c(x, x_i) = k' (N_i Linv' Linv e_i),
    v(x_i)    = N_i - N_i^2 |Linv e_i|^2.

So an acquisition needs two sets of weights on k, ``alpha`` and ``N_i K_n^-1 e_i``.

**Points pending.** S joint outcomes are drawn for them (fantasies, [3]_). Each gives a
posterior with the same variance, other weights and perhaps another incumbent; the
acquisition averages their expected improvements. Without points pending S is 1.

References
----------
.. [1] H. Zhou, X. Ma, M. B. Blaschko, "A corrected expected improvement acquisition
   function under noisy observations", ACML 2023. arXiv:2310.05166
.. [2] D. R. Jones, M. Schonlau, W. J. Welch, "Efficient global optimization of
   expensive black-box functions", Journal of Global Optimization 13, 1998.
   doi:10.1023/A:1008306431147
.. [3] J. Snoek, H. Larochelle, R. P. Adams, "Practical Bayesian optimization of
   machine learning algorithms", NeurIPS 2012, Sec. 3.3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from skbayes._acquisition.log_math import log_h
from skbayes._acquisition.sobol import sobol
from skbayes._acquisition.terms import Sensitivity
from skbayes._gp.conditioning import DifferentiablePrediction, Prediction
from skbayes._gp.regressor import GaussianProcess
from skbayes._protocol import BoolArray, FloatArray

#: Smallest variance of the improvement, relative to the signal variance.
_VARIANCE_FLOOR = 1e-12
#: Joint outcomes imagined for the points pending.
N_FANTASIES = 16
#: Points pending whose outcomes are imagined; older ones are taken at their mean.
MAX_FANTASISED = 8


@dataclass(frozen=True, eq=False, slots=True)
class LogExpectedImprovement:
    """Log of the expected improvement, averaged over S fantasies.

    Parameters
    ----------
    alpha : array of shape (n, S)
        Weights of the rows in the mean of each fantasy.
    shift : array of shape (S,)
        Constant mean minus the incumbent's mean and the margin.
    to_incumbent : array of shape (n, S)
        Weights of the rows in the covariance of a point with the incumbent.
    incumbent_variance : array of shape (S,)
        Posterior variance of the incumbent.
    floor : float
        Smallest variance of the improvement.
    """

    alpha: FloatArray
    shift: FloatArray
    to_incumbent: FloatArray
    incumbent_variance: FloatArray
    floor: float

    def values(self, prediction: Prediction) -> FloatArray:
        """Log expected improvement, shape (m,)."""
        z, log_s, _ = self._standardised(prediction)
        # log E[max(I, 0)] = log h(z) + log s ([2], Eq. 15).
        return _log_mean_exp(log_h(z)[0] + log_s)

    def differentiate(self, prediction: DifferentiablePrediction) -> Sensitivity:
        """Log expected improvement with its derivatives."""
        z, log_s, is_floored = self._standardised(prediction)
        log_of_h, slope = log_h(z)
        each = log_of_h + log_s
        values = _log_mean_exp(each)
        # Each fantasy counts by its share of the sum: d log(sum e^a) = sum share da.
        share = np.exp(each - values[:, None]) / each.shape[1]
        # d(log h + log s) = slope d(delta) / s + (1 - z slope) d(s^2) / (2 s^2)
        by_mean = share * slope * np.exp(-log_s)
        by_square = 0.5 * share * (1.0 - z * slope) * np.exp(-2.0 * log_s)
        by_square[is_floored] = 0.0
        by_K = by_mean @ self.alpha.T - 2.0 * (by_square @ self.to_incumbent.T)
        return Sensitivity(values, by_K, by_variance=by_square.sum(axis=1))

    def _standardised(
        self, prediction: Prediction
    ) -> tuple[FloatArray, FloatArray, BoolArray]:
        """``z = delta / s``, ``log s`` and where s is at its floor, each (m, S)."""
        delta = prediction.K @ self.alpha
        delta += self.shift
        # s^2 of [1], where the plain expected improvement has v(x) alone.
        square = prediction.K @ self.to_incumbent
        square *= -2.0
        square += prediction.variance[:, None] + self.incumbent_variance
        is_floored = square <= self.floor
        np.maximum(square, self.floor, out=square)
        return delta / np.sqrt(square), 0.5 * np.log(square), is_floored


def log_expected_improvement(
    gp: GaussianProcess, is_incumbent: BoolArray, margin: float = 0.0
) -> LogExpectedImprovement:
    """Log expected improvement on the best posterior mean of some rows.

    Parameters
    ----------
    gp : GaussianProcess
        Posterior over encoded points.
    is_incumbent : bool array of shape (n,)
        Rows that may be the incumbent; all false is taken as all true.
    margin : float, default=0.0
        An improvement has to exceed the incumbent by more than this.
    """
    mean = gp.mean_at_trials[:, None]
    return _improvement(gp, gp.alpha[:, None], mean, is_incumbent, margin)


def log_expected_improvement_pending(
    gp: GaussianProcess,
    is_incumbent: BoolArray,
    n_pending: int,
    rng: np.random.Generator,
    margin: float = 0.0,
) -> LogExpectedImprovement:
    """Log expected improvement averaged over outcomes of the points pending.

    Parameters
    ----------
    gp : GaussianProcess
        Posterior ``with_pending``: the last `n_pending` rows are at their mean.
    is_incumbent : bool array of shape (n,)
        Rows that may be the incumbent, the pending ones among them.
    n_pending : int
        Rows without an outcome.
    rng : Generator
        Source of randomness of the fantasies.
    margin : float, default=0.0
        An improvement has to exceed the incumbent by more than this.
    """
    n = gp.n_trials
    k = min(n_pending, MAX_FANTASISED)
    normals = ndtri(sobol(N_FANTASIES, k, rng)).T  # (k, S)
    # The factor of the newest rows given all others: K_n = L L', and outcomes
    # y = m + C e whiten to e, so that alpha changes by Linv' e.
    Cinv = gp.conditioning.Linv[n - k :, n - k :]
    alpha = gp.alpha[:, None] + gp.conditioning.Linv[n - k :].T @ normals
    y = np.repeat(gp.y[:, None], N_FANTASIES, axis=1)
    y[n - k :] += np.linalg.solve(Cinv, normals)
    mean = y - gp.conditioning.noise[:, None] * alpha
    return _improvement(gp, alpha, mean, is_incumbent, margin)


def _improvement(
    gp: GaussianProcess,
    alpha: FloatArray,
    mean: FloatArray,
    is_incumbent: BoolArray,
    margin: float,
) -> LogExpectedImprovement:
    """Improvement on the best allowed row of each column of `mean`, (n, S)."""
    if is_incumbent.any():
        mean = np.where(is_incumbent[:, None], mean, -np.inf)
    best = np.argmax(mean, axis=0)
    Linv, noise = gp.conditioning.Linv, gp.conditioning.noise[best]
    columns = Linv[:, best]
    # c(x, x_i) = k' (N_i Linv' Linv e_i), see the derivation at the top.
    to_incumbent = (Linv.T @ columns) * noise
    variance = noise - np.square(noise) * np.square(columns).sum(axis=0)
    return LogExpectedImprovement(
        alpha=alpha,
        shift=gp.prior_mean - mean[best, np.arange(len(best))] - margin,
        to_incumbent=to_incumbent,
        incumbent_variance=np.maximum(variance, 0.0),
        floor=_VARIANCE_FLOOR * gp.hyperparameters.signal_variance,
    )


def _log_mean_exp(logs: FloatArray) -> FloatArray:
    """Log of the mean over the last axis of the exponentials of `logs`."""
    if logs.shape[1] == 1:
        return logs[:, 0]
    largest = logs.max(axis=1)
    total = np.exp(logs - largest[:, None]).sum(axis=1)
    summed: FloatArray = largest + np.log(total) - math.log(logs.shape[1])
    return summed

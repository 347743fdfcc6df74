"""The surrogate's hyperparameters, their priors, and their form as one vector."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skbayes._gp.layout import Layout
from skbayes._protocol import BoolArray, FloatArray

#: Noise variance that is always there (targets have variance about 1).
NOISE_FLOOR = 1e-6


@dataclass(frozen=True, eq=False, slots=True)
class Hyperparameters:
    """Hyperparameters on the natural-log scale.

    Parameters
    ----------
    log_lengthscales : array of shape (n_columns,)
        Lengthscale of each column, in unit-cube widths.
    log_signal_variance : float
        Prior variance of the latent function.
    log_noise_variance : float
        Noise variance beyond ``NOISE_FLOOR``.
    log_warp_a, log_warp_b : array of shape (n_columns,)
        Exponents of the input warp, 0 (no warp) in categorical columns.
    """

    log_lengthscales: FloatArray
    log_signal_variance: float
    log_noise_variance: float
    log_warp_a: FloatArray
    log_warp_b: FloatArray

    @property
    def noise_variance(self) -> float:
        """Noise variance of a complete trial, the floor included."""
        return math.exp(self.log_noise_variance) + NOISE_FLOOR

    @property
    def signal_variance(self) -> float:
        """Prior variance of the latent function."""
        return math.exp(self.log_signal_variance)


@dataclass(frozen=True, slots=True)
class NormalPrior:
    """Normal prior of one logarithm, truncated to an interval."""

    mean: float
    sd: float
    low: float
    high: float


#: Priors; docs/engine_decisions.md has the evidence. The noise is nearly nil because
#: all candidates see the same folds. Targets are standardised: a signal variance much
#: below 1 would stop exploring too early.
SIGNAL_PRIOR = NormalPrior(0.0, 0.3, -4.0, 4.0)
NOISE_PRIOR = NormalPrior(-9.0, 2.0, -14.0, 1.0)
WARP_PRIOR = NormalPrior(0.0, 0.5, -1.6, 1.6)
#: Lengthscales are short, because few parameters of a search matter. Which ones do is
#: known a little before any trial: a parameter searched over orders of magnitude (a
#: regularisation, a step size) more often than one with a narrow range, and that more
#: often than the choice of a scaler or a criterion. The last three are added to the log
#: lengthscale.
_SHORT = math.log(0.5)
_LOGARITHMIC, _LINEAR, _CATEGORICAL = -0.4, 0.15, 0.5
_LENGTHSCALE_SD = 1.0
_LENGTHSCALE_BOUNDS = math.log(0.02), math.log(200.0)
#: Fits start from lengthscales no longer than this: beyond, gradients vanish.
_LONGEST_START = math.log(2.0)
#: Where the search for the noise begins: a little above its prior mean.
_NOISE_START = -7.0


def usual_log_lengthscale(n_columns: int) -> float:
    """Prior mean of a log lengthscale before the shift for the column's kind.

    It grows with sqrt(n_columns), because distances in the unit cube do.
    """
    return _SHORT + 0.5 * math.log(n_columns)


def relevance_shifts(layout: Layout) -> FloatArray:
    """Shift of each column's log lengthscale by its kind, shape (n_columns,).

    A column that switches others on and off, such as the one that separates branches
    apart, is not shifted: it stands for all that its levels do not share.
    """
    is_categorical = layout.n_levels > 0
    numeric = np.where(layout.is_logarithmic, _LOGARITHMIC, _LINEAR)
    shifts = np.where(is_categorical, _CATEGORICAL, numeric)
    shifts[layout.roots] = 0.0
    return shifts


def lengthscale_priors(layout: Layout) -> list[NormalPrior]:
    """Prior of the log lengthscale of each column."""
    usual = usual_log_lengthscale(layout.n_columns)
    return [
        NormalPrior(usual + shift, _LENGTHSCALE_SD, *_LENGTHSCALE_BOUNDS)
        for shift in relevance_shifts(layout).tolist()
    ]


def default_hyperparameters(layout: Layout) -> Hyperparameters:
    """Hyperparameters near the prior's mean: the start of a first fit."""
    n_columns = layout.n_columns
    start = min(usual_log_lengthscale(n_columns), _LONGEST_START)
    return Hyperparameters(
        log_lengthscales=start + relevance_shifts(layout),
        log_signal_variance=0.0,
        log_noise_variance=_NOISE_START,
        log_warp_a=np.zeros(n_columns),
        log_warp_b=np.zeros(n_columns),
    )


class ParameterVector:
    """Hyperparameters as one vector, with the priors of its entries.

    The order is: log lengthscales (n_columns), log signal variance, log noise
    variance, log a and log b of the warped columns.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    is_warped : bool array of shape (n_columns,)
        Numeric columns whose warp is free; the others keep a = b = 1.
    """

    def __init__(self, layout: Layout, is_warped: BoolArray) -> None:
        self.n_columns = n_columns = layout.n_columns
        self.warped = np.flatnonzero(is_warped)
        n_warped = len(self.warped)
        priors = [*lengthscale_priors(layout), SIGNAL_PRIOR, NOISE_PRIOR]
        priors += [WARP_PRIOR] * (2 * n_warped)
        self.mean = np.array([p.mean for p in priors])
        self.precision = np.array([p.sd**-2 for p in priors])
        self.bounds = np.array([(p.low, p.high) for p in priors])
        self.signal, self.noise = n_columns, n_columns + 1
        first_warp = n_columns + 2
        self.warp_a = slice(first_warp, first_warp + n_warped)
        self.warp_b = slice(first_warp + n_warped, first_warp + 2 * n_warped)

    @property
    def covariance(self) -> FloatArray:
        """Covariance of the prior, shape (n_theta, n_theta)."""
        return np.diag(1.0 / self.precision)

    def pack(self, hyperparameters: Hyperparameters) -> FloatArray:
        """Vector of `hyperparameters`, moved inside the bounds."""
        h = hyperparameters
        theta = np.concatenate(
            [
                h.log_lengthscales,
                [h.log_signal_variance, h.log_noise_variance],
                h.log_warp_a[self.warped],
                h.log_warp_b[self.warped],
            ]
        )
        # A start from an earlier fit may lie on a bound and be off by a rounding error.
        return self.inside(theta)

    def inside(self, theta: FloatArray) -> FloatArray:
        """The point of the box of bounds that is nearest to `theta`."""
        low, high = self.bounds.T
        nearest: FloatArray = np.minimum(np.maximum(theta, low), high)
        return nearest

    def unpack(self, theta: FloatArray) -> Hyperparameters:
        """Hyperparameters of the vector `theta`."""
        log_a, log_b = np.zeros(self.n_columns), np.zeros(self.n_columns)
        log_a[self.warped] = theta[self.warp_a]
        log_b[self.warped] = theta[self.warp_b]
        return Hyperparameters(
            # A copy: the optimiser goes on writing into its vector.
            log_lengthscales=theta[: self.n_columns].copy(),
            log_signal_variance=float(theta[self.signal]),
            log_noise_variance=float(theta[self.noise]),
            log_warp_a=log_a,
            log_warp_b=log_b,
        )

    def negative_log_prior(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Minus the log prior density (up to a constant) and its gradient."""
        offset = theta - self.mean
        gradient = self.precision * offset
        return 0.5 * float(offset @ gradient), gradient

"""Turn scores into targets of the surrogate by monotone transforms.

They compress the tail of bad scores. Both are the same chain of four monotone steps
and differ in what is fitted:

1. centre by the median and divide by a robust scale, ``r``;
2. the guard: below ``-guard`` the target grows only with the logarithm of the score;
3. Yeo-Johnson with exponent ``lam`` in [1, 5]: compresses ``r < 0`` and stretches
   ``r > 0``; the identity at 1;
4. subtract the mean, divide by the standard deviation.

Scores are greater-is-better, so the compressed tail is always the low one. Differences
among good scores, which decide the search, are never made smaller.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray

#: Noise variance of the target of a failed evaluation, in units of the variance of the
#: targets. The target is the worst of all scores; the variance is small, so that a
#: single failure already keeps the search away.
FAILED_VARIANCE = 0.2**2
#: Below this fraction of their size, differences of scores are rounding errors.
_ROUNDING = 1e-12
#: Largest scaled score, so that no later step overflows.
_LARGEST = 1e280
#: Where the guard of the standardisation sets in, in units of (90 % quantile -
#: median): tighter guards hide how promising the rest of the space is.
_STANDARD_GUARD = 3.0
#: Where the guard of the power transform sets in, in robust standard deviations.
_POWER_GUARD = 50.0
_LAMBDA_HIGH = 5.0
#: Interquartile range of a standard normal.
_NORMAL_IQR = 1.349


@dataclass(frozen=True, slots=True)
class OutputTransform:
    """A fitted chain of the four steps.

    Parameters
    ----------
    centre, scale : float
        Centre and scale of step 1, in score units.
    guard : float
        Guard of step 2, in units of `scale`.
    lam : float
        Exponent of step 3.
    mean, sd : float
        Mean and standard deviation of step 4.
    is_constant : bool
        All scores it was fitted on are equal: there is nothing to learn from them.
    """

    centre: float
    scale: float
    guard: float
    lam: float
    mean: float
    sd: float
    is_constant: bool

    def forward(self, scores: FloatArray) -> FloatArray:
        """Targets of the surrogate for `scores`."""
        return (self._bend(self._scaled(scores)) - self.mean) / self.sd

    def derivative(self, scores: FloatArray) -> FloatArray:
        """Derivative of `forward` at `scores`."""
        r = self._scaled(scores)
        steps = _guard_slope(r, self.guard)
        steps = steps * _yeo_johnson_slope(_guarded(r, self.guard), self.lam)
        return steps / self.sd / self.scale

    def noise(self, scores: FloatArray, variances: FloatArray) -> FloatArray:
        """Variances of `scores` as variances of their targets (delta method)."""
        return np.square(self.derivative(scores) * np.sqrt(variances))

    def inverse(self, targets: FloatArray) -> FloatArray:
        """Scores whose targets are `targets`."""
        bent = self.mean + self.sd * np.asarray(targets, dtype=np.float64)
        r = _inverse_guarded(_inverse_yeo_johnson(bent, self.lam), self.guard)
        with np.errstate(over="ignore"):
            scores: FloatArray = 2.0 * (0.5 * self.centre + 0.5 * self.scale * r)
        return scores

    def _scaled(self, scores: FloatArray) -> FloatArray:
        """Step 1; by halves, because differences of huge scores overflow."""
        scores = np.asarray(scores, dtype=np.float64)
        with np.errstate(over="ignore"):
            r = (0.5 * scores - 0.5 * self.centre) / self.scale * 2.0
        return np.clip(r, -_LARGEST, _LARGEST)

    def _bend(self, r: FloatArray) -> FloatArray:
        return _yeo_johnson(_guarded(r, self.guard), self.lam)


def fit_standardisation(scores: FloatArray) -> OutputTransform:
    """Fit a standardisation that is linear but for scores far below the median.

    Parameters
    ----------
    scores : array of shape (n,)
        Finite scores, at least one.

    Returns
    -------
    OutputTransform
        Transform with ``lam = 1``.
    """
    centre = float(np.median(scores))
    return _standardised(
        scores, centre, _scale_above(scores, centre), _STANDARD_GUARD, power=False
    )


def fit_yeo_johnson(scores: FloatArray) -> OutputTransform:
    """Fit the power transform that makes scores most nearly normal.

    Parameters
    ----------
    scores : array of shape (n,)
        Finite scores, at least one.

    Returns
    -------
    OutputTransform
        With ``lam >= 1``, 1 where there are fewer than three different scores.
    """
    centre = float(np.median(scores))
    low, high = (float(q) for q in np.quantile(scores, [0.25, 0.75]))
    # Divided before they are subtracted: a difference of huge scores may overflow.
    scale = high / _NORMAL_IQR - low / _NORMAL_IQR
    if scale <= _ROUNDING * abs(centre):
        scale = _scale_above(scores, centre)
    # The best scores must stay where the power of 5 is harmless.
    above = float(np.max(scores)) / _POWER_GUARD - centre / _POWER_GUARD
    return _standardised(scores, centre, max(scale, above), _POWER_GUARD, power=True)


def _standardised(
    scores: FloatArray, centre: float, scale: float, guard: float, *, power: bool
) -> OutputTransform:
    """Transform whose last two steps are fitted to `scores`."""
    largest = float(np.max(np.abs(scores)))
    spread = 0.5 * float(np.max(scores)) - 0.5 * float(np.min(scores))
    if spread <= 0.5 * _ROUNDING * largest:
        return OutputTransform(centre, 1.0, guard, 1.0, 0.0, 1.0, is_constant=True)
    first_steps = OutputTransform(centre, scale, guard, 1.0, 0.0, 1.0, False)
    r = first_steps.forward(scores)
    lam = _fit_lambda(r) if power else 1.0
    # Divided by its largest value, because squares of bent scores may overflow.
    bent = _yeo_johnson(r, lam)
    size = float(np.max(np.abs(bent)))
    mean, sd = float(np.mean(bent / size)) * size, float(np.std(bent / size)) * size
    return OutputTransform(centre, scale, guard, lam, mean, sd, is_constant=False)


def _scale_above(scores: FloatArray, centre: float) -> float:
    """Distance from the median to the 90 % quantile, or to the first that differs."""
    for q in (0.9, 1.0, 0.1, 0.0):
        scale = abs(0.5 * float(np.quantile(scores, q)) - 0.5 * centre)
        if scale > _ROUNDING * abs(centre):
            return min(2.0 * scale, np.finfo(np.float64).max)
    return 1.0


def _guarded(r: FloatArray, guard: float) -> FloatArray:
    # Step 2: -guard (1 + log1p((-r - guard) / guard)) below -guard, else r.
    beyond = np.maximum(-r - guard, 0.0)
    return np.maximum(r, -guard) - guard * np.log1p(beyond / guard)


def _guard_slope(r: FloatArray, guard: float) -> FloatArray:
    return guard / (guard + np.maximum(-r - guard, 0.0))


def _inverse_guarded(r: FloatArray, guard: float) -> FloatArray:
    beyond = np.maximum(-r - guard, 0.0)
    with np.errstate(over="ignore"):
        lengthened: FloatArray = guard * np.expm1(beyond / guard)
    return np.maximum(r, -guard) - lengthened


def _yeo_johnson(r: FloatArray, lam: float | FloatArray) -> FloatArray:
    """Step 3 [1]_ with ``1 <= lam <= 5``; `lam` may broadcast against `r`.

    References
    ----------
    .. [1] I.-K. Yeo, R. A. Johnson, "A new family of power transformations to improve
       normality or symmetry", Biometrika 87, 2000. doi:10.1093/biomet/87.4.954
    """
    if isinstance(lam, float) and lam == 1.0:
        return r
    log1p = np.log1p(np.abs(r))
    below = 2.0 - np.asarray(lam)
    below = np.where(np.abs(below) < 1e-9, 1e-9, below)
    with np.errstate(over="ignore", invalid="ignore"):
        return np.where(
            r >= 0.0,
            np.expm1(lam * log1p) / lam,  # [1], Eq. (2.1): ((r + 1)^lam - 1) / lam
            -np.expm1(below * log1p) / below,  # -((1 - r)^(2 - lam) - 1) / (2 - lam)
        )


def _yeo_johnson_slope(r: FloatArray, lam: float) -> FloatArray:
    """Derivative of `_yeo_johnson` in r."""
    exponent = np.where(r >= 0.0, lam - 1.0, 1.0 - lam)
    with np.errstate(over="ignore"):
        slope: FloatArray = np.exp(exponent * np.log1p(np.abs(r)))
    return slope


def _inverse_yeo_johnson(z: FloatArray, lam: float) -> FloatArray:
    """Inverse of `_yeo_johnson`; targets below its range give the lowest score."""
    if lam == 1.0:
        return z
    below = 2.0 - lam if abs(2.0 - lam) >= 1e-9 else 1e-9
    # Inverse of [1], Eq. (2.1): (lam z + 1)^(1 / lam) - 1, and for z < 0
    # 1 - (1 - (2 - lam) z)^(1 / (2 - lam)); bounded below where lam > 2.
    up = np.expm1(np.log1p(lam * np.maximum(z, 0.0)) / lam)
    reached = np.maximum(-below * np.minimum(z, 0.0), -1.0 + 1e-15)
    return np.where(z >= 0.0, up, -np.expm1(np.log1p(reached) / below))


def _fit_lambda(r: FloatArray) -> float:
    """Exponent with the highest likelihood times an N(1, 1) prior.

    Two grids instead of a search: the likelihood can have two maxima, and one
    vectorised evaluation costs less than ten single ones.
    """
    if len(np.unique(r)) < 3:
        return 1.0
    coarse = np.linspace(1.0, _LAMBDA_HIGH, 33)
    best = coarse[np.argmax(_log_posterior(coarse, r))]
    step = coarse[1] - coarse[0]
    fine = np.clip(best + np.linspace(-step, step, 17), 1.0, _LAMBDA_HIGH)
    return float(fine[np.argmax(_log_posterior(fine, r))])


def _log_posterior(lams: FloatArray, r: FloatArray) -> FloatArray:
    """Log posterior of each exponent when the transformed scores are normal."""
    z = _yeo_johnson(r[None, :], lams[:, None])
    # log |dz/dr| summed over the scores ([1] of `_yeo_johnson`, Sec. 3).
    log_jacobian = float((np.sign(r) * np.log1p(np.abs(r))).sum())
    log_sd: FloatArray = np.log(np.maximum(z.std(axis=1), math.ulp(0.0)))
    log_prior = -0.5 * np.square(lams - 1.0)
    # Profile log likelihood of lam: mean and variance at their maximum.
    return -len(r) * log_sd + (lams - 1.0) * log_jacobian + log_prior

"""Logarithms of expected improvement that stay exact where the value underflows."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import erfcx, ndtr

from skbayes._protocol import FloatArray

_LOG_ROOT_2PI = 0.5 * math.log(2.0 * math.pi)
_ROOT_HALF_PI = math.sqrt(0.5 * math.pi)
_ROOT_HALF = math.sqrt(0.5)
#: Above this the textbook form loses no more than a digit to cancellation.
_DIRECT = -1.0
#: Below this ``1 + z R(z)`` cancels to ``1 / z^2`` and the series is more accurate.
_SERIES = -100.0
#: Squares of larger numbers overflow.
_LARGEST = 1e150


def log_h(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Log of ``h(z) = phi(z) + z Phi(z)`` and its derivative ``Phi(z) / h(z)``.

    Parameters
    ----------
    z : array
        Improvement in standard deviations.

    Returns
    -------
    value, derivative : array
        Arrays in the shape of `z`, finite for ``|z| <= 1e150``, where larger ones are
        cut.

    Notes
    -----
    With Mills' ratio ``R(z) = Phi(z) / phi(z) = sqrt(pi / 2) erfcx(-z / sqrt(2))``,
    ``h = phi (1 + z R)`` below -1, and the asymptotic series of R below -100 ([1]_
    has the same division of the axis, with other forms).

    References
    ----------
    .. [1] S. Ament, S. Daulton, D. Eriksson, M. Balandat, E. Bakshy, "Unexpected
       improvements to expected improvement for Bayesian optimization", NeurIPS 2023,
       Eq. (9).
    """
    z = np.minimum(np.maximum(z, -_LARGEST), _LARGEST)
    value, derivative = np.empty_like(z), np.empty_like(z)
    direct, far = z > _DIRECT, z <= _SERIES
    middle = ~(direct | far)
    for part, branch in ((direct, _log_h_direct), (middle, _log_h_mills)):
        value[part], derivative[part] = branch(z[part])
    if far.any():
        value[far], derivative[far] = _log_h_series(z[far])
    return value, derivative


def _log_h_direct(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    # For z > -1.
    Phi = ndtr(z)
    h = np.exp(-0.5 * z * z - _LOG_ROOT_2PI) + z * Phi
    return np.log(h), Phi / h


def _log_h_mills(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    # For -100 < z <= -1: ratio is Mills' R(z), which erfcx gives without underflow.
    ratio = _ROOT_HALF_PI * erfcx(-_ROOT_HALF * z)
    h_over_phi = 1.0 + z * ratio
    return -0.5 * z * z - _LOG_ROOT_2PI + np.log(h_over_phi), ratio / h_over_phi


def _log_h_series(z: FloatArray) -> tuple[FloatArray, FloatArray]:
    # For z <= -100; the next terms of the series are below 1e-12.
    t = 1.0 / (z * z)
    tail = t * (-3.0 + t * (15.0 - 105.0 * t))  # h / phi = t (1 + tail)
    mills = 1.0 + t * (-1.0 + t * (3.0 - 15.0 * t))  # R = mills / |z|
    value = -0.5 * z * z - _LOG_ROOT_2PI - 2.0 * np.log(-z) + np.log1p(tail)
    return value, -z * mills / (1.0 + tail)


def log_phi_ratio(z: FloatArray) -> FloatArray:
    """``phi(z) / Phi(z)``, the derivative of ``log Phi(z)``."""
    z = np.clip(z, -_LARGEST, _LARGEST)
    ratio = np.empty_like(z)
    low = z < 0.0
    ratio[low] = 1.0 / (_ROOT_HALF_PI * erfcx(-_ROOT_HALF * z[low]))
    high = z[~low]
    ratio[~low] = np.exp(-0.5 * high * high - _LOG_ROOT_2PI) / ndtr(high)
    return ratio

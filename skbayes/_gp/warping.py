"""Kumaraswamy input warping, which bends each numeric axis of the surrogate [1]_.

References
----------
.. [1] J. Snoek, K. Swersky, R. Zemel, R. P. Adams, "Input warping for Bayesian
   optimization of non-stationary functions", ICML 2014.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray

#: Distance from 0 and 1 that is kept, because the warp takes logarithms there.
_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Warped:
    """Warped columns with their derivatives, each of shape (n, n_numeric)."""

    w: FloatArray
    by_u: FloatArray
    by_log_a: FloatArray
    by_log_b: FloatArray


def log_clipped(u: FloatArray) -> FloatArray:
    """Logarithm of `u` clipped away from 0 and 1: the input of the other functions."""
    return np.log(np.minimum(np.maximum(u, _EDGE), 1.0 - _EDGE))


def warp(log_u: FloatArray, a: FloatArray, b: FloatArray) -> FloatArray:
    """Distribution function of Kumaraswamy, ``1 - (1 - u^a)^b``."""
    q = -np.expm1(a * log_u)  # 1 - u^a
    return -np.expm1(b * np.log(q))


def warp_with_derivatives(log_u: FloatArray, a: FloatArray, b: FloatArray) -> Warped:
    """Warp and its derivatives with respect to u, log a and log b."""
    power = np.exp(a * log_u)  # u^a
    log_q = np.log(-np.expm1(a * log_u))
    q_b = np.exp(b * log_q)  # (1 - u^a)^b
    common = (a * b) * power * np.exp((b - 1.0) * log_q)
    # dw/du = a b u^(a-1) (1 - u^a)^(b-1); `common` is u dw/du = dw/d(log a) / log u.
    return Warped(
        w=1.0 - q_b,
        by_u=common * np.exp(-log_u),
        by_log_a=common * log_u,
        by_log_b=-b * q_b * log_q,
    )

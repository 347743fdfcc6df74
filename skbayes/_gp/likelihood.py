"""Log posterior of the hyperparameters given the targets, and its gradient.

With ``K_n = K + diag(noise + nu)``, residuals ``r = y - mu`` and ``alpha = K_n^-1 r``
the negative log posterior is, up to a constant,

    f = r' alpha / 2 + log det(K_n) / 2 + mu^2 / 2 - log p(theta).

The mean has the prior N(0, 1) and is profiled out,
``mu = 1' K_n^-1 y / (1' K_n^-1 1 + 1)``; the envelope theorem spares its derivative.
The rest follows from ``df/dK = -M / 2`` with ``M = alpha alpha' - K_n^-1`` ([1]_,
Eq. 5.9): one symmetric product ``S Z`` with ``S = M * slope`` gives the gradient in
all coordinates at once; a chain rule per column gives the rest. The cost is
n^3 for the factorisation and inverse and n^2 p for the rest; no (n, n, p) array.

References
----------
.. [1] C. E. Rasmussen, C. K. I. Williams, "Gaussian processes for machine learning",
   MIT Press, 2006.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.linalg import blas, lapack

from skbayes._gp.embedding import Embedding, prepare
from skbayes._gp.hyperparameters import NOISE_FLOOR, ParameterVector
from skbayes._gp.layout import Layout
from skbayes._gp.matern import augment_left, augment_right
from skbayes._protocol import BoolArray, FloatArray


@dataclass(frozen=True, slots=True)
class _Sensitivity:
    """Derivatives of the negative log likelihood that the chain rule starts from.

    `by_Z` has shape (n, p), the other two are in the logarithm of the variances.
    """

    value: float
    by_Z: FloatArray
    by_log_signal: float
    by_noise: float


class NegativeLogPosterior:
    """The function a MAP fit minimises, on buffers that are allocated once.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    U : array of shape (n, n_columns)
        Encoded points.
    y : array of shape (n,)
        Targets, standardised.
    extra_noise : array of shape (n,)
        Known noise variance of each target beyond the learned one.
    is_warped : bool array of shape (n_columns,)
        Columns whose warp is free.
    """

    def __init__(
        self,
        layout: Layout,
        U: FloatArray,
        y: FloatArray,
        extra_noise: FloatArray,
        is_warped: BoolArray,
    ) -> None:
        n = len(y)
        self.layout = layout
        self.is_warped = is_warped
        self.parameters = ParameterVector(layout, is_warped)
        self._points = prepare(layout, U)
        self._owner = layout.column_of_coordinate
        self._extra_noise = extra_noise
        position = np.full(layout.n_columns, -1)
        position[layout.numeric] = np.arange(len(layout.numeric))
        self._warped = position[self.parameters.warped]
        # Fortran order everywhere: BLAS and LAPACK then work in place, without copies.
        self._y_and_ones = np.asfortranarray(np.stack([y, np.ones(n)], axis=1))
        self._squares = np.empty((n, n), order="F")
        self._slope = np.empty((n, n), order="F")
        self._decay = np.empty((n, n), order="F")

    def __call__(self, theta: FloatArray) -> tuple[float, FloatArray]:
        """Value and gradient at `theta`; inf where the covariance has no factor."""
        hyperparameters = self.parameters.unpack(theta)
        embedding = Embedding(self.layout, hyperparameters)
        Z, warped = embedding.embed_with_warp(self._points)
        noise = hyperparameters.noise_variance + self._extra_noise
        self._fill_kernel(Z, hyperparameters.log_signal_variance)
        likelihood = self._sensitivity(Z, noise)
        if likelihood is None:
            return math.inf, np.zeros(len(theta))
        p = self.parameters
        gradient = np.empty(len(theta))
        # Coordinates are proportional to 1 / l, so df/d(log l) = -sum(by_Z * Z).
        gradient[: p.n_columns] = -np.bincount(
            self._owner,
            weights=np.einsum("ij,ij->j", likelihood.by_Z, Z),
            minlength=p.n_columns,
        )
        gradient[p.signal] = likelihood.by_log_signal
        # The floor is a constant: only the part beyond it has a derivative.
        learned = hyperparameters.noise_variance - NOISE_FLOOR
        gradient[p.noise] = learned * likelihood.by_noise
        by_w = embedding.pull_back_to_warp(Z, likelihood.by_Z)
        gradient[p.warp_a] = self._summed(by_w, warped.by_log_a)
        gradient[p.warp_b] = self._summed(by_w, warped.by_log_b)
        prior, by_theta = p.negative_log_prior(theta)
        return prior + likelihood.value, gradient + by_theta

    def _summed(self, by_w: FloatArray, by_parameter: FloatArray) -> FloatArray:
        """Derivatives in log a or log b of the columns whose warp is free."""
        products = by_w[:, self._warped] * by_parameter[:, self._warped]
        total: FloatArray = products.sum(axis=0)
        return total

    def _fill_kernel(self, Z: FloatArray, log_signal_variance: float) -> None:
        """Write the kernel into ``_squares`` and its slope into ``_slope``.

        The same algebra as `matern_with_slope`, on buffers kept between evaluations:
        allocating three (n, n) arrays costs as much as the exponential.
        """
        squares, slope, decay = self._squares, self._slope, self._decay
        blas.dgemm(
            1.0, augment_left(Z), augment_right(Z), c=squares, overwrite_c=1, beta=0.0
        )
        np.maximum(squares, 0.0, out=squares)
        np.fill_diagonal(squares, 0.0)
        np.sqrt(squares, out=slope)
        np.subtract(log_signal_variance, slope, out=decay)
        np.exp(decay, out=decay)
        slope += 1.0
        squares *= 1.0 / 3.0
        squares += slope
        squares *= decay
        slope *= decay

    def _sensitivity(self, Z: FloatArray, noise: FloatArray) -> _Sensitivity | None:
        """Value and derivatives; None if K_n is not positive definite."""
        n = len(noise)
        K = self._squares
        # A writable view of the diagonal, so that the noise is added in place.
        diagonal = np.einsum("ii->i", K)
        diagonal += noise
        L, failed = lapack.dpotrf(K, lower=1, clean=0, overwrite_a=1)
        if failed or not math.isfinite(L[n - 1, n - 1]):
            return None
        # From here on K holds L: each step overwrites what the next does not need.
        log_det = 2.0 * float(np.log(np.einsum("ii->i", L)).sum())
        solved, _ = lapack.dpotrs(L, self._y_and_ones, lower=1)
        y, ones = self._y_and_ones.T
        mu = float(solved[:, 0].sum()) / (float(solved[:, 1].sum()) + 1.0)
        alpha = solved[:, 0] - mu * solved[:, 1]
        fit = float((y - mu * ones) @ alpha)
        inverse, _ = lapack.dpotri(L, lower=1, overwrite_c=1)
        minus_M = blas.dsyr(-1.0, alpha, a=inverse, lower=1, overwrite_a=1)
        trace = np.einsum("ii->i", minus_M)
        slope = self._slope
        slope *= minus_M  # -S; only its lower triangle is meaningful
        Z_and_ones = np.empty((n, Z.shape[1] + 1), order="F")
        Z_and_ones[:, :-1] = Z
        Z_and_ones[:, -1] = 1.0
        product = blas.dsymm(1.0, slope, Z_and_ones, lower=1)
        # sum(M * K) = sum(M * K_n) - sum(M * noise), the first from scalars.
        by_log_signal = 0.5 * (n - fit - float(noise @ trace))
        return _Sensitivity(
            value=0.5 * (fit + log_det + mu * mu),
            by_Z=(product[:, :-1] - product[:, -1:] * Z) / 3.0,
            by_log_signal=by_log_signal,
            by_noise=0.5 * float(trace.sum()),
        )

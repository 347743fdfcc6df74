"""Factorised training covariance, and predictions at points given it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from skbayes._gp.embedding import Embedding, prepare
from skbayes._gp.linalg import extend_inverse_factor, inverse_factor, unwhiten, whiten
from skbayes._gp.matern import (
    augment_left,
    augment_right,
    matern,
    matern_with_slope,
    squared_distances,
)
from skbayes._gp.warping import Warped
from skbayes._protocol import FloatArray

#: Smallest predictive variance, relative to the signal variance.
_VARIANCE_FLOOR = 1e-12


@dataclass(frozen=True, eq=False)
class Conditioning:
    """The factorised covariance matrix of the trials.

    Targets play no part in it, so posteriors with other targets share one.

    Parameters
    ----------
    embedding : Embedding
        The map to coordinates, which holds layout and hyperparameters.
    log_signal_variance : float
        Log of the kernel's variance.
    U : array of shape (n, n_columns)
        Encoded points.
    Z : array of shape (n, p)
        Coordinates of the points `U`.
    noise : array of shape (n,)
        Diagonal beside the kernel: learned noise, extra noise, jitter.
    Linv : array of shape (n, n)
        Inverse of the lower Cholesky factor.
    """

    embedding: Embedding
    log_signal_variance: float
    U: FloatArray
    Z: FloatArray
    noise: FloatArray
    Linv: FloatArray

    @cached_property
    def right(self) -> FloatArray:
        """Coordinates as the right factor of squared distances, (p + 2, n)."""
        return augment_right(self.Z)

    @cached_property
    def signal_variance(self) -> float:
        """Variance of the latent function before any trial."""
        return float(np.exp(self.log_signal_variance))

    @classmethod
    def build(
        cls,
        embedding: Embedding,
        log_signal_variance: float,
        U: FloatArray,
        noise: FloatArray,
    ) -> Conditioning:
        """Factorise from scratch: n^3 / 3 operations each for L and its inverse."""
        Z = embedding.embed(U)
        K = kernel(Z, augment_right(Z), log_signal_variance)
        # The Gram form leaves rounding on the diagonal; its exact value is known.
        np.fill_diagonal(K, np.exp(log_signal_variance) + noise)
        Linv, jitter = inverse_factor(K, float(np.exp(log_signal_variance)))
        return cls(embedding, log_signal_variance, U, Z, noise + jitter, Linv)

    def extend(self, U: FloatArray, noise: FloatArray) -> Conditioning:
        """Add k trials to the factorisation, n^2 k operations."""
        Z = self.embedding.embed(U)
        V = whiten(self.Linv, kernel(Z, self.right, self.log_signal_variance))
        # Block factorisation: the new corner is the Cholesky factor of the Schur
        # complement.
        schur = kernel(Z, augment_right(Z), self.log_signal_variance)
        np.fill_diagonal(schur, self.signal_variance + noise)
        schur -= V @ V.T
        Linv, jitter = extend_inverse_factor(self.Linv, V, schur, self.signal_variance)
        return replace(
            self,
            U=np.concatenate([self.U, U]),
            Z=np.concatenate([self.Z, Z]),
            noise=np.concatenate([self.noise, noise + jitter]),
            Linv=Linv,
        )


@dataclass(frozen=True, eq=False)
class Prediction:
    """Posterior at some points, with the covariances that acquisitions are built from.

    Parameters
    ----------
    conditioning : Conditioning
        Factorised covariance of the trials.
    U : array of shape (m, n_columns)
        Encoded points.
    K : array of shape (m, n)
        Prior covariances of the points with the trials.
    V : array of shape (m, n)
        Whitened covariances ``K Linv'``.
    variance : array of shape (m,)
        Posterior variance of the latent function.
    """

    conditioning: Conditioning
    U: FloatArray
    K: FloatArray
    V: FloatArray
    variance: FloatArray

    @classmethod
    def at(cls, conditioning: Conditioning, U: FloatArray) -> Prediction:
        """Predict at the encoded points `U`, shape (m, n_columns)."""
        K = kernel(
            conditioning.embedding.embed(U),
            conditioning.right,
            conditioning.log_signal_variance,
        )
        # Whitened covariances serve variance and gradient: K_n^-1 = Linv' Linv is never
        # built.
        V = whiten(conditioning.Linv, K)
        return cls(
            conditioning, U, K, V, _posterior_variance(conditioning.signal_variance, V)
        )


@dataclass(frozen=True, eq=False)
class DifferentiablePrediction(Prediction):
    """A prediction that can be differentiated with respect to the points.

    Parameters
    ----------
    Z : array of shape (m, p)
        Coordinates of the points.
    warped : Warped
        Warp of the points with its derivatives.
    slope : array of shape (m, n)
        Slopes of the kernel, see `matern_with_slope`.
    """

    Z: FloatArray
    warped: Warped
    slope: FloatArray

    @classmethod
    def at(cls, conditioning: Conditioning, U: FloatArray) -> DifferentiablePrediction:
        """Predict at the encoded points `U`, shape (m, n_columns)."""
        Z, warped = conditioning.embedding.embed_with_warp(
            prepare(conditioning.embedding.layout, U)
        )
        squares = squared_distances(augment_left(Z), conditioning.right)
        kernel = matern_with_slope(squares, conditioning.log_signal_variance)
        V = whiten(conditioning.Linv, kernel.value)
        variance = _posterior_variance(conditioning.signal_variance, V)
        return cls(conditioning, U, kernel.value, V, variance, Z, warped, kernel.slope)

    @cached_property
    def Q(self) -> FloatArray:
        """``K K_n^-1``, shape (m, n); the variance falls by ``2 Q`` per unit of K."""
        return unwhiten(self.conditioning.Linv, self.V)

    def pull_back(self, weights: FloatArray) -> FloatArray:
        """Gradient of ``sum_i weights_i k(u, u_i)`` with the weights held fixed.

        Every acquisition depends on a point only through its covariances with the
        trials, so one call with the summed weights differentiates it.

        Parameters
        ----------
        weights : array of shape (m, n)
            Weights of the n trials, one row for each of the m points.

        Returns
        -------
        array of shape (m, n_columns)
            Zero in categorical and in inactive columns.
        """
        embedding = self.conditioning.embedding
        # dk/dz = -(slope / 6) d(s^2)/dz = -(slope / 3) (z - z_i), see `Kernel`; hence
        # sum_i w_i dk_i/dz = (sum_i w_i slope_i z_i - z sum_i w_i slope_i) / 3.
        weights = weights * self.slope
        by_Z = weights @ self.conditioning.Z
        by_Z -= weights.sum(axis=1)[:, None] * self.Z
        by_Z *= 1.0 / 3.0
        by_w = embedding.pull_back_to_warp(self.Z, by_Z)
        gradient = np.zeros_like(self.U)
        gradient[:, embedding.layout.numeric] = by_w * self.warped.by_u
        return gradient


def kernel(Z: FloatArray, right: FloatArray, log_signal_variance: float) -> FloatArray:
    """Kernel matrix of points `Z`, (m, p), with augmented ones, (m, n)."""
    return matern(squared_distances(augment_left(Z), right), log_signal_variance)


def _posterior_variance(signal_variance: float, V: FloatArray) -> FloatArray:
    """Posterior variance from whitened covariances `V`, (m, n), floored above zero."""
    variance = signal_variance - np.einsum("ij,ij->i", V, V)
    floored: FloatArray = np.maximum(variance, _VARIANCE_FLOOR * signal_variance)
    return floored

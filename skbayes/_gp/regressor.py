"""The Gaussian process: what the trials say about points not tried yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from skbayes._gp.embedding import Embedding, prepare
from skbayes._gp.hyperparameters import Hyperparameters
from skbayes._gp.layout import FloatArray, Layout
from skbayes._gp.linalg import (
    extend_inverse_factor,
    inverse_factor,
    unwhiten,
    whiten,
)
from skbayes._gp.matern import (
    augment_left,
    augment_right,
    matern,
    matern_with_slope,
    squared_distances,
)
from skbayes._gp.warping import Warped

#: Smallest predictive variance, relative to the signal variance.
_VARIANCE_FLOOR = 1e-12


@dataclass(frozen=True, eq=False)
class Rows:
    """The trials' rows of the covariance matrix, factorised; targets play no part.

    Parameters
    ----------
    embedding : Embedding
        The map to coordinates, which holds layout and hyperparameters.
    log_signal_variance : float
        Of the kernel.
    U : array of shape (n, n_columns)
        Encoded points.
    Z : array of shape (n, p)
        The same in coordinates.
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
    ) -> Rows:
        """Factorise from scratch, n^3 / 3 + n^3 / 3 operations."""
        Z = embedding.embed(U)
        K = _kernel(Z, augment_right(Z), log_signal_variance)
        np.fill_diagonal(K, np.exp(log_signal_variance) + noise)
        Linv, jitter = inverse_factor(K, float(np.exp(log_signal_variance)))
        return cls(embedding, log_signal_variance, U, Z, noise + jitter, Linv)

    def extend(self, U: FloatArray, noise: FloatArray) -> Rows:
        """The same with k more rows, n^2 k operations."""
        Z = self.embedding.embed(U)
        V = whiten(self.Linv, _kernel(Z, self.right, self.log_signal_variance))
        schur = _kernel(Z, augment_right(Z), self.log_signal_variance)
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
class Query:
    """Points asked about, with what predictions and acquisitions are made of.

    Parameters
    ----------
    rows : Rows
        The trials.
    U : array of shape (m, n_columns)
        Encoded points.
    K : array of shape (m, n)
        Prior covariances of the points with the trials.
    V : array of shape (m, n)
        The same whitened, ``K Linv'``.
    variance : array of shape (m,)
        Posterior variance of the latent function.
    """

    rows: Rows
    U: FloatArray
    K: FloatArray
    V: FloatArray
    variance: FloatArray

    @classmethod
    def at(cls, rows: Rows, U: FloatArray) -> Query:
        """Ask about the encoded points `U`, shape (m, n_columns)."""
        K = _kernel(rows.embedding.embed(U), rows.right, rows.log_signal_variance)
        V = whiten(rows.Linv, K)
        return cls(rows, U, K, V, _posterior_variance(rows.signal_variance, V))


@dataclass(frozen=True, eq=False)
class DifferentiableQuery(Query):
    """A query that can be differentiated with respect to the points.

    Parameters
    ----------
    Z : array of shape (m, p)
        Coordinates of the points.
    warped : Warped
        Their warp with derivatives.
    slope : array of shape (m, n)
        Slopes of the kernel, see `matern_with_slope`.
    """

    Z: FloatArray
    warped: Warped
    slope: FloatArray

    @classmethod
    def at(cls, rows: Rows, U: FloatArray) -> DifferentiableQuery:
        """Ask about the encoded points `U`, shape (m, n_columns)."""
        Z, warped = rows.embedding.embed_with_warp(prepare(rows.embedding.layout, U))
        squares = squared_distances(augment_left(Z), rows.right)
        kernel = matern_with_slope(squares, rows.log_signal_variance)
        V = whiten(rows.Linv, kernel.value)
        variance = _posterior_variance(rows.signal_variance, V)
        return cls(rows, U, kernel.value, V, variance, Z, warped, kernel.slope)

    @cached_property
    def Q(self) -> FloatArray:
        """``K K_n^-1``, shape (m, n); the variance falls by ``2 Q`` per unit of K."""
        return unwhiten(self.rows.Linv, self.V)

    def pull_back(self, weights: FloatArray) -> FloatArray:
        """Gradient of ``sum_i weights_i k(u, u_i)`` with the weights held fixed.

        Every acquisition depends on a point only through its covariances with the
        trials, so one call with the summed weights differentiates it.

        Parameters
        ----------
        weights : array of shape (m, n)
            One row for each point.

        Returns
        -------
        array of shape (m, n_columns)
            Zero in categorical and in inactive columns.
        """
        embedding = self.rows.embedding
        weights = weights * self.slope
        by_Z = weights @ self.rows.Z
        by_Z -= weights.sum(axis=1)[:, None] * self.Z
        by_Z *= 1.0 / 3.0
        by_w = embedding.pull_back_to_warp(self.Z, by_Z)
        gradient = np.zeros_like(self.U)
        gradient[:, embedding.layout.numeric] = by_w * self.warped.by_u
        return gradient


class GaussianProcess:
    """Posterior of the latent function given trials, at fixed hyperparameters.

    Never changed once made: updates return another one.

    Parameters
    ----------
    layout : Layout
        The columns.
    hyperparameters : Hyperparameters
        Of kernel, noise and warp.
    U : array of shape (n_trials, n_columns)
        Encoded points, oldest first.
    y : array of shape (n_trials,)
        Targets, greater is better, with mean about 0 and variance about 1.
    extra_noise : array of shape (n_trials,), default=None
        Known noise variances beyond the learned one; None is none.

    Raises
    ------
    NotPositiveDefiniteError
        If the covariance cannot be factorised.
    """

    def __init__(
        self,
        layout: Layout,
        hyperparameters: Hyperparameters,
        U: FloatArray,
        y: FloatArray,
        extra_noise: FloatArray | None = None,
    ) -> None:
        self.layout = layout
        self.hyperparameters = hyperparameters
        self.y = y
        self.extra_noise = np.zeros(len(y)) if extra_noise is None else extra_noise
        self.rows = Rows.build(
            Embedding(layout, hyperparameters),
            hyperparameters.log_signal_variance,
            U,
            hyperparameters.noise_variance + self.extra_noise,
        )
        self.alpha, self.prior_mean = self.weights(y)

    @property
    def U(self) -> FloatArray:
        """Encoded points, shape (n_trials, n_columns)."""
        return self.rows.U

    @property
    def n_trials(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def mean_at_trials(self) -> FloatArray:
        """Posterior mean at its own rows, shape (n_trials,)."""
        # (K + N) alpha = y - mu, hence K alpha + mu = y - N alpha.
        return self.y - self.rows.noise * self.alpha

    def weights(self, targets: FloatArray) -> tuple[FloatArray, float]:
        """Weights of rows in the mean, and the constant mean, for any targets.

        Parameters
        ----------
        targets : array of shape (k,)
            Targets of the first k rows; the posterior is that given these rows only.

        Returns
        -------
        alpha : array of shape (k,)
        prior_mean : float
        """
        k = len(targets)
        Linv = self.rows.Linv[:k, :k]
        ones = Linv.sum(axis=1)
        white = Linv @ targets
        mu = float(ones @ white) / (float(ones @ ones) + 1.0)
        return Linv.T @ (white - mu * ones), mu

    def predict(self, U: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Posterior mean and variance of the latent function.

        Parameters
        ----------
        U : array of shape (m, n_columns)
            Encoded points.

        Returns
        -------
        mean, variance : array of shape (m,)
        """
        query = Query.at(self.rows, U)
        return query.K @ self.alpha + self.prior_mean, query.variance

    def predict_with_gradients(
        self, U: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Posterior mean and variance with their gradients in the encoded points.

        Parameters
        ----------
        U : array of shape (m, n_columns)
            Encoded points.

        Returns
        -------
        mean, variance : array of shape (m,)
        mean_gradient, variance_gradient : array of shape (m, n_columns)
            Zero in categorical and in inactive columns.
        """
        query = DifferentiableQuery.at(self.rows, U)
        mean = query.K @ self.alpha + self.prior_mean
        by_mean = query.pull_back(np.broadcast_to(self.alpha, query.K.shape))
        return mean, query.variance, by_mean, query.pull_back(-2.0 * query.Q)

    def joint(self, U: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Posterior mean, shape (m,), and covariance, (m, m), of several points."""
        query = Query.at(self.rows, U)
        Z = self.rows.embedding.embed(U)
        prior = _kernel(Z, augment_right(Z), self.rows.log_signal_variance)
        mean = query.K @ self.alpha + self.prior_mean
        return mean, prior - query.V @ query.V.T

    def append(
        self, U: FloatArray, y: FloatArray, extra_noise: FloatArray | None = None
    ) -> GaussianProcess:
        """Posterior with more trials and the same hyperparameters.

        Parameters
        ----------
        U : array of shape (k, n_columns)
            Their encoded points.
        y : array of shape (k,)
            Their targets.
        extra_noise : array of shape (k,), default=None
            Their known noise variances.

        Returns
        -------
        GaussianProcess
            Equal to one built from all trials, for n^2 k operations.
        """
        new_noise = np.zeros(len(y)) if extra_noise is None else extra_noise
        noise = self.hyperparameters.noise_variance + new_noise
        extended = self._copy(self.rows.extend(U, noise))
        extended.y = np.concatenate([self.y, y])
        extended.extra_noise = np.concatenate([self.extra_noise, new_noise])
        extended.alpha, extended.prior_mean = extended.weights(extended.y)
        return extended

    def with_targets(
        self, y: FloatArray, extra_noise: FloatArray | None = None
    ) -> GaussianProcess:
        """Posterior of the same points with other targets.

        Parameters
        ----------
        y : array of shape (n_trials,)
            Targets, for instance transformed anew.
        extra_noise : array of shape (n_trials,), default=None
            Their known noise variances; None keeps them as they are.

        Returns
        -------
        GaussianProcess
            Shares the factorisation unless the noise has changed.
        """
        if extra_noise is not None and not np.array_equal(
            extra_noise, self.extra_noise
        ):
            return GaussianProcess(
                self.layout, self.hyperparameters, self.U, y, extra_noise
            )
        other = self._copy(self.rows)
        other.y = y
        other.alpha, other.prior_mean = other.weights(y)
        return other

    def with_pending(self, U: FloatArray) -> GaussianProcess:
        """Posterior as if the points `U`, (k, n_columns), had met their mean.

        The mean stays what it is, the variance shrinks around the new rows.
        """
        mean, _ = self.predict(U)
        noise = np.full(len(U), self.hyperparameters.noise_variance)
        extended = self._copy(self.rows.extend(U, noise))
        extended.y = np.concatenate([self.y, mean])
        extended.extra_noise = np.concatenate([self.extra_noise, np.zeros(len(U))])
        extended.alpha = np.concatenate([self.alpha, np.zeros(len(U))])
        return extended

    def _copy(self, rows: Rows) -> GaussianProcess:
        """Return this process on other rows, to be completed by the caller."""
        other = object.__new__(GaussianProcess)
        other.__dict__.update(self.__dict__, rows=rows)
        return other


def _kernel(Z: FloatArray, right: FloatArray, log_signal_variance: float) -> FloatArray:
    """Kernel matrix of points `Z`, (m, p), with augmented ones, (m, n)."""
    return matern(squared_distances(augment_left(Z), right), log_signal_variance)


def _posterior_variance(signal_variance: float, V: FloatArray) -> FloatArray:
    """Variance left after whitened covariances `V`, (m, n), never quite zero."""
    variance = signal_variance - np.einsum("ij,ij->i", V, V)
    floored: FloatArray = np.maximum(variance, _VARIANCE_FLOOR * signal_variance)
    return floored

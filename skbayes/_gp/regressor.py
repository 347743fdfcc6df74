"""The Gaussian process: what the trials say about points not tried yet."""

from __future__ import annotations

import numpy as np

from skbayes._gp.embedding import Embedding
from skbayes._gp.hyperparameters import Hyperparameters
from skbayes._gp.layout import FloatArray, Layout
from skbayes._gp.matern import augment_right
from skbayes._gp.rows import DifferentiableQuery, Query, Rows, kernel


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
        prior = kernel(Z, augment_right(Z), self.rows.log_signal_variance)
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

    def with_targets(self, y: FloatArray) -> GaussianProcess:
        """Posterior of the same points with other targets, for n^2 operations.

        Parameters
        ----------
        y : array of shape (n_trials,)
            Targets, for instance transformed anew.

        Returns
        -------
        GaussianProcess
            Shares the factorisation.
        """
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

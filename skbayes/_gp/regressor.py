"""The Gaussian process: posterior of the latent function given the trials."""

from __future__ import annotations

import numpy as np

from skbayes._gp.conditioning import (
    Conditioning,
    Prediction,
    kernel,
)
from skbayes._gp.embedding import Embedding
from skbayes._gp.hyperparameters import Hyperparameters
from skbayes._gp.layout import Layout
from skbayes._gp.matern import augment_right
from skbayes._protocol import FloatArray


class GaussianProcess:
    """Posterior of the latent function given trials, at fixed hyperparameters.

    Immutable: an update returns a new object that shares the unchanged parts.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    hyperparameters : Hyperparameters
        Hyperparameters of kernel, noise and warp.
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
        self.conditioning = Conditioning.build(
            Embedding(layout, hyperparameters),
            hyperparameters.log_signal_variance,
            U,
            hyperparameters.noise_variance + self.extra_noise,
        )
        self.alpha, self.prior_mean = self.weights(y)

    @property
    def U(self) -> FloatArray:
        """Encoded points, shape (n_trials, n_columns)."""
        return self.conditioning.U

    @property
    def n_trials(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def mean_at_trials(self) -> FloatArray:
        """Posterior mean at its own rows, shape (n_trials,)."""
        # (K + N) alpha = y - mu, hence K alpha + mu = y - N alpha.
        return self.y - self.conditioning.noise * self.alpha

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
        # The leading block of Linv is the inverse factor of the leading block of K_n.
        k = len(targets)
        Linv = self.conditioning.Linv[:k, :k]
        ones = Linv.sum(axis=1)
        white = Linv @ targets
        # mu = 1' K_n^-1 y / (1' K_n^-1 1 + 1), the mean with an N(0, 1) prior.
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
        prediction = Prediction.at(self.conditioning, U)
        return prediction.K @ self.alpha + self.prior_mean, prediction.variance

    def joint(self, U: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Posterior mean, shape (m,), and covariance, (m, m), of several points."""
        prediction = Prediction.at(self.conditioning, U)
        Z = self.conditioning.embedding.embed(U)
        prior = kernel(Z, augment_right(Z), self.conditioning.log_signal_variance)
        mean = prediction.K @ self.alpha + self.prior_mean
        # Cov = K** - K* K_n^-1 K*' = K** - V V' with V = K* Linv'.
        return mean, prior - prediction.V @ prediction.V.T

    def append(
        self, U: FloatArray, y: FloatArray, extra_noise: FloatArray | None = None
    ) -> GaussianProcess:
        """Posterior with more trials and the same hyperparameters.

        Parameters
        ----------
        U : array of shape (k, n_columns)
            Encoded points of the new trials.
        y : array of shape (k,)
            Targets of the new trials.
        extra_noise : array of shape (k,), default=None
            Known noise variances of the new targets, in squared units of the targets.

        Returns
        -------
        GaussianProcess
            Equal to one built from all trials, for n^2 k operations.
        """
        new_noise = np.zeros(len(y)) if extra_noise is None else extra_noise
        noise = self.hyperparameters.noise_variance + new_noise
        extended = self._copy(self.conditioning.extend(U, noise))
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
            Posterior with the new targets; it shares the factorisation.
        """
        other = self._copy(self.conditioning)
        other.y = y
        other.alpha, other.prior_mean = other.weights(y)
        return other

    def with_pending(self, U: FloatArray) -> GaussianProcess:
        """Posterior as if the outcomes at `U`, (k, n_columns), were the posterior mean.

        The mean does not change; the variance shrinks around the new points.
        """
        # Targets equal to the mean change no weights ("kriging believer").
        mean, _ = self.predict(U)
        noise = np.full(len(U), self.hyperparameters.noise_variance)
        extended = self._copy(self.conditioning.extend(U, noise))
        extended.y = np.concatenate([self.y, mean])
        extended.extra_noise = np.concatenate([self.extra_noise, np.zeros(len(U))])
        # An outcome at its own mean adds nothing to the mean, hence weight zero.
        extended.alpha = np.concatenate([self.alpha, np.zeros(len(U))])
        return extended

    def _copy(self, conditioning: Conditioning) -> GaussianProcess:
        """Copy with another conditioning, to be completed by the caller."""
        other = object.__new__(GaussianProcess)
        other.__dict__.update(self.__dict__, conditioning=conditioning)
        return other

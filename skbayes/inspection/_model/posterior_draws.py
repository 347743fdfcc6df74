"""Draw whole functions from a Gaussian process's posterior."""

from __future__ import annotations

import numpy as np

from skbayes._gp import GaussianProcess
from skbayes._gp.matern import augment_left, augment_right, matern, squared_distances
from skbayes._protocol import FloatArray

#: Frequencies of a draw of the prior; each gives a cosine and a sine.
N_FREQUENCIES = 512
#: Points evaluated at once, so that their features stay in the cache's reach.
_CHUNK = 2048


class PosteriorDraws:
    r"""Functions drawn from a posterior, by Matheron's rule [1]_.

    A draw of the prior is corrected by the trials:

    .. math::

        f(u) = \phi(u)^T w + k(u, U) K_n^{-1} (y - \mu - \Phi w - \epsilon) + \mu

    with random Fourier features :math:`\phi` of the Matern-5/2 kernel [2]_ on the
    embedded points: its spectral density is a multivariate t distribution with 5
    degrees of freedom.

    Parameters
    ----------
    gp : GaussianProcess
        The posterior.
    n_draws : int
        Number of functions.
    rng : numpy Generator
        Generator of frequencies, weights and noise.

    References
    ----------
    .. [1] J. T. Wilson, V. Borovitskiy, A. Terenin, P. Mostowsky, M. P. Deisenroth,
       "Efficiently sampling functions from Gaussian process posteriors", ICML 2020.
    .. [2] A. Rahimi, B. Recht, "Random features for large-scale kernel machines",
       NeurIPS 2007.
    """

    def __init__(
        self, gp: GaussianProcess, n_draws: int, rng: np.random.Generator
    ) -> None:
        self._conditioning = gp.conditioning
        self._prior_mean = gp.prior_mean
        p = gp.conditioning.Z.shape[1]
        # Coordinates are distances times the root of 5: g / sqrt(chi2_5) is t_5 there.
        directions = rng.standard_normal((p, N_FREQUENCIES))
        self._frequencies = directions / np.sqrt(rng.chisquare(5.0, N_FREQUENCIES))
        self._weights = rng.standard_normal((2 * N_FREQUENCIES, n_draws))
        self._weights *= np.sqrt(gp.conditioning.signal_variance / N_FREQUENCIES)
        # Matheron's rule conditions the drawn prior on noisy values: the misfit needs a
        # draw of each trial's noise, or the draws would have too little variance.
        noise = rng.standard_normal((gp.n_trials, n_draws))
        noise *= np.sqrt(gp.conditioning.noise)[:, None]
        misfit = gp.y[:, None] - gp.prior_mean - self._prior(gp.conditioning.Z) - noise
        self._corrections = gp.conditioning.Linv.T @ (gp.conditioning.Linv @ misfit)

    def __call__(self, U: FloatArray) -> FloatArray:
        """Evaluate all functions at the encoded points `U`: (n_points, n_draws)."""
        chunks = [U[i : i + _CHUNK] for i in range(0, len(U), _CHUNK)]
        return np.concatenate([self._evaluate(chunk) for chunk in chunks])

    def _evaluate(self, U: FloatArray) -> FloatArray:
        """Evaluate all functions at a few points."""
        Z = self._conditioning.embedding.embed(U)
        squares = squared_distances(augment_left(Z), self._conditioning.right)
        K = matern(squares, self._conditioning.log_signal_variance)
        return self._prior(Z) + K @ self._corrections + self._prior_mean

    def _prior(self, Z: FloatArray) -> FloatArray:
        """Draws of the prior at embedded points, (n_points, n_draws)."""
        phase = Z @ self._frequencies
        values = np.cos(phase) @ self._weights[:N_FREQUENCIES]
        values += np.sin(phase) @ self._weights[N_FREQUENCIES:]
        return values


def mean_of_prior_covariances(one: FloatArray, log_signal_variance: float) -> float:
    """Mean covariance, before any trial, of all pairs of embedded points."""
    squares = squared_distances(augment_left(one), augment_right(one))
    return float(matern(squares, log_signal_variance).mean())

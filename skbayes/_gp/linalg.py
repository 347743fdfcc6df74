"""Factorisations of covariance matrices, kept as explicit inverse factors."""

from __future__ import annotations

import numpy as np
from scipy.linalg import blas, lapack

from skbayes._protocol import FloatArray

#: Jitters tried before giving up, each ten times the last. The smallest that works is
#: kept, because jitter acts as noise.
_N_JITTERS = 7
_FIRST_JITTER = 1e-8


class NotPositiveDefiniteError(ArithmeticError):
    """A covariance matrix could not be factorised, even with jitter."""


def inverse_factor(K: FloatArray, scale: float) -> tuple[FloatArray, float]:
    """Inverse of the lower Cholesky factor of `K`, and the jitter it took.

    ``Linv`` satisfies ``Linv @ K @ Linv.T = I``. Kept instead of L because predictions
    and updates then are matrix products, several times faster than triangular solves.

    Parameters
    ----------
    K : array of shape (n, n)
        Symmetric matrix; only the lower triangle is read.
    scale : float
        Size of the diagonal: jitter goes up from ``1e-8 * scale``.

    Returns
    -------
    Linv : array of shape (n, n)
        Inverse factor: lower triangular, zeros above, Fortran order.
    jitter : float
        Amount added to the diagonal.

    Raises
    ------
    NotPositiveDefiniteError
        If ``1e-2 * scale`` on the diagonal is not enough.
    """
    for k in range(_N_JITTERS + 1):
        jitter = 0.0 if k == 0 else _FIRST_JITTER * scale * 10.0 ** (k - 1)
        jittered = K + jitter * np.eye(len(K)) if k else K
        L, failed = lapack.dpotrf(jittered, lower=1, clean=1)
        # LAPACK reports success on a matrix with NaN.
        if not failed and np.isfinite(L).all():
            Linv, _ = lapack.dtrtri(L, lower=1, overwrite_c=1)
            return Linv, jitter
    raise NotPositiveDefiniteError(f"not positive definite, shape {K.shape}")


def whiten(Linv: FloatArray, K: FloatArray) -> FloatArray:
    """``V = K Linv'`` for rows of covariances `K`, shape (m, n)."""
    # Transposes of C-ordered arrays are Fortran-ordered: no copies but of K.
    return blas.dtrmm(1.0, Linv, K.T, lower=1).T


def unwhiten(Linv: FloatArray, V: FloatArray) -> FloatArray:
    """``Q = V Linv``, shape (m, n): with `whiten`, ``Q = K K_n^-1``."""
    return blas.dtrmm(1.0, Linv, V.T, lower=1, trans_a=1).T


def extend_inverse_factor(
    Linv: FloatArray, V: FloatArray, schur: FloatArray, scale: float
) -> tuple[FloatArray, float]:
    """Inverse factor of a matrix that has grown by k rows.

    With ``[[L, 0], [V, C]]`` the factor of the larger matrix, ``C C' = schur``, its
    inverse is ``[[Linv, 0], [-C^-1 V Linv, C^-1]]``.

    Parameters
    ----------
    Linv : array of shape (n, n)
        Inverse factor of the first n rows.
    V : array of shape (k, n)
        Whitened covariances of the new rows with the old ones.
    schur : array of shape (k, k)
        Covariance of the new rows given the old ones, noise included.
    scale : float
        Size of the diagonal, for jitter.

    Returns
    -------
    extended : array of shape (n + k, n + k)
        Inverse factor of all rows, in Fortran order.
    jitter : float
        Amount added to the diagonal of `schur`.
    """
    n, k = len(Linv), len(schur)
    Cinv, jitter = inverse_factor(schur, scale)
    extended = np.zeros((n + k, n + k), order="F")
    extended[:n, :n] = Linv
    extended[n:, :n] = -(Cinv @ unwhiten(Linv, V))
    extended[n:, n:] = Cinv
    return extended, jitter

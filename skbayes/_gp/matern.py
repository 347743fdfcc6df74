r"""The Matern-5/2 kernel with one lengthscale per column (ARD).

With the scaled distance :math:`s = \sqrt{5 \sum_j (w_j - w_j')^2 / l_j^2}` ([1]_, Eq.
4.17),

.. math:: k = v \left(1 + s + s^2 / 3\right) e^{-s}, \qquad
   \frac{\partial k}{\partial s^2} = -\frac{v}{6} (1 + s) e^{-s}.

`embedding` makes the coordinates whose squared distances are :math:`s^2`; this module
has the functions of :math:`s^2`. They overwrite their argument, because at a few
hundred trials allocating the arrays costs as much as filling them.

References
----------
.. [1] C. E. Rasmussen, C. K. I. Williams, "Gaussian processes for machine learning",
   MIT Press, 2006.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray


@dataclass(frozen=True, slots=True)
class Kernel:
    """Kernel values and slopes, each of the shape of the distances.

    Parameters
    ----------
    value : array
        ``k = v (1 + s + s^2 / 3) exp(-s)`` with signal variance v.
    slope : array
        ``v (1 + s) exp(-s)``; the derivative of k in ``s^2`` is ``-slope / 6``,
        smooth at s = 0.
    """

    value: FloatArray
    slope: FloatArray


def squared_distances(left: FloatArray, right: FloatArray) -> FloatArray:
    """Squared distances of two augmented sets of points, shape (m, n), >= 0."""
    # Cancellation may leave small negative squares.
    squares = left @ right
    return np.maximum(squares, 0.0, out=squares)


def augment_left(Z: FloatArray) -> FloatArray:
    """Rows ``(-2 z, |z|^2, 1)``, so that one product with `augment_right` is s^2."""
    m, p = Z.shape
    left = np.empty((m, p + 2))
    np.multiply(Z, -2.0, out=left[:, :p])
    left[:, p] = np.einsum("ij,ij->i", Z, Z)
    left[:, p + 1] = 1.0
    return left


def augment_right(Z: FloatArray) -> FloatArray:
    """Columns ``(z, 1, |z|^2)``, shape (p + 2, n)."""
    n, p = Z.shape
    right = np.empty((p + 2, n))
    right[:p] = Z.T
    right[p] = 1.0
    right[p + 1] = np.einsum("ij,ij->i", Z, Z)
    return right


def matern(squares: FloatArray, log_signal_variance: float) -> FloatArray:
    """Kernel values at squared distances `squares`, which are overwritten."""
    s = np.sqrt(squares)
    value = squares
    # v exp(-s) = exp(log v - s): one exponential, and no underflow before the product.
    value *= 1.0 / 3.0
    value += s
    value += 1.0
    np.subtract(log_signal_variance, s, out=s)
    value *= np.exp(s, out=s)
    return value


def matern_with_slope(
    squares: FloatArray, log_signal_variance: float, scratch: FloatArray | None = None
) -> Kernel:
    """Kernel values and slopes; `squares` becomes the values and is overwritten."""
    s = np.sqrt(squares)
    decay = np.subtract(log_signal_variance, s, out=scratch)
    np.exp(decay, out=decay)
    s += 1.0
    value = squares
    value *= 1.0 / 3.0
    value += s
    value *= decay
    s *= decay
    return Kernel(value, s)

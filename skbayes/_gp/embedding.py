"""Encoded points as points of one Euclidean space, and gradients back from there.

Every kind of column becomes coordinates whose squared distances add up, so one
Matern kernel on the sum is positive definite whatever the mix of columns:

- numeric, always active: ``w(u) / l``;
- numeric, inactive somewhere: ``a (sin w, cos w) / l`` with ``a`` 1 where the
  column is active and 0 elsewhere (arc kernel [1]_): two active points are
  ``2 sin(|w - w'| / 2) / l`` apart, an active and an inactive one ``1 / l``;
- categorical: the vertex of a regular simplex with edges ``1 / l``, see
  `category_coordinates`; "inactive" is a vertex of its own.

All coordinates are multiplied by the root of 5 in the Matern-5/2 kernel.

References
----------
.. [1] K. Swersky, D. Duvenaud, J. Snoek, F. Hutter, M. Osborne, "Raiders of the lost
   architecture: kernels for Bayesian optimization in conditional parameter spaces",
   arXiv:1409.4011, 2014.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from skbayes._gp.category_coordinates import vertices
from skbayes._gp.hyperparameters import Hyperparameters
from skbayes._gp.layout import Layout
from skbayes._gp.warping import Warped, log_clipped, warp, warp_with_derivatives
from skbayes._protocol import FloatArray

ROOT_5 = math.sqrt(5.0)


def categorical_vertices(layout: Layout, U: FloatArray) -> list[FloatArray]:
    """Vertices of each categorical column; the code -1 picks the last one."""
    extra = layout.is_conditional.astype(int)
    return [
        vertices(int(layout.n_levels[j] + extra[j]), U[:, j].astype(np.intp))
        for j in layout.categorical
    ]


@dataclass(frozen=True, slots=True)
class PreparedPoints:
    """The hyperparameter-free part of an embedding, computed once per fit.

    Parameters
    ----------
    log_u : array of shape (m, n_numeric)
        Logarithm of the numeric columns.
    is_active : array of shape (m, n_arc)
        1 where a conditional numeric column is active, 0 elsewhere.
    vertices : array of shape (m, p_categorical)
        Coordinates of the categorical columns before scaling.
    """

    log_u: FloatArray
    is_active: FloatArray
    vertices: FloatArray


def prepare(layout: Layout, U: FloatArray) -> PreparedPoints:
    """Prepare the encoded points `U`, shape (m, n_columns), for embedding."""
    is_active = categories = np.empty((len(U), 0))
    if len(layout.arc):
        is_active = layout.activity(U)[:, layout.arc].astype(np.float64)
    if len(layout.categorical):
        categories = np.concatenate(categorical_vertices(layout, U), axis=1)
    return PreparedPoints(log_clipped(U[:, layout.numeric]), is_active, categories)


class Embedding:
    """The map from encoded points to coordinates at fixed hyperparameters.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    hyperparameters : Hyperparameters
        Lengthscales and warps.
    """

    def __init__(self, layout: Layout, hyperparameters: Hyperparameters) -> None:
        self.layout = layout
        self._a = np.exp(hyperparameters.log_warp_a[layout.numeric])
        self._b = np.exp(hyperparameters.log_warp_b[layout.numeric])
        scale = ROOT_5 * np.exp(-hyperparameters.log_lengthscales)
        self._scale = scale[layout.column_of_coordinate]

    def embed(self, U: FloatArray) -> FloatArray:
        """Coordinates of `U`, shape (m, p)."""
        points = prepare(self.layout, U)
        return self._coordinates(points, warp(points.log_u, self._a, self._b))

    def embed_with_warp(self, points: PreparedPoints) -> tuple[FloatArray, Warped]:
        """Coordinates, shape (m, p), and the warp with its derivatives."""
        warped = warp_with_derivatives(points.log_u, self._a, self._b)
        return self._coordinates(points, warped.w), warped

    def pull_back_to_warp(self, Z: FloatArray, by_Z: FloatArray) -> FloatArray:
        """Turn a gradient in Z, (m, p), into one in w, (m, n_numeric): the chain rule.

        Zero where a column is inactive, because its coordinates are zero there.
        """
        n_plain, n_arc = len(self.layout.plain), len(self.layout.arc)
        sin, cos = _slices(n_plain, n_arc)
        by_w = by_Z[:, : n_plain + n_arc] * self._scale[: n_plain + n_arc]
        if n_arc:
            # d(sin w) = cos w and d(cos w) = -sin w; Z holds their scales already.
            by_w[:, sin] = by_Z[:, sin] * Z[:, cos] - by_Z[:, cos] * Z[:, sin]
        return by_w

    def _coordinates(self, points: PreparedPoints, w: FloatArray) -> FloatArray:
        n_plain, n_arc = len(self.layout.plain), len(self.layout.arc)
        sin, cos = _slices(n_plain, n_arc)
        Z = np.empty((len(w), len(self._scale)))
        # Written into one buffer: concatenating the parts would copy them once more.
        # Distances do not change under a shift; it halves the cancellation in their
        # Gram form.
        np.subtract(w[:, :n_plain], 0.5, out=Z[:, :n_plain])
        if n_arc:
            np.multiply(points.is_active, np.sin(w[:, n_plain:]), out=Z[:, sin])
            np.multiply(points.is_active, np.cos(w[:, n_plain:]), out=Z[:, cos])
        Z[:, n_plain + 2 * n_arc :] = points.vertices
        Z *= self._scale
        return Z


def _slices(n_plain: int, n_arc: int) -> tuple[slice, slice]:
    """Coordinates that hold the sines and the cosines of the conditional columns."""
    middle = n_plain + n_arc
    return slice(n_plain, middle), slice(middle, middle + n_arc)

"""Categories as points of a Euclidean space that are all equally far from each other.

Up to 256 vertices are those of a regular simplex, which takes one coordinate less than
there are vertices. For thousands that table, and every product with it, would grow with
their square. Then the vertices are chirps [1]_: with a prime ``p`` and the numbers
``0 <= a, b < p`` of a category,

    v_ab[x] = exp(2 pi i (a x^2 + b x) / p) / sqrt(2 p),    x = 0, ..., p - 1,

as 2 p real coordinates. By a Gauss sum the inner product of two of them is at most
``1 / (2 sqrt(p))`` in size. So squared distances lie within ``1 / sqrt(p)``, 12 % or
less, of 1 for up to p^2 categories. The error hardly changes the kernel where each of
thousands of categories is seen once if at all, and the kernel stays positive definite.

References
----------
.. [1] W. O. Alltop, "Complex sequences with low periodic correlations", IEEE
   Transactions on Information Theory 26, 1980.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from scipy.linalg import helmert

from skbayes._protocol import FloatArray, IntArray

#: More vertices than this are chirps.
_MOST_EXACT = 256
#: A smaller prime would let squared distances differ by more than 12 %.
#: The least prime that is used: 134 coordinates.
_LEAST_PRIME = 67
#: Chirps are kept in a table up to this number of them, in 32 MB.
_MOST_KEPT = 16_000


def n_coordinates(n_vertices: int) -> int:
    """Number of coordinates of each vertex."""
    return n_vertices - 1 if n_vertices <= _MOST_EXACT else 2 * _prime(n_vertices)


def vertices(n_vertices: int, codes: IntArray) -> FloatArray:
    """Coordinates of some categories.

    Parameters
    ----------
    n_vertices : int
        Number of categories.
    codes : int array of shape (m,)
        Numbers of the categories wanted; -1 is the last category.

    Returns
    -------
    array of shape (m, n_coordinates(n_vertices))
    """
    # Numpy's negative index picks the last vertex: "inactive" has the code -1.
    if n_vertices <= _MOST_EXACT:
        return simplex(n_vertices)[codes]
    if n_vertices <= _MOST_KEPT:
        return _table(n_vertices)[codes]
    return _chirps(codes % n_vertices, _prime(n_vertices))


@lru_cache(maxsize=4)
def _table(n_vertices: int) -> FloatArray:
    """All chirps of a number of categories."""
    table = _chirps(np.arange(n_vertices), _prime(n_vertices))
    # Cached and shared by all callers: a change in place would reach the others.
    table.flags.writeable = False
    return table


def _chirps(codes: IntArray, prime: int) -> FloatArray:
    """Coordinates of categories, shape (m, 2 * prime)."""
    a, b = np.divmod(codes, prime)
    x = np.arange(prime)
    # Reduced before it multiplies a, so that no product leaves the integers.
    turns = (a[:, None] * (x * x % prime) + b[:, None] * x) % prime
    return np.concatenate([part[turns] for part in _roots(prime)], axis=1)


@lru_cache(maxsize=64)
def simplex(n_vertices: int) -> FloatArray:
    """Vertices of a regular simplex with unit edges, (n_vertices, n_vertices - 1)."""
    # Columns of Helmert's matrix are sqrt(2) apart: its rows are orthonormal contrasts.
    table: FloatArray = np.ascontiguousarray(helmert(n_vertices).T) / math.sqrt(2.0)
    table.flags.writeable = False
    return table


@lru_cache(maxsize=64)
def _prime(n_vertices: int) -> int:
    """Return the least prime whose square is as large, at least 67."""
    p = max(_LEAST_PRIME, math.isqrt(n_vertices - 1) + 1)
    while any(p % k == 0 for k in range(2, math.isqrt(p) + 1)):
        p += 1
    return p


@lru_cache(maxsize=4)
def _roots(prime: int) -> tuple[FloatArray, FloatArray]:
    """Cosines and sines of the multiples of a p-th of a turn, scaled."""
    angles = 2.0 * math.pi * np.arange(prime) / prime
    scale = math.sqrt(0.5 / prime)
    return scale * np.cos(angles), scale * np.sin(angles)

"""A set of encoded points, fast enough to look up thousands at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from skbayes._protocol import BoolArray, FloatArray

#: Encoded values that agree to nine decimals are equal: encoding and decoding may
#: change the last digits.
_RESOLUTION = 1e9
#: Seed of the multipliers; any odd numbers do.
_SEED = 1


class Seen:
    """A set of encoded points.

    Parameters
    ----------
    U : array of shape (n, n_columns) or None
        Encoded points of the set; None makes an empty set.
    """

    def __init__(self, U: FloatArray | None) -> None:
        self._hashes = None if U is None or not len(U) else np.sort(hashes(U))

    def contains(self, U: FloatArray) -> BoolArray:
        """Which rows of `U` are members, shape (m,)."""
        if self._hashes is None:
            return np.zeros(len(U), dtype=np.bool_)
        looked_up = hashes(U)
        place = np.searchsorted(self._hashes, looked_up)
        found = self._hashes[np.minimum(place, len(self._hashes) - 1)]
        is_member: BoolArray = found == looked_up
        return is_member


def hashes(U: FloatArray) -> NDArray[np.uint64]:
    """One number for each row; rows equal to nine decimals have the same."""
    integers = np.rint(U * _RESOLUTION).astype(np.int64).view(np.uint64)
    mixed = integers * _multipliers(U.shape[1])
    # The high bits are mixed in: else sums over columns of round numbers collide.
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    total: NDArray[np.uint64] = mixed.sum(axis=1, dtype=np.uint64)
    return total


@lru_cache(maxsize=64)
def _multipliers(n_columns: int) -> NDArray[np.uint64]:
    """An odd number for each column, shape (n_columns,)."""
    rng = np.random.default_rng(_SEED)
    half = rng.integers(1 << 63, size=n_columns, dtype=np.uint64)
    odd: NDArray[np.uint64] = half * np.uint64(2) + np.uint64(1)
    odd.flags.writeable = False
    return odd

"""Which trials to keep when there are too many for the cubic costs."""

from __future__ import annotations

import numpy as np

from skbayes._gp.layout import FloatArray, IntArray

#: Shares of the best and of the most recent rows; the rest is spread out.
_SHARE_BEST, _SHARE_RECENT = 0.4, 0.3


def choose_rows(U: FloatArray, y: FloatArray, n_rows: int = 1000) -> IntArray:
    """Choose trials that say the most: the best, the latest, and the farthest apart.

    Parameters
    ----------
    U : array of shape (n_trials, n_columns)
        Encoded points, oldest first.
    y : array of shape (n_trials,)
        Targets, greater is better.
    n_rows : int, default=1000
        How many to keep.

    Returns
    -------
    int array, sorted
        All rows if there are no more than `n_rows`.
    """
    n = len(y)
    if n <= n_rows:
        return np.arange(n)
    kept = np.zeros(n, dtype=np.bool_)
    kept[np.argsort(-y, kind="stable")[: int(_SHARE_BEST * n_rows)]] = True
    older = np.flatnonzero(~kept)
    kept[older[len(older) - int(_SHARE_RECENT * n_rows) :]] = True
    _spread(U, kept, n_rows)
    return np.flatnonzero(kept)


def _spread(U: FloatArray, kept: np.ndarray, n_rows: int) -> None:
    """Add to `kept`, in place, the farthest point from those kept, again and again."""
    gap = _nearest_squares(U, U[kept])
    gap[kept] = -1.0
    for _ in range(n_rows - int(np.count_nonzero(kept))):
        i = int(np.argmax(gap))
        kept[i] = True
        np.minimum(gap, np.square(U - U[i]).sum(axis=1), out=gap)
        gap[i] = -1.0


def _nearest_squares(U: FloatArray, chosen: FloatArray) -> FloatArray:
    """Squared distance from each row of `U` to the nearest of `chosen`."""
    squares = (
        np.square(U).sum(axis=1)[:, None]
        - 2.0 * (U @ chosen.T)
        + np.square(chosen).sum(axis=1)
    )
    nearest: FloatArray = squares.min(axis=1)
    return nearest

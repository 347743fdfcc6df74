"""Choose the trials to keep when there are too many for the cubic costs."""

from __future__ import annotations

import numpy as np

from skbayes._gp.embedding import Embedding
from skbayes._gp.hyperparameters import default_hyperparameters
from skbayes._gp.layout import Layout
from skbayes._gp.matern import augment_left, augment_right, squared_distances
from skbayes._protocol import BoolArray, FloatArray, IntArray

#: Shares of the best and of the most recent trials; the rest is spread out.
_SHARE_BEST, _SHARE_RECENT = 0.4, 0.3
#: Squared distances that agree to so many decimals count as equal. Levels are equally
#: far from each other up to rounding, which must not order them; the oldest is taken.
_DIGITS = 9
#: Points whose distances are computed at once: 10,000 at once take more memory than
#: all the rest of a suggestion.
_BLOCK = 1024


def choose_rows(
    layout: Layout, U: FloatArray, y: FloatArray, n_rows: int = 1000
) -> IntArray:
    """Choose the most informative trials: the best, the latest, and the farthest apart.

    Distances are those of the kernel at its default hyperparameters: levels of a
    categorical column are all equally far from each other, a numeric column is as wide
    as its usual relevance makes it, and "inactive" is a place of its own.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    U : array of shape (n_trials, n_columns)
        Encoded points, oldest first.
    y : array of shape (n_trials,)
        Targets, greater is better.
    n_rows : int, default=1000
        Number of rows to keep.

    Returns
    -------
    int array, sorted
        All rows if there are no more than `n_rows`.
    """
    return RowChoice(layout, n_rows).rows(U, y)


class RowChoice:
    """Chooses rows as `choose_rows`, and remembers the latest choice.

    The choice depends on the targets only through the set of the best rows. So it stays
    as it is while targets are scaled anew with each trial.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    n_rows : int
        Number of rows to keep.
    """

    def __init__(self, layout: Layout, n_rows: int) -> None:
        self._layout = layout
        self._n_rows = n_rows
        self._latest: tuple[FloatArray, IntArray, IntArray] | None = None

    def rows(self, U: FloatArray, y: FloatArray) -> IntArray:
        """Choose rows of U, shape (n_trials, n_columns), by targets of (n_trials,)."""
        if len(y) <= self._n_rows:
            return np.arange(len(y))
        order = np.argsort(-y, kind="stable")
        best = np.sort(order[: int(_SHARE_BEST * self._n_rows)])
        if self._latest is not None:
            known, known_best, chosen = self._latest
            if np.array_equal(known_best, best) and np.array_equal(known, U):
                return chosen
        chosen = self._choose(U, best)
        self._latest = U, best, chosen
        return chosen

    def _choose(self, U: FloatArray, best: IntArray) -> IntArray:
        kept = np.zeros(len(U), dtype=np.bool_)
        kept[best] = True
        older = np.flatnonzero(~kept)
        kept[older[len(older) - int(_SHARE_RECENT * self._n_rows) :]] = True
        # Default hyperparameters, not fitted ones: a choice that moved with every fit
        # would need a new factorisation each time.
        embedding = Embedding(self._layout, default_hyperparameters(self._layout))
        _spread(embedding.embed(U), kept, self._n_rows)
        return np.flatnonzero(kept)


def _spread(Z: FloatArray, kept: BoolArray, n_rows: int) -> None:
    """Mark in `kept`, one by one, the point farthest from all that are kept.

    Greedy k-centre: each step costs n distances, so no (n, n) matrix is needed.
    """
    right = augment_right(Z[kept])
    blocks = [Z[start : start + _BLOCK] for start in range(0, len(Z), _BLOCK)]
    nearest = [squared_distances(augment_left(Zb), right).min(axis=1) for Zb in blocks]
    gap = np.concatenate(nearest)
    # Kept points never win the argmax.
    gap[kept] = -1.0
    for _ in range(n_rows - int(np.count_nonzero(kept))):
        i = int(np.argmax(np.round(gap, _DIGITS)))
        kept[i] = True
        np.minimum(gap, np.square(Z - Z[i]).sum(axis=1), out=gap)
        gap[i] = -1.0

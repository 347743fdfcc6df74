"""A matrix that grows by rows, without a copy of all of them each time."""

from __future__ import annotations

import numpy as np

from skbayes._protocol import FloatArray

#: Rows that there is space for at first.
_FIRST_SPACE = 64


class GrowingRows:
    """Rows of numbers, appended in amortised constant time.

    Parameters
    ----------
    n_columns : int
        Numbers in a row.
    """

    def __init__(self, n_columns: int) -> None:
        self.n_columns = n_columns
        self._space = np.empty((_FIRST_SPACE, n_columns))
        self._n = 0

    @property
    def rows(self) -> FloatArray:
        """The rows, shape (n_rows, n_columns): a view, which `put` changes."""
        return self._space[: self._n]

    def append(self, rows: FloatArray) -> None:
        """Add rows at the end, shape (n_new, n_columns)."""
        n = self._n + len(rows)
        if n > len(self._space):
            larger = np.empty((max(n, 2 * len(self._space)), self.n_columns))
            larger[: self._n] = self.rows
            self._space = larger
        self._space[self._n : n] = rows
        self._n = n

    def put(self, index: int, row: FloatArray) -> None:
        """Replace one row, or append it if it is the next one."""
        if index == self._n:
            self.append(row[None, :])
        else:
            self._space[index] = row

    def copy(self) -> GrowingRows:
        """An independent copy."""
        other = GrowingRows(self.n_columns)
        other.append(self.rows)
        return other

"""The scores of a growing list as they were at one moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from skbayes._protocol import FloatArray


class ScoresSoFar(Sequence[float]):
    """The first entries of a list that only ever grows, without a copy of it.

    Searches show all scores after every trial: copies would make the cost of a trial
    grow with the number of trials before it.

    Parameters
    ----------
    scores : list of float
        Whoever owns it may append to it, and must not change an entry.
    """

    __slots__ = ("_n", "_scores")

    def __init__(self, scores: list[float]) -> None:
        self._scores = scores
        self._n = len(scores)

    def __len__(self) -> int:
        return self._n

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[float, ...]: ...
    def __getitem__(self, index: int | slice) -> float | tuple[float, ...]:
        if isinstance(index, slice):
            start, stop, step = index.indices(self._n)
            return tuple(self._scores[i] for i in range(start, stop, step))
        # A range knows how to count from the end, and what lies outside.
        return self._scores[range(self._n)[index]]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> FloatArray:
        if copy is False:
            raise ValueError("An array of these scores is always a copy.")
        return np.array(self._scores[: self._n], dtype=dtype or np.float64)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, tuple | ScoresSoFar):
            return NotImplemented
        return self[:] == other[:]

    def __hash__(self) -> int:
        return hash(self[:])

    def __repr__(self) -> str:
        return repr(self[:])

    def __reduce__(self) -> tuple[Any, ...]:
        # A copy in another process does not see what comes later, nor should it.
        return ScoresSoFar, (list(self[:]),)

"""The initial design: space-filling points before the first model."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator
from itertools import count, islice
from numbers import Integral
from typing import Any

import numpy as np
from scipy.stats import qmc

from skbayes._protocol import FloatArray, Params
from skbayes._strategies.engine.located_point import LocatedPoint, located
from skbayes.space._space import Space

#: Bounds of the automatic number of initial points. The model chooses better points
#: than the design as soon as it has a few scores, whatever the number of columns.
MIN_INITIAL, MAX_INITIAL = 4, 12
#: At most this share of the budget goes into initial points, but never below 4.
MAX_BUDGET_SHARE = 0.25
MIN_OF_BUDGET = 4
#: Points drawn at once when more are needed; a power of two keeps Sobol balanced.
BLOCK_SIZE = 64
#: Blocks in a row without a new point after which a space counts as used up.
MAX_STALE_BLOCKS = 32


def n_initial_auto(space: Space, budget: int | None) -> int:
    """Number of points to evaluate before the first fit of a surrogate.

    Parameters
    ----------
    space : Space
        The search space; the number is one more than its branches.
    budget : int or None
        Number of evaluations, if known.

    Returns
    -------
    int
        Number of initial points, between 4 and 12.
    """
    n_branches = max((int(space.n_levels[j]) for j in space.roots), default=1)
    n_initial = int(np.clip(n_branches + 1, MIN_INITIAL, MAX_INITIAL))
    if budget is not None:
        n_initial = min(n_initial, max(MIN_OF_BUDGET, int(MAX_BUDGET_SHARE * budget)))
    return n_initial


def check_n_initial(
    n_initial_points: Any, space: Space, budget: int | None, *, owner: str
) -> int:
    """Return the number of initial points; "auto" depends on space and budget.

    Parameters
    ----------
    n_initial_points : int or "auto"
        The user's argument.
    space : Space
        The search space.
    budget : int or None
        Number of evaluations, if known.
    owner : str
        The caller's name, for error messages.

    Returns
    -------
    int
        Number of initial points, at least 1.

    Raises
    ------
    ValueError
        If `n_initial_points` is neither "auto" nor an integer >= 1.
    """
    if isinstance(n_initial_points, str) and n_initial_points == "auto":
        return n_initial_auto(space, budget)
    is_integer = isinstance(n_initial_points, Integral)
    if not is_integer or isinstance(n_initial_points, bool) or n_initial_points < 1:
        raise ValueError(
            f"The `n_initial_points` parameter of {owner} must be an integer >= 1 or "
            f"'auto'. Got {n_initial_points!r} instead."
        )
    return int(n_initial_points)


def space_filling_points(space: Space, seed: int) -> Iterator[Params]:
    """Yield points of a scrambled Sobol sequence without end; they may repeat.

    The branches of a list of dicts get balanced turns. The sequence ends if the rules
    of a space forbid all points of many blocks.

    Parameters
    ----------
    space : Space
        The search space.
    seed : int
        Root entropy; the same seed gives the same sequence.

    Yields
    ------
    dict
        One point of the space.
    """
    if space.n_columns == 0:
        while True:
            yield space.decode(np.zeros((1, 0)))[0]
    rng = np.random.default_rng([seed, 0])
    sobol = qmc.Sobol(space.n_columns, scramble=True, seed=rng)
    n_stale = 0
    while n_stale < MAX_STALE_BLOCKS:
        uniform = sobol.random(BLOCK_SIZE)
        if space.n_branches > 1:
            # Sobol's balance in column 0 holds over powers of two only, and a small
            # design must not miss a branch.
            uniform[:, 0] = _balanced(space.n_branches, BLOCK_SIZE, rng)
        U = space.snap(space.from_unit(uniform))
        is_valid = space.valid(U)
        n_stale = 0 if is_valid.any() else n_stale + 1
        yield from space.decode(U[is_valid])


class InitialDesign:
    """The points before the first model, each drawn and looked up once.

    Parameters
    ----------
    space : Space
        The search space.
    seed : int
        Root entropy.
    """

    def __init__(self, space: Space, seed: int) -> None:
        self._space = space
        self._sequence = space_filling_points(space, seed)
        self._drawn: list[LocatedPoint] = []

    def unseen(self, begun: Container[LocatedPoint]) -> Iterator[LocatedPoint]:
        """Yield distinct points not in `begun`, until the space is used up.

        Parameters
        ----------
        begun : container of LocatedPoint
            The points to leave out.

        Yields
        ------
        LocatedPoint
            One point of the space, each at most once.
        """
        given: set[Hashable] = set()
        n_stale = 0
        for point in self._points():
            if point.key not in given and point not in begun:
                given.add(point.key)
                n_stale = 0
                yield point
            n_stale += 1
            if n_stale > MAX_STALE_BLOCKS * BLOCK_SIZE:
                break
        if self._space.cardinality is None:
            return
        # Sampling rarely meets the last points of a finite space: enumerate it.
        for params in self._space.grid():
            (point,) = located(self._space, [params])
            if point.key not in given and point not in begun:
                yield point

    def _points(self) -> Iterator[LocatedPoint]:
        """The sequence from its beginning."""
        for i in count():
            if i == len(self._drawn):
                new = list(islice(self._sequence, 1))
                if not new:
                    return
                self._drawn += located(self._space, new)
            yield self._drawn[i]


def _balanced(n_levels: int, n: int, rng: np.random.Generator) -> FloatArray:
    """Positions in [0, 1) that visit all levels in random order before any again."""
    n_rounds = -(-n // n_levels)
    levels = np.concatenate([rng.permutation(n_levels) for _ in range(n_rounds)])[:n]
    positions: FloatArray = (levels + 0.5) / n_levels
    return positions

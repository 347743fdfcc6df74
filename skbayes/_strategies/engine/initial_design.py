"""Where to look before there is anything to learn from: points that fill the space."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from skbayes._protocol import FloatArray, Params
from skbayes.space import Space

#: Bounds of the automatic number of initial points.
MIN_INITIAL, MAX_INITIAL = 5, 12
#: At most this share of the budget goes into initial points, but never below 4.
MAX_BUDGET_SHARE = 0.25
MIN_OF_BUDGET = 4
#: Points drawn at once when more are needed; a power of two keeps Sobol balanced.
BLOCK_SIZE = 64
#: Blocks in a row without a new point after which a space is taken to be used up.
MAX_STALE_BLOCKS = 32


def n_initial_auto(space: Space, budget: int | None) -> int:
    """How many points to try before the first fit of a surrogate.

    Parameters
    ----------
    space : Space
        The search space; one point more than it has columns.
    budget : int or None
        How many evaluations there will be, where that is known.

    Returns
    -------
    int
        Between 4 and 12.
    """
    n_initial = int(np.clip(space.n_columns + 1, MIN_INITIAL, MAX_INITIAL))
    if budget is not None:
        n_initial = min(n_initial, max(MIN_OF_BUDGET, int(MAX_BUDGET_SHARE * budget)))
    return n_initial


def check_n_initial(
    n_initial_points: Any, space: Space, budget: int | None, *, owner: str
) -> int:
    """Return the number of initial points; "auto" looks at the space and budget.

    Parameters
    ----------
    n_initial_points : int or "auto"
        As given by the user.
    space : Space
        The search space.
    budget : int or None
        How many evaluations there will be, where that is known.
    owner : str
        Who asks, for error messages.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ValueError
        If it is neither "auto" nor an integer >= 1.
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
    """Draw an endless scrambled Sobol sequence; decoded points may repeat.

    The branches of a list of dicts, if it is one, are taken in balanced turns.

    Parameters
    ----------
    space : Space
        What to fill.
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
    while True:
        uniform = sobol.random(BLOCK_SIZE)
        if space.n_branches > 1:
            uniform[:, 0] = _balanced(space.n_branches, BLOCK_SIZE, rng)
        yield from space.decode(space.snap(space.from_unit(uniform)))


def unseen_points(
    space: Space, seed: int, seen: Container[Hashable]
) -> Iterator[Params]:
    """Distinct space-filling points that were not seen, until the space is used up.

    Parameters
    ----------
    space : Space
        What to fill.
    seed : int
        Root entropy.
    seen : container of hashable
        Keys of the points that must not be given.

    Yields
    ------
    dict
        One point of the space, each at most once.
    """
    given: set[Hashable] = set()
    n_stale = 0
    for params in space_filling_points(space, seed):
        key = space.key(params)
        if key not in seen and key not in given:
            given.add(key)
            n_stale = 0
            yield params
        n_stale += 1
        if n_stale > MAX_STALE_BLOCKS * BLOCK_SIZE:
            break
    if space.cardinality is None:
        return
    # A finite space hides its last points from sampling: walk through all of it.
    for params in space.grid():
        key = space.key(params)
        if key not in seen and key not in given:
            yield params


def _balanced(n_levels: int, n: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Positions in [0, 1) which visit all levels, in random order, before any again."""
    n_rounds = -(-n // n_levels)
    levels = np.concatenate([rng.permutation(n_levels) for _ in range(n_rounds)])[:n]
    positions: FloatArray = (levels + 0.5) / n_levels
    return positions

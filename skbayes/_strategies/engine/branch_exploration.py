"""Branch exploration: every few suggestions go to a branch with few trials.

Low scores are compressed, so expected improvement may spend nearly all evaluations in
one dict of a list of dicts, or at one value of a parameter that switches others, before
it has learned the parameters of the others. So one in `EXPLORE_EVERY` suggestions goes
to the most promising branch among those with few trials, unless the model excludes a
gain there.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from skbayes._protocol import FloatArray
from skbayes._strategies.engine.surrogate import Surrogate

#: One in this many suggestions may go to a neglected branch.
EXPLORE_EVERY = 8
#: A branch is neglected below this share of an even distribution.
NEGLECTED_SHARE = 0.5
#: It is skipped if no point in it beats the incumbent with this probability.
MIN_PROBABILITY = 1e-3
#: Random points in each branch, and deviations added to their mean to rank branches.
N_POINTS, OPTIMISM = 256, 2.0
#: With more branches than this the budget does not suffice for all of them.
MAX_BRANCHES = 8


def neglected_branch(
    surrogate: Surrogate, rng: np.random.Generator
) -> tuple[int, int] | None:
    """Column and level of the branch to search in; None to search everywhere.

    Parameters
    ----------
    surrogate : Surrogate
        Model of the scores.
    rng : Generator
        Source of randomness of the points.

    Returns
    -------
    tuple of int, or None
        The argument ``fixed`` of `maximize`.
    """
    incumbent_idx = surrogate.incumbent_idx()
    if incumbent_idx is None:
        return None
    incumbent = surrogate.gp.mean_at_trials[incumbent_idx]
    best, best_bound = None, -np.inf
    for column, level in _neglected(surrogate):
        U = _points_in(surrogate, column, level, rng)
        if not len(U):
            continue
        mean, variance = surrogate.gp.predict(U)
        std = np.sqrt(variance)
        # An upper confidence bound favours branches with few scores.
        bound = float((mean + OPTIMISM * std).max())
        chance = ndtr((mean - incumbent) / std).max()
        if chance > MIN_PROBABILITY and bound > best_bound:
            best, best_bound = (column, level), bound
    return best


def _neglected(surrogate: Surrogate) -> Iterator[tuple[int, int]]:
    """Levels with few trials, of the columns that switch others."""
    space = surrogate.space
    for column in space.roots:
        n_levels = int(space.n_levels[column])
        if n_levels > MAX_BRANCHES:
            continue
        tried = surrogate.data.U[:, column].astype(int)
        counts = np.bincount(tried[tried >= 0], minlength=n_levels)
        floor = NEGLECTED_SHARE * counts.sum() / n_levels
        yield from ((column, int(level)) for level in np.flatnonzero(counts < floor))


def _points_in(
    surrogate: Surrogate, column: int, level: int, rng: np.random.Generator
) -> FloatArray:
    """Random valid points with one level of a column, shape (n, n_columns)."""
    space = surrogate.space
    uniform = rng.random((N_POINTS, space.n_columns))
    uniform[:, column] = (level + 0.5) / space.n_levels[column]
    U: FloatArray = space.snap(space.from_unit(uniform))
    # Rounding may move a point to another level, if rules forbid it there.
    kept: FloatArray = U[space.valid(U) & (U[:, column] == level)]
    return kept

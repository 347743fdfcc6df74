"""A floor under neglected branches: now and then, look into the best of them.

With scores compressed at the bad end, expected improvement may spend nearly all
evaluations in one dict of a list of dicts before it has learned the parameters of the
others. Every so many suggestions therefore go to the most promising branch among those
that had few, unless it is all but certain that nothing is to be gained there.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from skbayes._strategies.surrogate import Surrogate

#: Every so many suggestions may go to a neglected branch.
FLOOR_EVERY = 8
#: A branch is neglected below this share of an even distribution.
NEGLECTED_SHARE = 0.5
#: It is left alone if no point looked at beats the incumbent with this probability.
MIN_PROBABILITY = 1e-3
#: Points looked at in each branch, and deviations added to the mean to rank branches.
N_POINTS, OPTIMISM = 256, 2.0
#: The column that says which dict a point belongs to, where there are several.
BRANCH_COLUMN = 0
#: More branches than this cannot all be given a floor.
MAX_BRANCHES = 8


def neglected_branch(
    surrogate: Surrogate, rng: np.random.Generator
) -> tuple[int, int] | None:
    """Column and level of the branch to search in, None to search everywhere.

    Parameters
    ----------
    surrogate : Surrogate
        What is known.
    rng : Generator
        Where points are drawn from.

    Returns
    -------
    tuple of int, or None
        As ``fixed`` of the maximiser.
    """
    space = surrogate.space
    n_branches = space.n_branches
    incumbent_idx = surrogate.incumbent_idx()
    if not 1 < n_branches <= MAX_BRANCHES or incumbent_idx is None:
        return None
    tried = surrogate.data.U[:, BRANCH_COLUMN].astype(int)
    counts = np.bincount(tried, minlength=n_branches)
    floor = NEGLECTED_SHARE * len(tried) / n_branches
    incumbent = surrogate.gp.mean_at_trials[incumbent_idx]
    best, best_bound = None, -np.inf
    for level in np.flatnonzero(counts < floor):
        uniform = rng.random((N_POINTS, space.n_columns))
        uniform[:, BRANCH_COLUMN] = (level + 0.5) / n_branches
        mean, variance = surrogate.gp.predict(space.snap(space.from_unit(uniform)))
        std = np.sqrt(variance)
        bound = float((mean + OPTIMISM * std).max())
        is_promising = ndtr((mean - incumbent) / std).max() > MIN_PROBABILITY
        if is_promising and bound > best_bound:
            best, best_bound = (BRANCH_COLUMN, int(level)), bound
    return best

"""Corners of suggested spaces: every end of every range, beside ends of the others."""

from __future__ import annotations

import numpy as np
from sklearn.base import clone

from skbayes.presets._translation import rules_for
from skbayes.space._parsing import parse_space
from skbayes.space._ruled_space import with_rules


def corners_of(estimator, spec, *, n_random=4):
    """Points at the ends of all ranges, some mixed at random; valid ones."""
    space = with_rules(parse_space(spec), rules_for(estimator, parse_space(spec)))
    rng = np.random.default_rng(0)
    n_levels = np.maximum(space.n_levels, 1)
    rows = [np.zeros(space.n_columns), n_levels - 1.0 + (space.n_levels == 0)]
    for _ in range(n_random):
        at_high = rng.random(space.n_columns) < 0.5
        ends = np.where(space.n_levels > 0, rng.integers(n_levels), at_high)
        rows.append(ends.astype(float))
    U = np.array(rows).reshape(len(rows), space.n_columns)
    if space.n_branches > 1:
        U = np.vstack([U] * space.n_branches)
        U[:, 0] = np.repeat(np.arange(space.n_branches), len(rows))
    U = space.snap(U)
    return space.decode(U[space.valid(U)])


def with_params(estimator, params):
    """A clone with the parameters, as a search sets them."""
    return clone(estimator).set_params(**clone(params, safe=False))

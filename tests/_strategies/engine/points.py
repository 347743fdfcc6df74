"""Evaluations of the points of a space, in the engine's form."""

from __future__ import annotations

import numpy as np

from skbayes._strategies.engine.observation import Observation


def told(space, params, score, **facts):
    """The record of one evaluation."""
    (encoded,) = space.encode([params])
    return Observation(params, space.key(params), encoded, score, **facts)


def told_all(space, n, f, seed=0):
    """Records of n points that were drawn."""
    drawn = space.decode(space.sample(n, np.random.default_rng(seed)))
    return [told(space, params, f(params)) for params in drawn]

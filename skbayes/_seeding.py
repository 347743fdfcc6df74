"""The `random_state` of scikit-learn's users, as a number and as a generator."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

#: Bound of entropy drawn from a generator or from the system.
MAX_ENTROPY = 2**63 - 1


def root_entropy(random_state: Any, *, owner: str) -> int:
    """Turn a `random_state` into one number, from which all later draws follow.

    Parameters
    ----------
    random_state : int, RandomState, Generator or None
        An integer is used as it is. A generator gives one number. None draws from the
        system.
    owner : str
        The caller's name, for error messages.

    Returns
    -------
    int
        Root entropy, not negative.

    Raises
    ------
    ValueError
        If `random_state` is none of these or negative.
    """
    if random_state is None:
        return int(np.random.default_rng().integers(MAX_ENTROPY))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(MAX_ENTROPY))
    # One draw, so that the caller's generator advances by the same amount each time.
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    is_integer = isinstance(random_state, Integral)
    if is_integer and not isinstance(random_state, bool) and random_state >= 0:
        return int(random_state)
    raise ValueError(
        f"The `random_state` parameter of {owner} must be an integer >= 0, a numpy "
        f"RandomState or Generator, or None. Got {random_state!r} instead."
    )


def generator(random_state: Any, *, owner: str) -> np.random.Generator:
    """Make a Generator; the parameters and errors are those of `root_entropy`."""
    return np.random.default_rng(root_entropy(random_state, owner=owner))


def uniform_source(random_state: Any) -> np.random.RandomState | np.random.Generator:
    """The source of uniform numbers, as SciPy's `rvs` reads its `random_state`.

    A generator is used itself, so that it advances with each number.
    """
    if isinstance(random_state, np.random.RandomState | np.random.Generator):
        return random_state
    return np.random.default_rng(random_state)

"""One number from which all randomness of an optimizer follows."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

#: Entropy drawn from a generator, or from the system, lies below this.
MAX_ENTROPY = 2**63 - 1


def root_entropy(random_state: Any, *, owner: str) -> int:
    """Turn a `random_state` into a number that stays the same from then on.

    Parameters
    ----------
    random_state : int, RandomState, Generator or None
        An integer is taken as it is, one number is drawn from a generator, None draws
        from the system.
    owner : str
        Who asks, for error messages.

    Returns
    -------
    int
        Not negative.

    Raises
    ------
    ValueError
        If it is none of these or negative.
    """
    if random_state is None:
        return int(np.random.default_rng().integers(MAX_ENTROPY))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(MAX_ENTROPY))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31 - 1))
    is_integer = isinstance(random_state, Integral)
    if is_integer and not isinstance(random_state, bool) and random_state >= 0:
        return int(random_state)
    raise ValueError(
        f"The `random_state` parameter of {owner} must be an integer >= 0, a numpy "
        f"RandomState or Generator, or None. Got {random_state!r} instead."
    )

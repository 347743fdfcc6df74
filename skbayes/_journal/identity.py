"""When two candidates are the same."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from skbayes._protocol import Params

_PLAIN = (bool, int, float, str, bytes, type(None))


def params_key(params: Params) -> Hashable:
    """A key that equal candidates share.

    Plain values and tuples of them are compared by type and value; anything else by
    identity, which holds as long as the candidate's parameters are kept.
    """
    return tuple(sorted((name, _value_key(value)) for name, value in params.items()))


def _value_key(value: Any) -> tuple[str, str]:
    """Type and value as text, so that keys of different types can be sorted."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, tuple):
        return ("tuple", repr([_value_key(v) for v in value]))
    if isinstance(value, _PLAIN):
        return (type(value).__name__, repr(value))
    return ("object", str(id(value)))

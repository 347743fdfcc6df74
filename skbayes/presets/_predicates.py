"""Predicates of values, for the conditions of rules.

They are functions of a module, because rules are pickled with the search.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from skbayes._values import native, stands_for


def is_one_of(value: Any, wanted: tuple[Any, ...]) -> bool:
    """Whether a plain value equals one of `wanted`; True does not equal 1."""
    value = native(value)
    if not (value is None or isinstance(value, bool | int | float | str)):
        return False
    return any(stands_for(value, other) for other in wanted)


def is_given(value: Any) -> bool:
    """Whether a value is not None."""
    return value is not None


def is_callable(value: Any) -> bool:
    """Whether a value is callable."""
    return callable(value)


def is_array(value: Any) -> bool:
    """Whether a value is a list or array of numbers."""
    return not isinstance(value, str) and np.ndim(value) > 0


def is_positive(value: Any) -> bool:
    """Whether a value is a number > 0."""
    return _is_number(value) and value > 0


def is_true(value: Any) -> bool:
    """Whether a value is True."""
    return value is True


def is_share(value: Any) -> bool:
    """Whether a value is a number between 0 and 1, both excluded."""
    return _is_number(value) and 0 < value < 1


def is_integer(value: Any) -> bool:
    """Whether a value is of an integer type other than bool."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def is_not_ward_metric(value: Any) -> bool:
    """Whether a value is another metric than the Euclidean one."""
    return value not in ("euclidean", None)


def is_not_one(value: Any) -> bool:
    """Whether a value is a number other than 1."""
    return _is_number(value) and value != 1


def is_descending(value: Any) -> bool:
    """Whether a value is a pair with the larger number first."""
    return isinstance(value, tuple) and len(value) == 2 and value[0] > value[1]


def exceeds(value: Any, other: Any) -> bool:
    """Whether both values are integers and the first one is larger."""
    return is_integer(value) and is_integer(other) and value > other


def _is_number(value: Any) -> bool:
    """Whether a value is a number other than bool."""
    is_number = isinstance(value, int | float | np.integer | np.floating)
    return is_number and not isinstance(value, bool)

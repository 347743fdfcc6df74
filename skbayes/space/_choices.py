"""When two choices are the same, and as what they reach the estimator.

Choices may be anything: numbers, strings, ``None``, tuples, estimators, arrays.
Plain values and containers of them are the same when type and value are (``1``,
``1.0`` and ``True`` are three choices, because estimators tell them apart; floats
count to 12 significant digits, so that 0.3 is 0.1 + 0.2);
other objects are the same when they are equal by their own hash, which for
estimators means identical, and unhashable ones when they are identical.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np

#: numpy kinds that have a plain Python twin: bool, int, float, complex, text.
_PLAIN_KINDS = "biufcUS"
_PLAIN_TYPES = (bool, int, str, bytes, complex, type(None))
#: Digits to which floats are compared.
_SIGNIFICANT_DIGITS = 12


def native(value: Any) -> Any:
    """Turn a numpy scalar into its plain Python twin.

    Parameters
    ----------
    value : object
        Any value.

    Returns
    -------
    object
        A bool, int, float, complex, str or bytes for a numpy scalar of such a kind;
        anything else as it is.
    """
    if not isinstance(value, np.generic) or value.dtype.kind not in _PLAIN_KINDS:
        return value
    item = value.item()
    return float(item) if isinstance(item, np.floating) else item


def is_number(value: Any) -> TypeGuard[int | float]:
    """Tell whether a native value is an int or float, bools not counted."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite_number(value: Any) -> TypeGuard[int | float]:
    """Tell whether a native value is a number that a float can hold."""
    if not is_number(value):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the range of floats
        return False


def choice_key(value: Any) -> Hashable:
    """Make a key, equal for choices that are the same as the module defines it."""
    value = native(value)
    kind = type(value)
    if kind in _PLAIN_TYPES:
        return kind, value
    if kind is float:
        return kind, _rounded(value)
    if kind in (tuple, list):
        return kind, tuple(choice_key(item) for item in value)
    if kind in (set, frozenset):
        return kind, frozenset(choice_key(item) for item in value)
    if isinstance(value, Mapping):
        items = ((choice_key(k), choice_key(v)) for k, v in value.items())
        return kind, frozenset(items)
    return kind, _own_identity(value)


def _rounded(value: float) -> Hashable:
    """Round a float to 12 significant digits, and make NaN equal to itself."""
    if math.isnan(value):
        return "nan"
    return float(f"{value:.{_SIGNIFICANT_DIGITS - 1}e}")


def _own_identity(value: Any) -> Hashable:
    """Return the object itself where it can be hashed, else its address."""
    try:
        hash(value)
    except TypeError:
        return "id", id(value)
    return value  # type: ignore[no-any-return]


def is_plain(value: Any) -> bool:
    """Tell whether a key made of the value means the same in another process."""
    return value is None or isinstance(value, (bool, int, float, str, bytes))


def distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return native values in the order given, each once."""
    seen: dict[Hashable, Any] = {}
    for value in map(native, values):
        seen.setdefault(choice_key(value), value)
    return tuple(seen.values())


class ChoiceIndex:
    """Finds which of some choices a value is.

    Parameters
    ----------
    choices : sequence
        Distinct native values.
    """

    def __init__(self, choices: Sequence[Any]) -> None:
        self._codes = {choice_key(choice): i for i, choice in enumerate(choices)}

    def find(self, value: Any) -> int | None:
        """Return the position of the value, None where it is not among the choices.

        A number is also found when only its type differs (``1`` for ``1.0``).
        """
        value = native(value)
        code = self._codes.get(choice_key(value))
        if code is not None or not is_finite_number(value):
            return code
        if isinstance(value, int):
            return self._codes.get(choice_key(float(value)))
        return self._codes.get(choice_key(int(value))) if value.is_integer() else None

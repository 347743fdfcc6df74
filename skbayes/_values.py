"""Values of parameters: conversion to plain Python objects, and equality.

All parts use this module, so that two candidates that are equal to one part are equal
to all. It answers two questions.

*Are two values the same?* (`value_key`, `is_same`.) They are if no estimator can
distinguish them:

- ``True`` is not ``1`` and ``1`` is not ``1.0``: estimators look at the type
  (``max_features=1`` is one feature, ``1.0`` is all of them);
- numpy's scalars are Python's: ``np.int64(3)`` is ``3``, ``np.str_("a")`` is ``"a"``;
- floats are the same if they are equal to the last bit, and NaN is NaN;
- tuples, lists, sets, dicts and arrays are the same if their content is; a list is not
  a tuple;
- any other object is the same as an object that equals it and has its hash; for an
  estimator that is only itself.

*May one value stand for another?* (`stands_for`, `ValueIndex`.) This matters when a
value is looked up among given ones, such as the choices of a space: it may have been
written anew, read from a file, or come from another process. A number may stand for a
number of another type or one that differs by rounding, a list for a tuple of the same
content, an object for one of the same class and parameters. A value that may stand for
several is not found.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from functools import cached_property
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, TypeGuard

import numpy as np

from skbayes._protocol import Params

#: numpy kinds with a plain Python equivalent: bool, int, float, complex, text.
_PLAIN_KINDS = "biufcUS"
_PLAIN_TYPES = (bool, int, str, bytes, complex, type(None))
#: Numbers that differ by a smaller share differ by rounding alone.
_ROUNDING = 1e-9
#: Types identified by name, without parameters that could be compared.
_NAMED = (type, FunctionType, BuiltinFunctionType, MethodType, ModuleType)


def native(value: Any) -> Any:
    """Turn a numpy scalar into the plain Python value.

    Parameters
    ----------
    value : object
        Any value.

    Returns
    -------
    object
        A bool, int, float, complex, str or bytes for a numpy scalar of such a kind;
        other values unchanged.
    """
    if not isinstance(value, np.generic) or value.dtype.kind not in _PLAIN_KINDS:
        return value
    item = value.item()
    return float(item) if isinstance(item, np.floating) else item


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a native value is an int or float, and not a bool."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite_number(value: Any) -> TypeGuard[int | float]:
    """Whether a native value is a number that a float can represent."""
    if not is_number(value):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an int beyond the range of floats
        return False


def is_estimator(value: Any) -> bool:
    """Whether a value is an estimator, and not the class of one."""
    # Lazy objects return any attribute; their classes do not.
    return hasattr(type(value), "get_params") and not isinstance(value, type)


def value_key(value: Any) -> Hashable:
    """Make a key that values share if and only if they are the same.

    Parameters
    ----------
    value : object
        Any value. The key keeps an object alive, so that no other object gets its id.

    Returns
    -------
    hashable
    """
    value = native(value)
    kind = type(value)
    if value is None:
        return None  # pickles of other formats cannot store the type of None
    if kind in _PLAIN_TYPES:
        return kind, value
    if kind is float:
        return kind, "nan" if math.isnan(value) else value
    if kind in (tuple, list):
        return kind, tuple(value_key(item) for item in value)
    if kind in (set, frozenset):
        return kind, frozenset(value_key(item) for item in value)
    if isinstance(value, Mapping):
        items = ((value_key(k), value_key(v)) for k, v in value.items())
        return kind, frozenset(items)
    if isinstance(value, np.ndarray):
        return kind, value.dtype.str, value.shape, _content_of_array(value)
    return kind, _itself(value)


def params_key(params: Params) -> Hashable:
    """Make a key that equal candidates share, in any order of their names."""
    return tuple((name, value_key(params[name])) for name in sorted(params))


def _content_of_array(array: Any) -> Hashable:
    """The bytes of an array; the keys of its items if it has dtype object."""
    if array.dtype.hasobject:
        return tuple(value_key(item) for item in array.ravel().tolist())
    return array.tobytes()  # type: ignore[no-any-return]


class _Address:
    """Key of an object without a hash: its identity. Keeps the object alive."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Address) and self._value is other._value

    def __hash__(self) -> int:
        return id(self._value)


def _itself(value: Any) -> Hashable:
    """The object if it has a hash, else a key of its identity."""
    try:
        hash(value)
    except Exception:  # lazy objects raise what they like
        return _Address(value)
    return value  # type: ignore[no-any-return]


def is_same(one: Any, other: Any) -> bool:
    """Whether no estimator can distinguish two values."""
    return one is other or value_key(one) == value_key(other)


def distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    """Return native values in the order given, each once."""
    seen: dict[Hashable, Any] = {}
    for value in map(native, values):
        seen.setdefault(value_key(value), value)
    return tuple(seen.values())


def stands_for(one: Any, other: Any) -> bool:
    """Whether one value may stand for another, see the module's docstring."""
    one, other = native(one), native(other)
    if is_same(one, other):
        return True
    if is_number(one) and is_number(other):
        return _is_close(one, other)
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(stands_for, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(
            stands_for(one[key], other[key]) for key in one
        )
    if type(one) is not type(other) or isinstance(one, (*_PLAIN_TYPES, *_NAMED)):
        return False
    try:
        return stands_for(_parameters_of(one), _parameters_of(other))
    except Exception:  # an object without readable state equals itself alone
        return False


def _is_close(one: int | float, other: int | float) -> bool:
    try:
        return math.isclose(one, other, rel_tol=_ROUNDING)
    except OverflowError:
        return False


def _parameters_of(value: Any) -> Any:
    """The parameters of an object, else its whole state."""
    if hasattr(value, "get_params"):
        return value.get_params(deep=False)
    how = value.__reduce_ex__(2)
    if isinstance(how, str) or type(value) is object:
        raise TypeError(f"{value!r} is known by its name or address alone.")
    return [*how[:3], *(list(part or ()) for part in how[3:5])]


class ValueIndex:
    """Finds a value among given ones, or the one that it may stand for.

    Parameters
    ----------
    values : sequence
        The given values; the first of equal ones is found.
    """

    def __init__(self, values: Sequence[Any]) -> None:
        self._values = tuple(map(native, values))
        self._positions: dict[Hashable, int] = {}
        for i, value in enumerate(self._values):
            self._positions.setdefault(value_key(value), i)

    def __getstate__(self) -> dict[str, Any]:
        # Keys contain ids and types, which another process does not share: made anew
        # there.
        return {"values": self._values}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(state["values"])  # type: ignore[misc]

    def find(self, value: Any) -> int | None:
        """Return the position of a value; None if it is not found.

        The same value is preferred to one that it may stand for. A value that may stand
        for several is not found.
        """
        value = native(value)
        position = self._positions.get(value_key(value))
        if position is not None:
            return position
        if is_number(value):
            found = self._numbers_near(value)
        else:
            found = [] if isinstance(value, _PLAIN_TYPES) else self._alike(value)
        return found[0] if len(found) == 1 else None

    def _numbers_near(self, value: int | float) -> list[int]:
        """Positions of numbers that differ from a value in type or rounding only."""
        if not is_finite_number(value):
            return []
        numbers, positions = self._numbers
        # A wide bracket by bisection, then the exact test: 10,000 choices stay fast.
        margin = 2 * _ROUNDING * abs(value)
        first = bisect_left(numbers, value - margin)
        last = bisect_right(numbers, value + margin)
        return [
            positions[i] for i in range(first, last) if _is_close(numbers[i], value)
        ]

    def _alike(self, value: Any) -> list[int]:
        """Positions of the objects that a value may stand for."""
        return [i for i in self._objects if stands_for(self._values[i], value)]

    @cached_property
    def _numbers(self) -> tuple[list[Any], list[int]]:
        """The finite numbers, ascending, and their positions."""
        found = [
            i for i in self._positions.values() if is_finite_number(self._values[i])
        ]
        found.sort(key=lambda i: self._values[i])
        return [self._values[i] for i in found], found

    @cached_property
    def _objects(self) -> list[int]:
        """Positions of the values that are neither number, text, bool nor None."""
        return [
            i
            for i in self._positions.values()
            if not isinstance(self._values[i], (*_PLAIN_TYPES, float))
        ]


def one_or_several(given: Any) -> Any:
    """A single dict in a list; what is no dict, such as a list of dicts, as it is."""
    return [given] if isinstance(given, Mapping) else given


def dicts_of(space: Any) -> list[Mapping[str, Any]]:
    """List the dicts of a space in the user's form: one, or several in a list."""
    parts = one_or_several(space)
    if not isinstance(parts, (list, tuple)):
        return []
    return [part for part in parts if isinstance(part, Mapping)]


def row_with_values(own: Mapping[str, Any], candidates: Sequence[Params]) -> int | None:
    """Find the candidate with an estimator's own values.

    Parameters
    ----------
    own : mapping of str to object
        All parameters of the estimator.
    candidates : sequence of dict
        Values of the searched parameters.

    Returns
    -------
    int or None
        The first with the same values, else the first whose values may stand for them;
        None if there is none. A candidate without parameters is the estimator itself.
    """
    for agree in (is_same, stands_for):
        for row, params in enumerate(candidates):
            if all(k in own and agree(v, own[k]) for k, v in params.items()):
                return row
    return None

"""A candidate's parameters as JSON text, and back, without pickling anything."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from skbayes._protocol import Params

_NUMPY_SCALARS = (np.bool_, np.integer, np.floating, np.str_)
_SCALARS = frozenset({bool, int, float, str, type(None)})
_LABEL_LENGTH = 200


class ParamsCodec:
    """Writes parameters as text and reads them again.

    Numbers, text, booleans and None are written as they are (numpy's as Python's),
    floats to the last bit. Anything else, such as a tuple, a function or an
    estimator, must be one of the choices of its parameter and is written as its
    position among them; reading gives that very object. Tuples and lists of plain
    values may also be new.

    Parameters
    ----------
    choices : mapping of str to sequence, default={}
        For each parameter its choices that are not plain, see `choices_of`.
    """

    def __init__(self, choices: Mapping[str, Sequence[Any]] | None = None) -> None:
        self._choices = {name: list(items) for name, items in (choices or {}).items()}

    def encode(self, params: Params) -> str:
        """Give the text of `params`.

        Raises
        ------
        ValueError
            If a value is neither plain nor one of the choices.
        """
        return json.dumps(self._texts(params))

    def key(self, params: Params) -> str:
        """Give the same for equal parameters, in whatever order they are named."""
        text = json.dumps(self._texts(params), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def decode(self, text: str) -> Params:
        """Give back the parameters of a text.

        Raises
        ------
        ValueError
            If the text is no text of `encode`.
        """
        return _decode(text, self._choices)

    def labels(self) -> dict[str, list[str]]:
        """Give the choices as people read them."""
        return {name: list(map(_label, items)) for name, items in self._choices.items()}

    def _texts(self, params: Params) -> dict[str, Any]:
        return {name: self._to_json(name, value) for name, value in params.items()}

    def _to_json(self, name: str, value: Any) -> Any:
        value = _as_python(value)
        if type(value) in _SCALARS:
            return _plain_to_json(value)
        position = _position(value, self._choices.get(name, ()))
        if position is not None:
            return {"choice": position}
        try:
            return _plain_to_json(value)
        except TypeError:
            raise ValueError(
                f"The `journal` parameter cannot be used with the value {value!r} of "
                f"{name!r}: it is not a number, text, bool or None, and not in the "
                "list of choices of this parameter. List the choices, or set "
                "journal=None."
            ) from None


def choices_of(space: Any) -> dict[str, list[Any]]:
    """Collect the choices of a search space that are not plain values.

    Parameters
    ----------
    space : dict, list of dict or anything else
        As given to a search: lists, tuples and arrays are choices, and so is what an
        object has under ``choices`` or ``categories``; distributions and ranges have
        none. Anything but dicts has none.

    Returns
    -------
    dict of str to list
        For each parameter that has any, in the order they are written.
    """
    found: dict[str, list[Any]] = {}
    for part in [space] if isinstance(space, Mapping) else _dicts_in(space):
        for name, values in part.items():
            items = [v for v in _listed(values) if type(v) not in _SCALARS]
            if items:
                found.setdefault(name, []).extend(items)
    return found


def readable_params(text: str, labels: Mapping[str, Sequence[str]]) -> Params:
    """Decode parameters with the choices as text, for people.

    Raises
    ------
    ValueError
        If the text is no text of `ParamsCodec.encode`.
    """
    return _decode(text, labels)


def scores_to_json(scores: Mapping[str, float]) -> str:
    """Scores by metric as text, floats to the last bit."""
    return json.dumps({m: _plain_to_json(float(s)) for m, s in scores.items()})


def scores_from_json(text: str) -> dict[str, float]:
    """Read what `scores_to_json` wrote; ValueError if it is nothing of the kind."""
    scores = _decode(text, {})
    if not all(type(score) is float for score in scores.values()):
        raise ValueError(f"These are no scores: {text[:80]}")
    return scores


def _as_python(value: Any) -> Any:
    return value.item() if isinstance(value, _NUMPY_SCALARS) else value


def _plain_to_json(value: Any) -> Any:
    """Prepare a value for `json.dumps`; TypeError if it is not plain all through."""
    value = _as_python(value)
    kind = type(value)
    if kind is float and not math.isfinite(value):
        return {"float": repr(value)}
    if kind in _SCALARS:
        return value
    if kind in (tuple, list):
        return {kind.__name__: [_plain_to_json(item) for item in value]}
    raise TypeError(f"{kind.__name__} is not plain")


def _decode(text: str, choices: Mapping[str, Sequence[Any]]) -> Params:
    return {
        name: _from_json(item, choices.get(name, ()))
        for name, item in _object(text).items()
    }


def _from_json(item: Any, choices: Sequence[Any] = ()) -> Any:
    if not isinstance(item, dict):
        return item
    try:
        [(tag, content)] = item.items()
        return _TAGS[tag](content, choices)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"This is no value: {str(item)[:80]}") from error


def _choice(content: Any, choices: Sequence[Any]) -> Any:
    if type(content) is not int or content < 0:
        raise ValueError(f"{content!r} is no position")
    return choices[content]


def _items(content: Any, _: Sequence[Any]) -> list[Any]:
    return [_from_json(item) for item in content]


_TAGS: dict[str, Callable[[Any, Sequence[Any]], Any]] = {
    "float": lambda content, _: float(content),
    "choice": _choice,
    "list": _items,
    "tuple": lambda content, _: tuple(_items(content, ())),
}


def _object(text: str) -> dict[str, Any]:
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"This is not an object: {text[:80]}")
    return content


def _position(value: Any, choices: Sequence[Any]) -> int | None:
    """Where `value` stands: the same object first, else the first equal one."""
    positions = range(len(choices))
    same = (i for i in positions if choices[i] is value)
    equal = (i for i in positions if _equal(choices[i], value))
    return next(chain(same, equal), None)


def _equal(a: Any, b: Any) -> bool:
    """Equality that also works for arrays and for what refuses to compare."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        is_alike = a.dtype == b.dtype and a.shape == b.shape
        return is_alike and bool(np.all(a == b))
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(_equal, a, b))
    try:
        return bool(a == b)
    except Exception:
        # Sparse matrices and data frames: only the same object is found.
        return False


def _dicts_in(space: Any) -> list[Mapping[str, Any]]:
    if isinstance(space, list | tuple):
        return [part for part in space if isinstance(part, Mapping)]
    return []


def _listed(values: Any) -> Iterable[Any]:
    """Give the choices that `values` lists; none for a distribution."""
    for name in ("choices", "categories"):
        values = getattr(values, name, values)
    if isinstance(values, str | bytes | range) or hasattr(values, "rvs"):
        return ()
    if hasattr(values, "__len__") and hasattr(values, "__getitem__"):
        return map(_as_python, values)
    return ()


def _label(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= _LABEL_LENGTH else f"{text[: _LABEL_LENGTH - 3]}..."

"""Write a candidate's parameters as JSON text and read them, without pickle."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from skbayes._journal.content.content_digest import ContentHasher
from skbayes._protocol import Params
from skbayes._short_text import one_line
from skbayes._values import dicts_of, native

_SCALARS = frozenset({bool, int, float, str, type(None)})
_LABEL_LENGTH = 200
#: Hex digits of a key: 128 bits tell all candidates apart, and a fold has two keys.
_KEY_LENGTH = 32
#: Larger arrays count by their content.
_MAX_ARRAY_SIZE = 1000

#: Returns the object that a text stands for, by the digest of its content.
FindObject = Callable[[Mapping[str, str]], Any]


class ParamsCodec:
    """Writes parameters as text and reads them again.

    Numbers, text, booleans and None are written as they are (numpy's as Python's),
    floats to the last bit, and so are tuples, lists and short arrays of them. Any other
    value, such as a function or an estimator, is written as the digest of its content;
    reading returns the choice of its parameter that has this content.

    Parameters
    ----------
    choices : mapping of str to sequence, default={}
        The choices of each parameter that are not plain, see `choices_of`.
    own_values : mapping of str to object, default={}
        The estimator's own parameters, see `score_key`.
    reader : ContentHasher or None
        Computes digests; None makes one.
    """

    def __init__(
        self,
        choices: Mapping[str, Sequence[Any]] | None = None,
        own_values: Mapping[str, Any] | None = None,
        reader: ContentHasher | None = None,
    ) -> None:
        self._reader = reader or ContentHasher()
        self._own_values = dict(own_values or {})
        #: Texts of objects by id. The objects are kept alive, so that no other object
        #: gets the id of one.
        self._written: dict[int, tuple[Any, dict[str, Any]]] = {}
        self._choices: dict[str, dict[str, Any]] = {}
        for name, items in (choices or {}).items():
            known = self._choices.setdefault(name, {})
            for item in items:
                known.setdefault(_key_text(self._to_json(item)), item)

    def encode(self, params: Params) -> str:
        """Write `params` as text.

        Raises
        ------
        TypeError
            If a value has no comparable content, such as a lock.
        """
        return json.dumps(self._texts(params))

    def key(self, params: Params) -> str:
        """Key that equal parameters share, in any order of their names."""
        return _hashed(self._texts(params))

    def score_key(self, params: Params) -> str:
        """Key that parameters share that result in the same estimator.

        A parameter set to the estimator's own value does not count, unless the object
        that it belongs to is set too: ``svc__C`` beside ``svc`` or ``steps``.
        """
        texts = self._texts(params)
        return _hashed(
            {name: item for name, item in texts.items() if self._sets(name, params)}
        )

    def _sets(self, name: str, params: Params) -> bool:
        """Whether a parameter changes the estimator."""
        if name not in self._own_values:
            return True
        if _is_replaced(name, params):
            return True
        own = self._to_json(self._own_values[name])
        return _key_text(own) != _key_text(self._to_json(params[name]))

    def decode(self, text: str) -> Params:
        """Read the parameters from a text.

        Raises
        ------
        ValueError
            If the text was not written by `encode`.
        LookupError
            If none of the choices has the content of a value.
        """
        return {
            name: self._from_json(name, item) for name, item in _object(text).items()
        }

    def _texts(self, params: Params) -> dict[str, Any]:
        return {name: self._to_json(value) for name, value in params.items()}

    def _to_json(self, value: Any) -> Any:
        try:
            return _plain_to_json(value)
        except TypeError:
            return self._object_to_json(value)

    def _object_to_json(self, value: Any) -> dict[str, Any]:
        """Digest and label of an object; of an estimator as a clone would be."""
        if id(value) not in self._written:
            digest = self._reader.read(value, is_cloned=True).digest.hex()
            item = {
                "object": {"digest": digest, "text": one_line(value, _LABEL_LENGTH)}
            }
            self._written[id(value)] = value, item
        return self._written[id(value)][1]

    def _from_json(self, name: str, item: Any) -> Any:
        if not isinstance(item, dict):
            return item
        choices = self._choices.get(name, {})
        key = _key_text(item)
        if key in choices:
            return choices[key]

        def find(content: Mapping[str, str]) -> Any:
            raise LookupError(f"{name!r} has no choice {content['text']}")

        return _value(item, find)


def choices_of(space: Any) -> dict[str, list[Any]]:
    """Collect the choices of a search space that are not plain values.

    Parameters
    ----------
    space : dict, list of dict or anything else
        As passed to a search. Lists, tuples and arrays are choices, as are the
        attributes ``choices`` and ``categories`` of an object. Distributions and ranges
        have none, nor has a space that is not made of dicts.

    Returns
    -------
    dict of str to list
        For each parameter that has any, in the order of the space.
    """
    found: dict[str, list[Any]] = {}
    for part in dicts_of(space):
        for name, values in part.items():
            items = [v for v in _listed(values) if type(v) not in _SCALARS]
            if items:
                found.setdefault(name, []).extend(items)
    return found


def readable_params(text: str) -> Params:
    """Read parameters from a text with labels in place of objects, for people.

    Raises
    ------
    ValueError
        If the text was not written by `ParamsCodec.encode`.
    """
    return _values(text, lambda content: content["text"])


def scores_to_json(scores: Mapping[str, float]) -> str:
    """Scores by metric as text, floats to the last bit."""
    return json.dumps({m: _plain_to_json(float(s)) for m, s in scores.items()})


def scores_from_json(text: str) -> dict[str, float]:
    """Read the text of `scores_to_json`; ValueError if it is another text."""
    scores = _values(text, lambda content: content)
    if not all(type(score) is float for score in scores.values()):
        raise ValueError(f"These are no scores: {text[:80]}")
    return scores


def _is_replaced(name: str, params: Params) -> bool:
    """Whether another parameter replaces the object that a parameter belongs to.

    It is that object, one around it, or a list of named ones such as ``steps``.
    """
    parts = name.split("__")
    owners = {"__".join(parts[:i]) for i in range(1, len(parts))}
    lists = {
        other.rpartition("__")[0]
        for other, value in params.items()
        if other != name and _are_named_parts(value)
    }
    return not owners.isdisjoint(params) or not lists.isdisjoint({"", *owners})


def _are_named_parts(value: Any) -> bool:
    """Whether a value is a list of parts that begin with their names."""
    return type(value) in (list, tuple) and any(
        type(item) in (list, tuple) and len(item) > 1 and isinstance(item[0], str)
        for item in value
    )


def _plain_to_json(value: Any) -> Any:
    """Prepare a value for `json.dumps`; TypeError if a part of it is not plain."""
    value = native(value)
    kind = type(value)
    # JSON has neither NaN nor infinities; other readers reject Python's extension.
    if kind is float and not math.isfinite(value):
        return {"float": repr(value)}
    if kind in _SCALARS:
        return value
    if kind in (tuple, list):
        return {kind.__name__: [_plain_to_json(item) for item in value]}
    if _is_short_array(value):
        numbers = [_plain_to_json(item) for item in value.ravel().tolist()]
        return {"array": [value.dtype.str, list(value.shape), numbers]}
    raise TypeError(f"{kind.__name__} is not plain")


def _is_short_array(value: Any) -> bool:
    return (
        type(value) is np.ndarray
        and value.dtype.kind in "biuf"
        and value.dtype.itemsize <= 8
        and value.size <= _MAX_ARRAY_SIZE
    )


def _values(text: str, find: FindObject) -> Params:
    return {name: _value(item, find) for name, item in _object(text).items()}


def _value(item: Any, find: FindObject) -> Any:
    if not isinstance(item, dict):
        return item
    try:
        [(tag, content)] = item.items()
        return _TAGS[tag](content, find)
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"This is no value: {str(item)[:80]}") from error


def _described(content: Any, find: FindObject) -> Any:
    if not all(isinstance(content[name], str) for name in ("digest", "text")):
        raise ValueError(f"{content!r} describes no object")
    return find(content)


def _items(content: Any, find: FindObject) -> list[Any]:
    if not isinstance(content, list):
        raise ValueError(f"{content!r} is no list")
    return [_value(item, find) for item in content]


def _array(content: Any, find: FindObject) -> Any:
    dtype, shape, numbers = content
    if np.dtype(dtype).kind not in "biuf":
        raise ValueError(f"{dtype!r} is no type of numbers")
    return np.array(_items(numbers, find), dtype=dtype).reshape(shape)


_TAGS: dict[str, Callable[[Any, FindObject], Any]] = {
    "float": lambda content, _: float(content),
    "object": _described,
    "list": _items,
    "tuple": lambda content, find: tuple(_items(content, find)),
    "array": _array,
}


def _object(text: str) -> dict[str, Any]:
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"This is not an object: {text[:80]}")
    return content


def _hashed(items: Mapping[str, Any]) -> str:
    bare = {name: _without_label(item) for name, item in items.items()}
    digest = hashlib.sha256(json.dumps(bare, sort_keys=True).encode())
    return digest.hexdigest()[:_KEY_LENGTH]


def _key_text(item: Any) -> str:
    return json.dumps(_without_label(item))


def _without_label(item: Any) -> Any:
    # The label is a repr, which may differ between equal objects (an address in it).
    described = item.get("object") if isinstance(item, dict) else None
    return {"object": described["digest"]} if isinstance(described, dict) else item


def _listed(values: Any) -> Iterable[Any]:
    """The choices in `values`; none for a distribution."""
    for name in ("choices", "categories"):
        values = getattr(values, name, values)
    if isinstance(values, str | bytes | range) or hasattr(values, "rvs"):
        return ()
    if hasattr(values, "__len__") and hasattr(values, "__getitem__"):
        return map(native, values)
    return ()

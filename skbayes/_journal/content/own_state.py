"""Leave out state that an object of the user's writes while it is called.

A scorer may count its calls, record its input or keep a cache. These attributes change
with every fit, but the scorer stays the same. As with globals that code writes, they
are state of the program.
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from skbayes._journal.content.bytecode import facts_of


def state_without_own_writes(
    kind: type, state: Mapping[str, Any], entries: Iterable[str] = ("__call__",)
) -> dict[str, Any]:
    """Leave out the attributes that an object writes itself while it is called.

    An attribute with the name of a constructor parameter always counts, with or without
    underscores before it: with another value it is another object.

    Parameters
    ----------
    kind : type
        The object's class.
    state : mapping of str to object
        Its attributes.
    entries : iterable of str, default=("__call__",)
        Names of the methods by which it is called.

    Returns
    -------
    dict of str to object
    """
    given = {name.lstrip("_") for name in _constructor_names(kind)}
    left = dict(state)
    for name, key in _written_attributes(kind, entries):
        item = left.get(name)
        if name.lstrip("_") in given:
            continue
        if key is None or type(item) is not dict:
            left.pop(name, None)
        else:
            left[name] = {k: v for k, v in item.items() if k != key}
    return left


def _written_attributes(
    kind: type, entries: Iterable[str]
) -> Iterator[tuple[str, str | None]]:
    """Attributes that methods write to, with the methods that these refer to.

    Each with the only key of a dict there that is written; None for all of it.
    """
    waiting, seen = list(entries), set[str]()
    while waiting:
        name = waiting.pop()
        method = inspect.getattr_static(kind, name, None)
        method = method.fget if isinstance(method, property) else method
        if name in seen or not isinstance(method, types.FunctionType):
            continue
        seen.add(name)
        code = inspect.unwrap(method).__code__
        waiting.extend(code.co_names)
        this = next(iter(code.co_varnames[: code.co_argcount]), None)
        for write in facts_of(code).writes:
            if write.kind == "local" and write.path[0] == this and write.path[1:]:
                yield write.path[1], write.item if len(write.path) == 2 else None


def _constructor_names(kind: type) -> set[str]:
    try:
        return set(inspect.signature(kind).parameters)
    except (TypeError, ValueError):
        return set()

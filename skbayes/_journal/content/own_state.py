"""State that an object of the user's keeps for itself while it is called.

A scorer may count its calls, note what it has seen or keep a cache. It has other values
of these after every fit, and is the same scorer: as with code that writes to globals,
what it writes itself is a state of the program.
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

    What its constructor takes by the same name counts always: with another value the
    object begins as another.

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
    written = set(_written_attributes(kind, entries)) - _constructor_names(kind)
    return {name: item for name, item in state.items() if name not in written}


def _written_attributes(kind: type, entries: Iterable[str]) -> Iterator[str]:
    """Attributes that methods write to, with the methods that these refer to."""
    waiting, seen = list(entries), set[str]()
    while waiting:
        name = waiting.pop()
        method = inspect.getattr_static(kind, name, None)
        if name in seen or not isinstance(method, types.FunctionType):
            continue
        seen.add(name)
        code = inspect.unwrap(method).__code__
        waiting.extend(code.co_names)
        this = next(iter(code.co_varnames[: code.co_argcount]), None)
        for write in facts_of(code).writes:
            if write.kind == "local" and write.path[0] == this and write.path[1:]:
                yield write.path[1]


def _constructor_names(kind: type) -> set[str]:
    try:
        return set(inspect.signature(kind).parameters)
    except (TypeError, ValueError):
        return set()

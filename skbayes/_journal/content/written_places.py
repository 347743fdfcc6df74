"""The places that functions and classes write to while they run.

A place is the global, the variable, the default or the attribute that holds a value.
"""

from __future__ import annotations

import array
import collections
import inspect
import types
from collections.abc import Iterator, Sequence
from typing import Any

from skbayes._journal.content.bytecode import CodeFacts, facts_of
from skbayes._journal.content.own_code import Part, Place
from skbayes._journal.content.written_names import Write

#: Types that the methods in `MUTATORS` change in place.
_MUTABLE = (list, dict, set, bytearray, collections.deque, array.array)


def defaults_of(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    defaults = function.__defaults__ or ()
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    yield from zip(names[len(names) - len(defaults) :], defaults, strict=False)
    yield from sorted((function.__kwdefaults__ or {}).items())


def cells_of(function: types.FunctionType) -> Iterator[tuple[str, types.CellType]]:
    names = function.__code__.co_freevars
    yield from zip(names, function.__closure__ or (), strict=True)


def cell_content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


def function_writes(function: types.FunctionType, facts: CodeFacts) -> Iterator[Place]:
    """Places that a function writes to, except through its first argument."""
    names, cells = function.__globals__, dict(cells_of(function))
    defaults = dict(defaults_of(function))
    for write in facts.writes:
        name = write.path[0]
        place: Place | None = None
        if write.kind == "global" and name in names:
            start = ("global", id(names), name)
            place = _written_place(write, start, names[name])
        elif write.kind == "free" and name in cells:
            cell = cells[name]
            place = _written_place(write, ("cell", id(cell)), cell_content(cell))
        elif write.kind == "local" and write.is_in_place and name in defaults:
            start = ("default", id(function), name)
            place = _written_place(write, start, defaults[name])
        if place is not None:
            yield place


def asked_for(kind: type, name: str, value: Any, is_asked: bool) -> str:
    """The name of a method that runs only where code asks for it; else empty.

    Libraries call methods of objects by their names, but none of the user's classes.
    Others run where a class is made, which is before the code runs.
    """
    is_of_metaclass = issubclass(kind, type) and name in ("__new__", "__init__")
    if name in ("__init_subclass__", "__set_name__") or is_of_metaclass:
        return "where a class is made"
    if name.startswith("__"):
        return ""
    is_of_class = isinstance(value, classmethod | staticmethod)
    is_function = isinstance(value, types.FunctionType)
    return name if is_of_class or (is_function and is_asked) else ""


def class_writes(kind: type, is_asked: bool) -> Iterator[tuple[str, Place]]:
    """Attributes of a class that its methods write to, also through an instance.

    After the name of the method, if it runs only where code asks for it.
    """
    for name, item in vars(kind).items():
        function = getattr(item, "__func__", item)
        if not isinstance(function, types.FunctionType):
            continue
        function = inspect.unwrap(function)
        first = next(iter(function.__code__.co_varnames), None)
        for write in facts_of(function.__code__).writes:
            path = write.path
            if write.kind != "local" or path[0] != first or len(path) < 2:
                continue
            is_of_class = name == "__new__" or isinstance(item, classmethod)
            is_of_class = is_of_class or path[1] == "__class__"
            if is_of_class or write.is_in_place:
                steps = path[2:] if path[1] == "__class__" else path[1:]
                place = _written_place(write, None, kind, steps)
                if place is not None:
                    yield asked_for(kind, name, item, is_asked), place


def _written_place(
    write: Write, start: Place | None, value: Any, steps: Sequence[str] | None = None
) -> Place | None:
    """Follow a path to the place that is written to.

    Attributes of modules, classes and functions are places of their own. A constant key
    of a dict, and an attribute of another object, is a part of the value there.
    """
    place = start
    left = list(write.path[1:] if steps is None else steps)
    while left:
        name = left[0]
        if isinstance(value, types.ModuleType):
            place = "global", id(vars(value)), name
            value = getattr(value, name, None)
        elif isinstance(value, type):
            owners = (base for base in value.__mro__ if name in vars(base))
            owner = next(owners, None)
            if owner is None:
                return None
            place, value = ("attribute", id(owner), name), vars(owner)[name]
        elif isinstance(value, types.FunctionType):
            place, value = ("attribute", id(value), name), vars(value).get(name)
        else:
            break
        del left[0]
    if left and place is not None:
        held = getattr(value, "__dict__", {}).get(left[0]) if len(left) == 1 else None
        is_written = isinstance(held, _MUTABLE) or not write.by_method
        return Part(place, left[0]) if is_written else None
    if write.by_method and not isinstance(value, _MUTABLE):
        return None
    if write.item is not None and type(value) is dict and place is not None:
        return Part(place, write.item)
    return place

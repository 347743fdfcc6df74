"""Make nodes of functions, classes and modules, see `own_code`."""

from __future__ import annotations

import abc
import builtins
import collections
import inspect
import types
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Generic, Protocol

from skbayes._journal.content.bytecode import CodeFacts, facts_of, in_order
from skbayes._journal.content.callables import compiled_file, is_function, is_own
from skbayes._journal.content.hasher import Hasher
from skbayes._journal.content.hasher_protocol import pieces_of
from skbayes._journal.content.leaves import leaf, text
from skbayes._journal.content.module_files import ModuleFile, ModuleFiles
from skbayes._journal.content.names_in_texts import globals_in_texts, imports_in_texts
from skbayes._journal.content.own_code import Code, Entry, Node, Place, code_of
from skbayes._journal.content.ownership import (
    defining_module,
    is_importable,
    naming_module,
)
from skbayes._journal.content.written_names import Write

_MISSING = object()
#: Types that the methods in `MUTATORS` change in place.
_MUTABLE = (list, dict, set, bytearray, collections.deque)
#: Descriptors of a class for places of its instances: slots, their dict.
_SLOTS = (types.MemberDescriptorType, types.GetSetDescriptorType)
#: Attributes of classes that Python keeps for itself.
#: The last is a cache of enumerations: combinations of flags that were made so far.
_NO_CODE = frozenset(
    {"_abc_impl", "__annotate__", "__annotate_func__", "_value2member_map_"}
)
#: Base classes without methods that libraries call.
_PLAIN_BASES = (object, type, abc.ABC, Generic, Protocol)
#: Methods by which libraries recognise an object that they call.
_ASKED_BY_LIBRARIES = ("fit", "get_params", "predict", "rvs", "split", "transform")
#: The method by which code finds classes that it does not name.
_ASKS_FOR_SUBCLASSES = {"__subclasses__"}
#: Begin of the file names of methods that attrs writes.
_OF_ATTRS = "<attrs generated"


class CodeNodes:
    """Reads the user's own code, each piece once.

    Parameters
    ----------
    hasher : Hasher
        Reads the values that the code refers to.
    """

    def __init__(self, hasher: Hasher) -> None:
        self._hasher = hasher
        self._files = ModuleFiles(hasher.ownership)
        self._nodes: dict[int, Node] = {}
        #: Keeps the pieces alive, so that no other object gets the id of one.
        self._kept: list[Any] = []
        self._values: dict[Place, tuple[bytes, tuple[Any, ...]]] = {}
        #: Packages that the code is built on or calls, by import name.
        self.packages: set[str] = set()

    def code(self, ends: Sequence[Any]) -> Code:
        """Hash the code at the open ends of a value, and all code that it refers to."""
        waiting = list(pieces_of(ends))
        while waiting:
            piece = waiting.pop()
            if id(piece) not in self._nodes:
                self._kept.append(piece)
                node = self._node(piece)
                self._nodes[id(piece)] = node
                waiting.extend(pieces_of(end for e in node.entries for end in e.ends))
        return code_of(ends, self._nodes)

    def _node(self, piece: Any) -> Node:
        if isinstance(piece, types.ModuleType):
            piece = self._files.file(piece.__name__)
        if isinstance(piece, ModuleFile):
            entries = tuple(self._entries_of_file(piece))
            return Node(piece.name, entries)
        name = piece.__qualname__ if is_own(self._hasher, piece) else ""
        if isinstance(piece, type):
            entries = tuple(self._entries_of_class(piece))
            is_asked = self._is_asked(piece)
            return Node(name, entries, frozenset(_class_writes(piece, is_asked)))
        entries = tuple(self._entries_of_values(piece))
        facts = facts_of(piece.__code__)
        writes = frozenset(("", place) for place in _function_writes(piece, facts))
        if not self._hasher.ownership.is_own(defining_module(piece)):
            # A library's function counts by the values it was made with, not its code.
            return Node(name, entries, writes)
        entries = (*self._entries_of_code(piece, facts), *entries)
        return Node(name, entries, writes, facts.reads)

    def _entries_of_values(self, function: types.FunctionType) -> Iterator[Entry]:
        """The values a function was made with: defaults, closure, attributes."""
        for name, value in _defaults(function):
            place = "default", id(function), name
            yield self._entry(f"the default of {name}", value, place)
        for name, cell in _cells(function):
            value = _cell_content(cell)
            yield self._entry(f"the variable {name}", value, ("cell", id(cell)))
        for name, value in sorted(vars(function).items()):
            place = "attribute", id(function), name
            yield self._entry(f"the attribute {name}", value, place)

    def _entries_of_code(
        self, function: types.FunctionType, facts: CodeFacts
    ) -> Iterator[Entry]:
        yield Entry("", text("code", repr(in_order(facts.content))))
        yield from self._entries_of_lookups(function, facts)
        self._note_imports(facts)
        package = function.__globals__.get("__package__") or ""
        by_text = imports_in_texts(facts, function.__globals__)
        imports = sorted({*facts.imports, *by_text})
        for file in self._files.imported(imports, package):
            yield self._module_entry(file)

    def _entries_of_lookups(
        self, function: types.FunctionType, facts: CodeFacts
    ) -> Iterator[Entry]:
        found: dict[str, Entry] = {}
        names = function.__globals__
        by_text = ((name,) for name in globals_in_texts(facts, names))
        paths = sorted({*facts.lookups, *by_text})
        looked_up = [self._look_up(names, path) for path in paths]
        for (name, value, _), path in zip(looked_up, paths, strict=True):
            self._note_called(value, path[name.count(".") + 1 :])
        for name, value, place in looked_up:
            self._note_package(value)
            label = f"the global {name}"
            if label not in found:
                found[label] = self._entry(label, value, place)
            asks = _ASKS_FOR_SUBCLASSES & facts.reads
            if asks and isinstance(value, type) and is_own(self._hasher, value):
                label = f"the subclasses of {name}"
                found[label] = self._entry(label, _subclasses(value), None)
        yield from found.values()

    def _look_up(
        self, names: dict[str, Any], path: Sequence[str]
    ) -> tuple[str, Any, Place | None]:
        """Find the value of a global name, through attributes of the user's modules."""
        name, *attributes = path
        if name not in names:
            return name, getattr(builtins, name, _MISSING), None
        value, place = names[name], ("global", id(names), name)
        for attribute in attributes:
            if not isinstance(value, types.ModuleType):
                break
            if not self._hasher.ownership.is_own(value.__name__):
                return self._patch(names, path) or (name, value, place)
            inner = getattr(value, attribute, _MISSING)
            if inner is _MISSING:
                break
            place = "global", id(vars(value)), attribute
            name, value = f"{name}.{attribute}", inner
        return name, value, place

    def _note_called(self, value: Any, attributes: Sequence[str]) -> None:
        """Note a method that code calls of an object: what it writes is state."""
        if attributes and is_own(self._hasher, type(value)):
            self._hasher.note_called(value, attributes[0])

    def _patch(
        self, names: dict[str, Any], path: Sequence[str]
    ) -> tuple[str, Any, Place] | None:
        """The user's function or class that a path finds in an installed module."""
        value, place = names[path[0]], None
        for i, attribute in enumerate(path[1:], 2):
            # Not `getattr`: packages import modules when one asks for them.
            place = "global", id(vars(value)), attribute
            value = vars(value).get(attribute)
            is_code = isinstance(value, types.FunctionType | type)
            module = defining_module(value) if is_code else ""
            if module and self._hasher.ownership.is_own(module):
                return ".".join(path[:i]), value, place
            if not isinstance(value, types.ModuleType):
                return None
        return None

    def _entries_of_class(self, kind: type) -> Iterator[Entry]:
        yield Entry("", text("class", kind.__name__))
        yield self._entry("the bases", kind.__bases__, None)
        for base in kind.__bases__:
            self._note_package(base)
        yield self._entry("the metaclass", type(kind), None)
        file = compiled_file(self._hasher, kind.__module__)
        if file is not None:
            yield Entry("", file)
        if any(_ASKS_FOR_SUBCLASSES & facts.reads for facts in _facts_of_methods(kind)):
            yield self._entry("the subclasses", _subclasses(kind), None)
        is_asked = self._is_asked(kind)
        for name, value in sorted(vars(kind).items()):
            if _is_of_class(name, value):
                place = "attribute", id(kind), name
                entry = self._entry(f"the attribute {name}", value, place)
                yield replace(entry, method=_asked_for(kind, name, value, is_asked))

    def _is_asked(self, kind: type) -> bool:
        """Whether only the user's own code calls methods of a class's instances."""
        own = (
            base in _PLAIN_BASES or is_own(self._hasher, base) for base in kind.__mro__
        )
        return all(own) and not any(hasattr(kind, name) for name in _ASKED_BY_LIBRARIES)

    def _entries_of_file(self, file: ModuleFile) -> Iterator[Entry]:
        if file.facts is None:
            yield Entry("", leaf("file", [file.content]))
            return
        yield Entry("", text("code", repr(in_order(file.facts.content))))
        self._note_imports(file.facts)
        imports = sorted({*file.facts.imports, *imports_in_texts(file.facts, {})})
        for other in self._files.imported(imports, file.package):
            yield self._module_entry(other)

    def _module_entry(self, file: ModuleFile) -> Entry:
        return Entry(f"the module {file.name}", text("module"), (file,))

    def _note_package(self, value: Any) -> None:
        """Add the package of a value that code calls: its version decides too."""
        if isinstance(value, types.ModuleType):
            self._note_module(value.__name__)
        elif isinstance(value, type) or is_function(value):
            self._note_module(naming_module(value))
        else:
            self._note_module(naming_module(type(value)))

    def _note_imports(self, facts: CodeFacts) -> None:
        for name, level, _ in facts.imports:
            if level == 0:
                self._note_module(name)

    def _note_module(self, module: str) -> None:
        if module and not self._hasher.ownership.is_own(module):
            self.packages.add(module.partition(".")[0])

    def _entry(self, label: str, value: Any, place: Place | None) -> Entry:
        """One value that code refers to; a value without content counts by its type."""
        if place is None or place not in self._values:
            read = self._hasher.read(value, is_tolerant=True)
            digest, ends = read
            if place is not None:
                self._values[place] = digest, ends
                self._kept.append(value)
        else:
            digest, ends = self._values[place]
        is_plain = not isinstance(value, types.ModuleType | types.BuiltinFunctionType)
        return Entry(label, digest, ends, place, is_plain)


def _defaults(function: types.FunctionType) -> Iterator[tuple[str, Any]]:
    defaults = function.__defaults__ or ()
    code = function.__code__
    names = code.co_varnames[: code.co_argcount]
    yield from zip(names[len(names) - len(defaults) :], defaults, strict=False)
    yield from sorted((function.__kwdefaults__ or {}).items())


def _cells(function: types.FunctionType) -> Iterator[tuple[str, types.CellType]]:
    names = function.__code__.co_freevars
    yield from zip(names, function.__closure__ or (), strict=True)


def _cell_content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


def _facts_of_methods(kind: type) -> Iterator[CodeFacts]:
    for item in vars(kind).values():
        function = getattr(item, "__func__", item)
        if isinstance(function, types.FunctionType):
            yield facts_of(inspect.unwrap(function).__code__)


def _subclasses(kind: type) -> list[type]:
    """All classes derived from one that are found by name; not those of a past run."""
    found: set[type] = set()
    waiting = [kind]
    while waiting:
        new: set[type] = set(type.__subclasses__(waiting.pop())) - found
        found |= new
        waiting.extend(new)
    named = filter(is_importable, found)
    return sorted(named, key=lambda one: (one.__module__, one.__qualname__))


def _is_of_class(name: str, value: Any) -> bool:
    """Whether an attribute is part of a class's behaviour.

    Among names with two underscores only callables and descriptors are: the others are
    docstrings, annotations, and notes of Python and of libraries about the class.
    """
    if name in _NO_CODE or isinstance(value, _SLOTS):
        return False
    if name == "__hash__" and isinstance(value, types.FunctionType):
        # The method of attrs has a constant that differs in every process.
        return not value.__code__.co_filename.startswith(_OF_ATTRS)
    if name.startswith("__") and name.endswith("__"):
        return callable(value) or hasattr(type(value), "__get__")
    return True


def _function_writes(function: types.FunctionType, facts: CodeFacts) -> Iterator[Place]:
    """Places that a function writes to, except through its first argument."""
    names, cells = function.__globals__, dict(_cells(function))
    defaults = dict(_defaults(function))
    for write in facts.writes:
        name = write.path[0]
        place: Place | None = None
        if write.kind == "global" and name in names:
            start = ("global", id(names), name)
            place = _written_place(write, start, names[name])
        elif write.kind == "free" and name in cells:
            cell = cells[name]
            place = _written_place(write, ("cell", id(cell)), _cell_content(cell))
        elif write.kind == "local" and write.is_in_place and name in defaults:
            start = ("default", id(function), name)
            place = _written_place(write, start, defaults[name])
        if place is not None:
            yield place


def _asked_for(kind: type, name: str, value: Any, is_asked: bool) -> str:
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


def _class_writes(kind: type, is_asked: bool) -> Iterator[tuple[str, Place]]:
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
                    yield _asked_for(kind, name, item, is_asked), place


def _written_place(
    write: Write, start: Place | None, value: Any, steps: Sequence[str] | None = None
) -> Place | None:
    """Follow a path to the place that is written to.

    Attributes of modules, classes and functions are places of their own. A write to an
    attribute of another object is a write to the place where that object is kept.
    """
    place = start
    for name in write.path[1:] if steps is None else steps:
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
    if write.by_method and not isinstance(value, _MUTABLE):
        return None
    return place

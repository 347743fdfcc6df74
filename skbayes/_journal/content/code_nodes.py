"""Make nodes of functions, classes and modules, see `own_code`."""

from __future__ import annotations

import abc
import builtins
import inspect
import types
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Generic, Protocol

from skbayes._compat import RequestMethod
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
    is_of_script,
    naming_module,
)
from skbayes._journal.content.written_places import (
    asked_for,
    cell_content,
    cells_of,
    class_writes,
    defaults_of,
    function_writes,
)

_MISSING = object()
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
                node = replace(self._node(piece), is_imported=_is_imported(piece))
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
            return Node(name, entries, frozenset(class_writes(piece, is_asked)))
        entries = tuple(self._entries_of_values(piece))
        facts = facts_of(piece.__code__)
        writes = frozenset(("", place) for place in function_writes(piece, facts))
        if not self._hasher.ownership.is_own(defining_module(piece)):
            # A library's function counts by the values it was made with, not its code.
            return Node(name, entries, writes)
        entries = (*self._entries_of_code(piece, facts), *entries)
        return Node(name, entries, writes, facts.reads)

    def _entries_of_values(self, function: types.FunctionType) -> Iterator[Entry]:
        """The values a function was made with: defaults, closure, attributes."""
        for name, value in defaults_of(function):
            place = "default", id(function), name
            yield self._entry(f"the default of {name}", value, place)
        for name, cell in cells_of(function):
            value = cell_content(cell)
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
                yield replace(entry, method=asked_for(kind, name, value, is_asked))

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
        without = (
            partial(self._hasher.read_without, value) if _has_parts(value) else None
        )
        return Entry(label, digest, ends, place, is_plain, without=without)


def _is_imported(piece: Any) -> bool:
    """Whether a worker process imports a piece of code by its name."""
    if isinstance(piece, types.ModuleType | ModuleFile):
        return True
    # Code of scripts and notebooks is sent by value, and so is what has no such name.
    return is_importable(piece) and not is_of_script(naming_module(piece))


def _has_parts(value: Any) -> bool:
    """Whether a value is a dict, or an object that pickle saves by its attributes."""
    kind = type(value)
    if kind in (dict, types.SimpleNamespace):
        return True
    if not hasattr(value, "__dict__"):
        return False
    names = ("__reduce_ex__", "__reduce__")
    return all(getattr(kind, name) is getattr(object, name) for name in names)


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
    if isinstance(value, RequestMethod):
        # scikit-learn makes ``set_fit_request`` of the arguments of `fit`. A class that
        # was pickled by value may have more of them.
        return False
    if name == "__hash__" and isinstance(value, types.FunctionType):
        # The method of attrs has a constant that differs in every process.
        return not value.__code__.co_filename.startswith(_OF_ATTRS)
    if name.startswith("__") and name.endswith("__"):
        return callable(value) or hasattr(type(value), "__get__")
    return True

"""Reads values down to numbers and text, and hashes these.

A digest must not depend on anything that differs between runs: ids, hash seeds, the
order of sets, caches, and whether equal strings are one object. Pickle depends on the
latter, which rules out hashing a pickle.

Classes and functions of the user's own are open ends: they count by name in a digest,
and `CodeNodes` reads their code. So a change of code is distinct from other changes.
"""

from __future__ import annotations

import copyreg
import io
import types
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skbayes._compat import output_config
from skbayes._journal.content.callables import (
    CALLABLES,
    full_name,
    hidden_functions,
    own_functions,
)
from skbayes._journal.content.hasher_protocol import Ends, pieces_of
from skbayes._journal.content.known_classes import (
    as_pickled,
    has_no_effect,
    is_array_like,
    lasting_state,
)
from skbayes._journal.content.known_values import VALUES
from skbayes._journal.content.leaves import array_leaf, leaf, text
from skbayes._journal.content.own_state import state_without_own_writes
from skbayes._journal.content.ownership import Ownership, naming_module
from skbayes._values import is_estimator, native

_PLAIN = frozenset({bool, int, float, complex, str, bytes, type(None)})
#: Containers whose items `clone` clones; other objects are copied with their state.
_CLONED_ITEMWISE = (list, tuple, set, frozenset, dict)
#: Methods by which Python calls an object.
_CALLED = {"__call__", "__iter__", "__next__"}

#: Objects cached at most: tables may contain millions of them.
_MAX_KNOWN = 100_000
#: A value, its digest, and its open ends if it has any.
_Known = tuple[Any, bytes, Any]


class Hasher:
    """Reads values one after the other; equal objects by identity are read once.

    Attributes
    ----------
    packages : set of str
        Installed packages whose classes and functions were among the values.
    """

    def __init__(self) -> None:
        self.ownership = Ownership()
        self.packages: set[str] = set()
        self.patches: dict[type, dict[str, Any]] = {}
        self._inside: dict[int, int] = {}
        self._open_ends: list[Any] = []
        #: Least depth that a cycle has referred to while the present object is read.
        self._shallowest = 0
        self._is_cloned = False
        self.is_tolerant = False
        self._known: dict[tuple[int, bool, bool], _Known] = {}
        #: Objects with the names of their methods that are called, by id.
        self._called: dict[int, tuple[Any, set[str]]] = {}
        #: Names of attributes that do not count, by the id of their object.
        self._left_out: dict[int, frozenset[str]] = {}
        #: Ids of the objects being read that others may refer to too.
        self._objects: set[int] = set()
        #: Ids of the dicts being read that hold attributes or arguments by name.
        self._attributes: set[int] = set()

    def read(
        self, value: Any, *, is_cloned: bool = False, is_tolerant: bool = False
    ) -> tuple[bytes, tuple[Any, ...]]:
        """Hash of a value and its open ends.

        Parameters
        ----------
        value : object
            Anything.
        is_cloned : bool, default=False
            Whether the value is cloned before use, so that fitted attributes of its
            estimators do not count.
        is_tolerant : bool, default=False
            Whether a value without content counts by its type instead of raising.

        Returns
        -------
        digest : bytes
            The user's own classes and functions count in it by name.
        open_ends : tuple of object
            These classes and functions, in the order they were read.

        Raises
        ------
        TypeError
            If a value has no readable content: locks, open files, generators.
        """
        with self._mode(is_cloned, is_tolerant), self._ends_apart() as ends:
            inside, self._inside = self._inside, {}
            try:
                return self.digest(value), tuple(ends)
            except RecursionError:
                return self.unreadable(value, "it is nested too deeply"), ()
            finally:
                self._inside = inside

    def read_without(
        self, value: Any, names: frozenset[str]
    ) -> tuple[bytes, tuple[Any, ...]]:
        """Read a dict without some keys, or an object without some attributes."""
        if type(value) is dict:
            value = {key: item for key, item in value.items() if key not in names}
            return self.read(value, is_tolerant=True)
        # Other digests of the object, with these attributes, are not used.
        known, self._known = self._known, {}
        self._left_out = {id(value): names}
        try:
            return self.read(value, is_tolerant=True)
        finally:
            self._known, self._left_out = known, {}

    def digest(self, value: Any) -> bytes:
        """Hash of any value; a numpy scalar has the hash of the equal Python value."""
        value = native(value)
        kind = type(value)
        if kind in _PLAIN:
            return text(kind.__name__, repr(value))
        if id(value) in self._inside:
            # A value inside itself: by the number of levels up, which is the same for
            # equal cycles wherever they stand.
            depth = self._inside[id(value)]
            self._shallowest = min(self._shallowest, depth)
            return text("cycle", str(len(self._inside) - depth))
        is_cloned = self._is_cloned and (
            kind in _CLONED_ITEMWISE or is_estimator(value)
        )
        before, self._is_cloned = self._is_cloned, is_cloned
        try:
            return self._remembered(value)
        finally:
            self._is_cloned = before

    def _remembered(self, value: Any) -> bytes:
        """Read a value, or take its digest from the cache."""
        key = (id(value), self._is_cloned, self.is_tolerant)
        known = self._known.get(key)
        if known is None:
            known = self._read_apart(value, key)
        _, digest, end = known
        if end is not None:
            self._open_ends.append(end)
        return digest

    def _read_apart(self, value: Any, key: tuple[int, bool, bool]) -> _Known:
        """Read a value, join its open ends to one, and cache the result."""
        depth = len(self._inside)
        self._inside[id(value)] = depth
        shallowest, self._shallowest = self._shallowest, depth
        try:
            with self._ends_apart() as ends:
                digest = self._read(value)
        finally:
            del self._inside[id(value)]
        end = ends[0] if len(ends) == 1 else Ends(tuple(ends)) if ends else None
        # The value is kept alive, so that no other object gets its id.
        known = value, digest, end
        # A digest that refers to an object further out is valid in this place only.
        is_whole = self._shallowest >= depth
        if is_whole and len(self._known) < _MAX_KNOWN and key[0] in self._objects:
            self._known[key] = known
        self._objects.discard(key[0])
        self._shallowest = min(shallowest, self._shallowest)
        return known

    def _read(self, value: Any) -> bytes:
        if is_estimator(value):
            return self._estimator(value)
        is_file = isinstance(value, io.BytesIO | io.StringIO)
        is_iterator = hasattr(type(value), "__next__") and not is_file
        if self.is_tolerant and is_iterator and not self._is_of_own_type(value):
            return self._state_of_the_program(value)
        for is_of_kind, read in _METHODS:
            if is_of_kind(value):
                return read(self, value)
        for is_it, read_it in (*VALUES, *CALLABLES):
            if is_it(self, value):
                return read_it(self, value)
        return self._object(value)

    def node(self, tag: str, *parts: Any) -> bytes:
        """Hash of several values under a tag; dicts among them hold attributes."""
        attributes = {id(part) for part in parts if type(part) is dict}
        self._attributes |= attributes
        try:
            return leaf(tag, map(self.digest, parts))
        finally:
            self._attributes -= attributes

    @contextmanager
    def _mode(self, is_cloned: bool, is_tolerant: bool) -> Iterator[None]:
        before = self._is_cloned, self.is_tolerant
        self._is_cloned, self.is_tolerant = is_cloned, is_tolerant
        try:
            yield
        finally:
            self._is_cloned, self.is_tolerant = before

    @contextmanager
    def _ends_apart(self) -> Iterator[list[Any]]:
        """Collect open ends in a separate list."""
        before, self._open_ends = self._open_ends, []
        try:
            yield self._open_ends
        finally:
            self._open_ends = before

    def _sequence(self, value: Sequence[Any]) -> bytes:
        """Items in order; plain ones in one piece, for lists of millions."""
        tag = type(value).__name__
        if not _PLAIN.issuperset(map(type, value)):
            value = list(map(native, value))
        if _PLAIN.issuperset(map(type, value)):
            items = ",".join(map(repr, value))
            return leaf(tag, [b"plain", items.encode("utf-8", "backslashreplace")])
        return leaf(tag, map(self.digest, value))

    def _mapping(self, value: Mapping[Any, Any]) -> bytes:
        """Items in any order, but steps in theirs: they may be taken one by one."""
        if id(value) not in self._attributes and any(
            map(self._is_step, value.values())
        ):
            return leaf("steps", map(self.digest, chain.from_iterable(value.items())))
        return leaf("dict", self._unordered(value.items()))

    def _is_step(self, value: Any) -> bool:
        if self.is_tolerant and type(value) in (list, tuple):
            return any(map(callable, value))
        return callable(value) or is_estimator(value)

    def _set(self, value: Iterable[Any]) -> bytes:
        tag = "frozenset" if isinstance(value, frozenset) else "set"
        items = leaf(tag, self._unordered((item,) for item in value))
        if type(value) in (set, frozenset):
            return items
        return leaf(tag, [items, self.node("kind", type(value), _attributes(value))])

    def _unordered(self, groups: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
        """Digests in sorted order, with their open ends in the same order."""
        found: list[tuple[bytes, str, list[Any]]] = []
        for group in groups:
            with self._ends_apart() as ends:
                digest = b"".join(map(self.digest, group))
            texts = [_code_text(piece) for piece in pieces_of(ends)]
            found.append((digest, repr(texts), ends))
        for digest, _, ends in sorted(found, key=lambda one: one[:2]):
            self._open_ends.extend(ends)
            yield digest

    def _array(self, value: np.ndarray[Any, Any]) -> bytes:
        if isinstance(value, np.ma.MaskedArray):
            # Values under the mask too: scikit-learn sees them, and not the mask.
            values, mask = np.ma.getdata(value), np.ma.getmaskarray(value)
            return self.node("masked", values, mask, np.asarray(value.fill_value))
        if type(value) not in (np.ndarray, np.memmap):
            parts = np.asarray(value), type(value), _attributes(value)
            return self.node("subclass of array", *parts)
        if value.dtype.hasobject:
            tag = f"objects {value.dtype.descr} {value.shape}"
            return leaf(tag, [self._sequence(value.ravel().tolist())])
        return array_leaf(value)

    def _estimator(self, value: Any) -> bytes:
        """Class, parameters and the choice of `set_output` of a cloned estimator.

        An estimator that is not cloned, or defines `__sklearn_clone__` itself, may keep
        its fitted state (`FrozenEstimator`): it and all inside count by their state.
        """
        own_clone = getattr(type(value), "__sklearn_clone__", None)
        if not self._is_cloned or own_clone not in (
            None,
            BaseEstimator.__sklearn_clone__,
        ):
            with self._mode(False, self.is_tolerant):
                return self._object(value)
        self._objects.add(id(value))
        params = value.get_params(deep=False)
        kept = {
            name: item
            for name, item in params.items()
            if not has_no_effect(type(value), name, item)
        }
        return self.node("estimator", type(value), kept, output_config(value))

    def open_end(self, tag: str, value: Any) -> bytes:
        """Hash of a name; notes the object as an open end, whose code is read later."""
        self._open_ends.append(value)
        return text(f"own {tag}", value.__name__)

    def note_package(self, value: Any) -> None:
        """Note the package of a class or function."""
        if not self.is_tolerant:
            self.packages.add(naming_module(value).partition(".")[0])

    def note_called(self, value: Any, method: str) -> None:
        """Note a method that is called of an object, which is read next."""
        self._called.setdefault(id(value), (value, set(_CALLED)))[1].add(method)

    def _state_of_the_program(self, value: Any) -> bytes:
        """Type of a value without content, and the functions hidden in it."""
        tag, name = "state of the program", type(value).__name__
        hidden = hidden_functions(value)
        return self.node(tag, name, hidden) if hidden else text(tag, name)

    def unreadable(self, value: Any, reason: str) -> bytes:
        """Hash of the type of a value without content, or an error with the reason."""
        if self.is_tolerant:
            return self._state_of_the_program(value)
        raise TypeError(
            "The `journal` parameter needs to know when two searches are the same, but "
            f"a {full_name(type(value))} has no content that could be compared: "
            f"{reason}. Leave it out of the estimator, the search space, the scoring "
            "and the fit parameters, or set journal=None."
        )

    def _object(self, value: Any) -> bytes:
        """Read the state that pickle would save."""
        self._objects.add(id(value))
        try:
            reduced = as_pickled(value)
        except Exception as error:
            if is_array_like(value):
                return self.node("array of", type(value), np.asarray(value))
            return self.unreadable(value, str(error))
        if isinstance(reduced, str):
            return self.node(f"object {reduced}", type(value))
        function, args, state, items, pairs = (*reduced, None, None, None)[:5]
        if isinstance(state, dict):
            state = lasting_state(type(value), state)
            # Nothing left is nothing: an object without attributes has no state at all.
            state = self._state_of_callable(value, state) or None
        parts = [function, args, state, list(items or ()), list(pairs or ())]
        if function is not copyreg.__newobj__:  # type: ignore[attr-defined]
            # Its own way of pickling may tell a function by its name alone.
            parts += [own] if (own := own_functions(self, value)) else []
        return self.node("object", type(value), *parts)

    def _is_of_own_type(self, value: Any) -> bool:
        return self.ownership.is_own(naming_module(type(value)))

    def _state_of_callable(self, value: Any, state: dict[str, Any]) -> dict[str, Any]:
        """State of an object, without the attributes that it writes while it is called.

        The learned attributes of an estimator count.
        """
        left_out = self._left_out.get(id(value), frozenset())
        state = {name: item for name, item in state.items() if name not in left_out}
        if is_estimator(value) or not self._is_of_own_type(value):
            return state
        _, methods = self._called.get(id(value), (value, _CALLED))
        return state_without_own_writes(type(value), state, methods)


def _code_text(end: Any) -> str:
    """Text that distinguishes open ends of one name, for sorting only."""
    code = getattr(end, "__code__", None)
    return "" if code is None else repr((code.co_code, code.co_names))


def _attributes(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = getattr(value, "__dict__", {})
    return found


def _is_just(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: type(value) in kinds


#: Conditions and the methods that read their values; the first match is used. Others
#: are in `VALUES` and `CALLABLES`.
_METHODS: tuple[tuple[Callable[[Any], bool], Callable[[Hasher, Any], bytes]], ...] = (
    (_is_just(list, tuple), Hasher._sequence),
    (_is_just(dict, types.MappingProxyType), Hasher._mapping),
    (lambda value: isinstance(value, set | frozenset), Hasher._set),
    (lambda value: isinstance(value, np.ndarray), Hasher._array),
)

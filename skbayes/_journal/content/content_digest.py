"""When two objects are the same, also if seen by two processes on two days.

`content_digest` reads an object down to numbers and text and hashes those. It must
not depend on anything that differs between runs: addresses, hash seeds, the order
of sets, whether equal strings are one object (which pickle notes), caches.
"""

from __future__ import annotations

import copyreg
import functools
import hashlib
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import scipy.stats
from scipy import sparse
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from skbayes._evaluation.table_content import columns_of, is_table

_PLAIN = frozenset({bool, int, float, complex, str, bytes, type(None)})
#: Parameters that say how a result is computed, never what it is.
_WITHOUT_EFFECT = frozenset({"n_jobs", "verbose", "pre_dispatch", "memory", "journal"})
_CHUNK_BYTES = 1 << 24
_GENERATORS = (np.random.RandomState, np.random.Generator, np.random.BitGenerator)
_NAMED = (
    types.BuiltinFunctionType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    types.MethodDescriptorType,
    np.ufunc,
)


def content_digest(value: Any) -> bytes:
    """Hash of what a value is, 32 bytes, equal in every process.

    Arrays, sparse matrices and data frames count by their content; estimators by
    class and parameters (a frozen one by all it has learned); functions by name,
    code, defaults and closure, not by what they look up when called; random
    generators by their state; other objects by what pickle would save of them.

    Raises
    ------
    TypeError
        If a value has no content that could be read: locks, open files, generators.
    """
    return _Reader().digest(value)


def _leaf(tag: str, chunks: Iterable[bytes]) -> bytes:
    """Hash of raw content under a tag that says what it is."""
    digest = hashlib.sha256(tag.encode("utf-8", "backslashreplace") + b"\0")
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def _text(tag: str, *texts: str) -> bytes:
    return _leaf(tag, [repr(texts).encode("utf-8", "backslashreplace")])


def name_of(value: Any) -> str:
    """Give the module and qualified name of a class or function."""
    module = getattr(value, "__module__", None) or ""
    # A script is `__mp_main__` in the processes it spawns.
    module = "__main__" if module == "__mp_main__" else module
    return f"{module}.{getattr(value, '__qualname__', None) or value.__name__}"


class _Reader:
    """Reads one value to the bottom; knows what it is inside of."""

    def __init__(self) -> None:
        self._inside: list[int] = []
        self._is_frozen = False

    def digest(self, value: Any) -> bytes:
        """Hash of `value`, whatever it is."""
        kind = type(value)
        if kind in _PLAIN:
            return _text(kind.__name__, repr(value))
        if id(value) in self._inside:
            depth = len(self._inside) - self._inside.index(id(value))
            return _text("cycle", str(depth))
        self._inside.append(id(value))
        try:
            return self._read(value)
        finally:
            self._inside.pop()

    def _read(self, value: Any) -> bytes:
        if hasattr(value, "get_params") and not isinstance(value, type):
            return self._estimator(value)
        for is_of_kind, read in _READERS:
            if is_of_kind(value):
                return read(self, value)
        return self._object(value)

    def _node(self, tag: str, *parts: Any) -> bytes:
        return _leaf(tag, map(self.digest, parts))

    # ------------------------------------------------------------- containers

    def _sequence(self, value: Sequence[Any]) -> bytes:
        """Items in order; plain ones in one go, for lists with millions of them."""
        tag = name_of(type(value))
        if _PLAIN.issuperset(map(type, value)):
            items = ",".join(map(repr, value))
            return _leaf(tag, [b"plain", items.encode("utf-8", "backslashreplace")])
        return _leaf(tag, map(self.digest, value))

    def _mapping(self, value: Mapping[Any, Any]) -> bytes:
        pairs = (self.digest(k) + self.digest(v) for k, v in value.items())
        return _leaf(name_of(type(value)), sorted(pairs))

    def _set(self, value: Iterable[Any]) -> bytes:
        return _leaf(name_of(type(value)), sorted(map(self.digest, value)))

    # ------------------------------------------------------------------- data

    def _array(self, value: np.ndarray[Any, Any]) -> bytes:
        """Values in C order, however they lie in memory."""
        if isinstance(value, np.ma.MaskedArray):
            return self._node("masked", value.filled(), np.ma.getmaskarray(value))
        dtype = value.dtype
        tag = f"array {dtype.name} {dtype.str} {dtype.descr} {value.shape}"
        if dtype.hasobject:
            return _leaf(tag, [self._sequence(value.ravel().tolist())])
        if value.ndim == 0 or value.size == 0:
            return _leaf(tag, [value.tobytes()])
        step = max(1, _CHUNK_BYTES * len(value) // max(1, value.nbytes))
        starts = range(0, len(value), step)
        return _leaf(tag, (value[i : i + step].tobytes() for i in starts))

    def _sparse(self, value: Any) -> bytes:
        """Format and entries; entries in canonical order, as fits may sort them."""
        if value.format in ("lil", "dok", "dia"):
            value = value.tocoo()
        if not getattr(value, "has_canonical_format", True):
            value = value.copy()
            value.sum_duplicates()
        names = ("data", "indices", "indptr", "row", "col")
        arrays = [np.asarray(getattr(value, n)) for n in names if hasattr(value, n)]
        parts = [a.astype(np.int64) if a.dtype.kind == "i" else a for a in arrays[1:]]
        return self._node("sparse", value.format, value.shape, arrays[0], *parts)

    def _table(self, value: Any) -> bytes:
        tag = f"table {name_of(type(value))}"
        return _leaf(tag, map(self.digest, columns_of(value)))

    # -------------------------------------------------------- scikit-learn's

    def _estimator(self, value: Any) -> bytes:
        """Class, parameters and what `set_output` chose.

        A class that decides for itself how it is cloned may keep what it has
        learned (`FrozenEstimator`): it and all inside count by their whole state.
        """
        if self._is_frozen:
            return self._object(value)
        own_clone = getattr(type(value), "__sklearn_clone__", None)
        if own_clone not in (None, BaseEstimator.__sklearn_clone__):
            self._is_frozen = True
            try:
                return self._object(value)
            finally:
                self._is_frozen = False
        params = value.get_params(deep=False)
        kept = {k: v for k, v in params.items() if k not in _WITHOUT_EFFECT}
        carried = {
            name: item
            for name, item in getattr(value, "__dict__", {}).items()
            if name not in params and not name.endswith("_") and _is_plain_dict(item)
        }
        return self._node(f"estimator {name_of(type(value))}", kept, carried)

    # -------------------------------------------------- functions and classes

    def _class(self, value: type) -> bytes:
        return _text("class", name_of(value))

    def _module(self, value: types.ModuleType) -> bytes:
        return _text("module", value.__name__)

    def _function(self, value: types.FunctionType) -> bytes:
        return self._node(
            f"function {name_of(value)}",
            value.__code__,
            value.__defaults__,
            value.__kwdefaults__,
            [_cell_content(cell) for cell in value.__closure__ or ()],
        )

    def _code(self, value: types.CodeType) -> bytes:
        """Read what is executed; not the file and the lines it stands in."""
        return self._node(
            "code",
            value.co_code,
            value.co_consts,
            value.co_names,
            value.co_varnames,
            value.co_freevars,
        )

    def _method(self, value: types.MethodType) -> bytes:
        return self._node("method", value.__func__, value.__self__)

    def _partial(self, value: functools.partial[Any]) -> bytes:
        return self._node("partial", value.func, value.args, value.keywords)

    def _named(self, value: Any) -> bytes:
        """Compiled functions, by name and the object they are bound to."""
        owner = getattr(value, "__self__", None)
        owner = None if isinstance(owner, types.ModuleType) else owner
        return self._node("builtin", name_of(value), owner)

    # ---------------------------------------------------------- random things

    def _generator(self, value: Any) -> bytes:
        if value is check_random_state(None):
            return _text("the global random state")
        if isinstance(value, np.random.RandomState):
            return self._node("RandomState", value.get_state(legacy=False))
        bits = getattr(value, "bit_generator", value)
        return self._node("Generator", bits.state)

    def _distribution(self, value: Any) -> bytes:
        """Read a frozen distribution: its family and parameters.

        Not the random state it draws from, which copying and pickling change.
        """
        family, name = value.dist, value.dist.name
        if type(getattr(scipy.stats, name, None)) is type(family):
            family = None
        tag = f"distribution {name_of(type(value))}"
        return self._node(tag, name, family, value.args, value.kwds)

    # -------------------------------------------------------------- the rest

    def _object(self, value: Any) -> bytes:
        """Read what pickle would save."""
        tag = f"object {name_of(type(value))}"
        reduced = _reduce(value)
        if isinstance(reduced, str):
            return _text(tag, reduced)
        function, args, state, items, pairs = (*reduced, None, None, None)[:5]
        if isinstance(state, dict):
            state = _lasting(value, state)
        return self._node(
            tag, function, args, state, list(items or ()), list(pairs or ())
        )


def _reduce(value: Any) -> str | tuple[Any, ...]:
    registered = copyreg.dispatch_table.get(type(value))
    try:
        reduced: str | tuple[Any, ...] = (
            registered(value) if registered else value.__reduce_ex__(4)
        )
    except Exception as error:
        raise TypeError(
            "The `journal` parameter needs to know when two searches are the same, "
            f"but a {name_of(type(value))} has no content that could be compared: "
            f"{error}. Leave it out of the estimator, the search space, the scoring "
            "and the fit parameters, or set journal=None."
        ) from error
    return reduced


def _lasting(value: Any, state: Mapping[str, Any]) -> dict[str, Any]:
    """Pick the attributes that make up an object, without caches.

    Of scipy's distributions also without the generator they draw from.
    """
    kind = type(value)
    is_scipy = kind.__module__.partition(".")[0] == "scipy"
    return {
        name: item
        for name, item in state.items()
        if not isinstance(getattr(kind, str(name), None), functools.cached_property)
        and not (is_scipy and isinstance(item, _GENERATORS))
    }


def _cell_content(cell: types.CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return None


def _is_plain_dict(value: Any) -> bool:
    return isinstance(value, dict) and _PLAIN.issuperset(map(type, value.values()))


def _is(*kinds: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kinds)


def _is_distribution(value: Any) -> bool:
    return all(hasattr(value, name) for name in ("dist", "args", "kwds", "rvs"))


#: Which method reads what, the first that matches; anything else is an object.
_READERS: tuple[tuple[Callable[[Any], bool], Callable[[_Reader, Any], bytes]], ...] = (
    (_is(list, tuple), _Reader._sequence),
    (_is(dict, types.MappingProxyType), _Reader._mapping),
    (_is(set, frozenset), _Reader._set),
    (_is(np.ndarray), _Reader._array),
    (sparse.issparse, _Reader._sparse),
    (is_table, _Reader._table),
    (_is(type), _Reader._class),
    (_is(types.ModuleType), _Reader._module),
    (_is(types.FunctionType), _Reader._function),
    (_is(types.CodeType), _Reader._code),
    (_is(types.MethodType), _Reader._method),
    (_is(functools.partial), _Reader._partial),
    (_is(*_NAMED), _Reader._named),
    (_is(*_GENERATORS), _Reader._generator),
    (_is_distribution, _Reader._distribution),
)

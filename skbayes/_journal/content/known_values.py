"""Read values of known types that have a content of their own; part of `Hasher`."""

from __future__ import annotations

import contextvars
import datetime
import decimal
import fractions
import io
import logging
import os
import struct
import sys
import threading
import types
import uuid
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats
from joblib import Memory
from scipy import sparse
from sklearn.utils import check_random_state

from skbayes._journal.content.bytecode import facts_of, in_order
from skbayes._journal.content.callables import patches_of
from skbayes._journal.content.data_frames import columns_of, is_table, type_name
from skbayes._journal.content.hasher_protocol import HasherProtocol
from skbayes._journal.content.known_classes import GENERATORS
from skbayes._journal.content.leaves import canonical_sparse, leaf, text
from skbayes._journal.content.ownership import naming_module

#: Types whose repr is their whole content, and the packages of these types.
_SAID_BY_REPR = (
    datetime.date,
    datetime.time,
    datetime.timedelta,
    decimal.Decimal,
    fractions.Fraction,
    uuid.UUID,
    type(Ellipsis),
    range,
)
_PACKAGES_OF_THESE = {type_.__module__ for type_ in _SAID_BY_REPR} | {"pandas"}

#: Classes that code meets where it handles data frames.
_TYPES_OF_TABLES = {
    "pandas": ("DataFrame", "Series", "Index"),
    "polars": ("DataFrame", "Series", "Expr", "LazyFrame"),
}

Read = Callable[[HasherProtocol, Any], bytes]


def _sparse(hasher: HasherProtocol, value: Any) -> bytes:
    return hasher.node("sparse", *canonical_sparse(value))


def _table(hasher: HasherProtocol, value: Any) -> bytes:
    kind = type(value)
    tag = f"table {kind.__module__.partition('.')[0]} {type_name(value)}"
    content = leaf(tag, map(hasher.digest, columns_of(value)))
    if patches := _patches_of_tables(hasher, kind):
        content = hasher.node("patched table", content, patches)
    if not hasher.ownership.is_own(naming_module(kind)):
        return content
    # A type of the user's: its methods, and what pandas copies with its frames.
    names = getattr(kind, "_metadata", ())
    beside = {name: getattr(value, name, None) for name in names}
    return hasher.node("own table", content, kind, beside)


def _patches_of_tables(hasher: HasherProtocol, kind: type) -> dict[str, Any]:
    """Methods and accessors that the user has added to data frames and series.

    Code calls them of its data, so that no name leads to them.
    """
    bases = [base.__module__.partition(".")[0] for base in kind.__mro__]
    found: dict[str, Any] = {}
    for package, names in _TYPES_OF_TABLES.items():
        for name in names if package in bases else ():
            found |= patches_of(hasher, getattr(sys.modules[package], name))
    return found


def _said_by_repr(hasher: HasherProtocol, value: Any) -> bytes:
    return text(type(value).__name__, repr(value))


def _generator(hasher: HasherProtocol, value: Any) -> bytes:
    if value is check_random_state(None):
        return text("the global random state")
    if isinstance(value, np.random.RandomState):
        return hasher.node("RandomState", value.get_state(legacy=False))
    bits = getattr(value, "bit_generator", value)
    if hasher.is_tolerant and isinstance(value, np.random.Generator):
        # A generator that code draws from changes its state, but not its seed.
        seed = getattr(bits, "seed_seq", None)
        return hasher.node("seeded", type(bits).__name__, getattr(seed, "state", None))
    return hasher.node("Generator", bits.state)


def _distribution(hasher: HasherProtocol, value: Any) -> bytes:
    """Read a frozen distribution: its family and parameters.

    Not its random state, which copying and pickling change.
    """
    family, name = value.dist, value.dist.name
    if type(getattr(scipy.stats, name, None)) is type(family):
        family = None
    tag = f"distribution {type(value).__name__}"
    return hasher.node(tag, name, family, value.args, value.kwds)


def _of_the_process(hasher: HasherProtocol, value: Any) -> bytes:
    # Loggers, environment variables and caches change no result.
    return text("of the process", type(value).__name__)


def _buffer(hasher: HasherProtocol, value: Any) -> bytes:
    return hasher.node("memoryview", value.format, value.shape, value.tobytes())


def _struct(hasher: HasherProtocol, value: Any) -> bytes:
    return hasher.node("struct", value.format)


def _context_variable(hasher: HasherProtocol, value: Any) -> bytes:
    # Its value here and now, which is that of the fits unless they set it.
    try:
        content = [value.get()]
    except LookupError:  # not set, and no default
        content = []
    return hasher.node("context variable", value.name, content)


def _in_memory(hasher: HasherProtocol, value: Any) -> bytes:
    # Not the place up to which it is read: reading changes that.
    return hasher.node(type(value).__name__, value.getvalue())


def _referent(hasher: HasherProtocol, value: Any) -> bytes:
    return hasher.node("weak reference", value())


def _compiled(hasher: HasherProtocol, value: Any) -> bytes:
    return text("compiled", repr(in_order(facts_of(value).content)))


def _thread_local(hasher: HasherProtocol, value: Any) -> bytes:
    return hasher.node("thread local", type(value), vars(value))


def _is_said_by_repr(value: Any) -> bool:
    package = type(value).__module__.partition(".")[0]
    return isinstance(value, _SAID_BY_REPR) and package in _PACKAGES_OF_THESE


def _is_distribution(value: Any) -> bool:
    return {"dist", "args", "kwds"} <= getattr(value, "__dict__", {}).keys()


#: Conditions and the functions that read their values; the first match is used.
VALUES: tuple[tuple[Callable[[HasherProtocol, Any], bool], Read], ...] = (
    (lambda hasher, value: sparse.issparse(value), _sparse),
    (lambda hasher, value: is_table(value), _table),
    (lambda hasher, value: _is_said_by_repr(value), _said_by_repr),
    (lambda hasher, value: isinstance(value, GENERATORS), _generator),
    (lambda hasher, value: _is_distribution(value), _distribution),
    (lambda hasher, value: isinstance(value, memoryview), _buffer),
    (lambda hasher, value: isinstance(value, struct.Struct), _struct),
    (lambda hasher, value: isinstance(value, io.BytesIO | io.StringIO), _in_memory),
    (lambda hasher, value: isinstance(value, weakref.ReferenceType), _referent),
    (lambda hasher, value: isinstance(value, types.CodeType), _compiled),
    (
        lambda hasher, value: isinstance(value, contextvars.ContextVar),
        _context_variable,
    ),
    (lambda hasher, value: isinstance(value, threading.local), _thread_local),
    (lambda hasher, value: value is os.environ, _of_the_process),
    (
        lambda hasher, value: isinstance(value, (logging.Filterer, Memory)),
        _of_the_process,
    ),
)

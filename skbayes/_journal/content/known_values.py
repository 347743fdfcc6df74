"""Read values of known types that have a content of their own; part of `Reader`."""

from __future__ import annotations

import contextvars
import datetime
import decimal
import fractions
import io
import logging
import os
import struct
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
from skbayes._journal.content.data_frames import columns_of, is_table
from skbayes._journal.content.known_classes import GENERATORS
from skbayes._journal.content.leaves import canonical_sparse, leaf, text
from skbayes._journal.content.reading import Reading

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

Read = Callable[[Reading, Any], bytes]


def _sparse(reader: Reading, value: Any) -> bytes:
    return reader.node("sparse", *canonical_sparse(value))


def _table(reader: Reading, value: Any) -> bytes:
    kind = type(value)
    tag = f"table {kind.__module__.partition('.')[0]} {kind.__name__}"
    return leaf(tag, map(reader.digest, columns_of(value)))


def _said_by_repr(reader: Reading, value: Any) -> bytes:
    return text(type(value).__name__, repr(value))


def _generator(reader: Reading, value: Any) -> bytes:
    if value is check_random_state(None):
        return text("the global random state")
    if isinstance(value, np.random.RandomState):
        return reader.node("RandomState", value.get_state(legacy=False))
    bits = getattr(value, "bit_generator", value)
    if reader.is_tolerant and isinstance(value, np.random.Generator):
        # A generator that code draws from changes its state, but not its seed.
        seed = getattr(bits, "seed_seq", None)
        return reader.node("seeded", type(bits).__name__, getattr(seed, "state", None))
    return reader.node("Generator", bits.state)


def _distribution(reader: Reading, value: Any) -> bytes:
    """Read a frozen distribution: its family and parameters.

    Not its random state, which copying and pickling change.
    """
    family, name = value.dist, value.dist.name
    if type(getattr(scipy.stats, name, None)) is type(family):
        family = None
    tag = f"distribution {type(value).__name__}"
    return reader.node(tag, name, family, value.args, value.kwds)


def _of_the_process(reader: Reading, value: Any) -> bytes:
    # Loggers, environment variables and caches change no result.
    return text("of the process", type(value).__name__)


def _buffer(reader: Reading, value: Any) -> bytes:
    return reader.node("memoryview", value.format, value.shape, value.tobytes())


def _struct(reader: Reading, value: Any) -> bytes:
    return reader.node("struct", value.format)


def _context_variable(reader: Reading, value: Any) -> bytes:
    # Its value here and now, which is that of the fits unless they set it.
    try:
        content = [value.get()]
    except LookupError:  # not set, and no default
        content = []
    return reader.node("context variable", value.name, content)


def _in_memory(reader: Reading, value: Any) -> bytes:
    # Not the place up to which it is read: reading changes that.
    return reader.node(type(value).__name__, value.getvalue())


def _referent(reader: Reading, value: Any) -> bytes:
    return reader.node("weak reference", value())


def _compiled(reader: Reading, value: Any) -> bytes:
    return text("compiled", repr(in_order(facts_of(value).content)))


def _thread_local(reader: Reading, value: Any) -> bytes:
    return reader.node("thread local", type(value), vars(value))


def _is_said_by_repr(value: Any) -> bool:
    package = type(value).__module__.partition(".")[0]
    return isinstance(value, _SAID_BY_REPR) and package in _PACKAGES_OF_THESE


def _is_distribution(value: Any) -> bool:
    return {"dist", "args", "kwds"} <= getattr(value, "__dict__", {}).keys()


#: Conditions and the functions that read their values; the first match is used.
VALUES: tuple[tuple[Callable[[Reading, Any], bool], Read], ...] = (
    (lambda reader, value: sparse.issparse(value), _sparse),
    (lambda reader, value: is_table(value), _table),
    (lambda reader, value: _is_said_by_repr(value), _said_by_repr),
    (lambda reader, value: isinstance(value, GENERATORS), _generator),
    (lambda reader, value: _is_distribution(value), _distribution),
    (lambda reader, value: isinstance(value, memoryview), _buffer),
    (lambda reader, value: isinstance(value, struct.Struct), _struct),
    (lambda reader, value: isinstance(value, io.BytesIO | io.StringIO), _in_memory),
    (lambda reader, value: isinstance(value, weakref.ReferenceType), _referent),
    (lambda reader, value: isinstance(value, types.CodeType), _compiled),
    (
        lambda reader, value: isinstance(value, contextvars.ContextVar),
        _context_variable,
    ),
    (lambda reader, value: isinstance(value, threading.local), _thread_local),
    (lambda reader, value: value is os.environ, _of_the_process),
    (
        lambda reader, value: isinstance(value, (logging.Filterer, Memory)),
        _of_the_process,
    ),
)

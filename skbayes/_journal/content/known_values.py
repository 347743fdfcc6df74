"""Read values of known types that have a content of their own; part of `Reader`."""

from __future__ import annotations

import datetime
import decimal
import fractions
import logging
import os
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy.stats
from joblib import Memory
from scipy import sparse
from sklearn.utils import check_random_state

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
    (lambda reader, value: value is os.environ, _of_the_process),
    (
        lambda reader, value: isinstance(value, (logging.Filterer, Memory)),
        _of_the_process,
    ),
)

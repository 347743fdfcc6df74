"""Size, equality and copies of transformed data."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import numpy as np
from scipy import sparse

#: Levels of nested containers that are measured.
_DEPTH = 6
#: Bytes assumed for an object of unknown size.
_UNKNOWN = 256
#: Packages whose models are memory of compiled code.
_COMPILED = frozenset({"xgboost", "lightgbm", "_catboost"})
#: Elements of a container that are measured; the others count as their mean.
_SAMPLE = 64


def n_bytes(value: Any, depth: int = _DEPTH) -> int:
    """Estimate the memory of a value; shared parts count once for each use."""
    if isinstance(value, np.ndarray):
        if value.dtype != object:
            return int(value.nbytes)
        return int(value.nbytes) + _sampled(value.ravel(), depth)
    if sparse.issparse(value):
        return sum(n_bytes(part, depth) for part in _sparse_parts(value))
    if hasattr(value, "memory_usage"):  # pandas
        return int(np.sum(value.memory_usage(deep=True)))
    if hasattr(value, "estimated_size"):  # polars
        return int(value.estimated_size())
    if type(value).__module__.partition(".")[0] in _COMPILED:
        return _compiled_bytes(value)
    if depth == 0:
        return _UNKNOWN
    if isinstance(value, dict):
        items = list(value.items())
        return sys.getsizeof(value) + _sampled(items, depth)
    if isinstance(value, list | tuple | set | frozenset):
        return sys.getsizeof(value) + _sampled(list(value), depth)
    if isinstance(value, str | bytes | int | float | bool | type | None):
        return sys.getsizeof(value)
    attributes = getattr(value, "__dict__", None)
    return _UNKNOWN + (n_bytes(attributes, depth - 1) if attributes else 0)


def _compiled_bytes(model: Any) -> int:
    """Bytes of a model of a boosting library, which Python sees from outside."""
    try:
        if hasattr(model, "_serialize_model"):
            return len(model._serialize_model())
        return len(pickle.dumps(model))
    except Exception:
        return _UNKNOWN


def _sampled(values: Any, depth: int) -> int:
    n = len(values)
    if n <= _SAMPLE:
        return sum(n_bytes(value, depth - 1) for value in values)
    step = n // _SAMPLE
    looked_at = [values[i] for i in range(0, n, step)]
    total = sum(n_bytes(value, depth - 1) for value in looked_at)
    return int(total * n / len(looked_at))


def is_bitwise_equal(a: Any, b: Any) -> bool:
    """Whether two outputs are equal to the last bit; False for unknown types."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return _is_same_array(a, b)
    if sparse.issparse(a):
        mine, theirs = _sparse_parts(a), _sparse_parts(b)
        return len(mine) == len(theirs) and all(map(_is_same_array, mine, theirs))
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(is_bitwise_equal, a, b))
    if hasattr(a, "equals"):  # data frames and series, of pandas and polars
        return bool(a.equals(b)) and list(getattr(a, "columns", ())) == list(
            getattr(b, "columns", ())
        )
    return a is None or (isinstance(a, str | int | float | bool) and a == b)


def _is_same_array(a: Any, b: Any) -> bool:
    # Strides too: sums over other strides may round differently in the next step.
    if a.shape != b.shape or a.dtype != b.dtype or a.strides != b.strides:
        return False
    if a.dtype.kind in "fc":
        return bool(np.array_equal(a, b, equal_nan=True))
    return bool(np.array_equal(a, b))


def is_known(output: Any) -> bool:
    """Whether an output is of a type that can be compared and copied."""
    if isinstance(output, tuple):
        return all(map(is_known, output))
    return (
        isinstance(output, np.ndarray)
        or sparse.issparse(output)
        or (hasattr(output, "equals") and hasattr(output, "iloc"))
    )


def private_copy(output: Any) -> Any:
    """A copy with the same memory layout, for an estimator that may write into it."""
    if isinstance(output, np.ndarray):
        return output.copy(order="K")
    if isinstance(output, tuple):
        return tuple(map(private_copy, output))
    return output.copy()


def freeze(output: Any) -> Any:
    """Make arrays read-only: an estimator that writes into shared data then fails."""
    if isinstance(output, tuple):
        return tuple(map(freeze, output))
    arrays = _sparse_parts(output) if sparse.issparse(output) else [output]
    for array in arrays:
        if isinstance(array, np.ndarray):
            array.flags.writeable = False
    return output


def _sparse_parts(matrix: Any) -> list[Any]:
    """The arrays of a sparse matrix, in any of its formats."""
    names = ("data", "indices", "indptr", "row", "col", "offsets")
    return [part for name in names if (part := getattr(matrix, name, None)) is not None]

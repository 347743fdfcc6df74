"""Hashes of values without parts: raw bytes, text, arrays of numbers."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from scipy import sparse

_CHUNK_BYTES = 1 << 24


def leaf(tag: str, chunks: Iterable[bytes]) -> bytes:
    """Hash of raw content under a tag that names its type.

    The tag ends in a zero byte, so that no content can be read as part of it.
    """
    digest = hashlib.sha256(tag.encode("utf-8", "backslashreplace") + b"\0")
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def text(tag: str, *texts: str) -> bytes:
    """Hash of texts under a tag."""
    return leaf(tag, [repr(texts).encode("utf-8", "backslashreplace")])


def array_leaf(array: np.ndarray[Any, Any]) -> bytes:
    """Hash of type, shape and values in C order, for any layout in memory.

    Parameters
    ----------
    array : ndarray
        Array of any type except Python objects.
    """
    dtype = array.dtype
    tag = f"array {dtype.name} {dtype.str} {dtype.descr} {array.shape}"
    if dtype.names is not None:
        # Padding between the fields of a record is undefined: field by field.
        return leaf(tag, [array_leaf(array[name]) for name in dtype.names])
    if dtype.kind in "fc" and dtype.itemsize in (16, 32) and dtype.char in "gG":
        # So are the last bytes of a long double: as the sum of two doubles.
        high = array.astype(np.complex128 if dtype.kind == "c" else np.float64)
        low = (array - high).astype(high.dtype)
        return leaf(tag, [*_chunks(high), *_chunks(low)])
    return leaf(tag, _chunks(array))


def _chunks(array: np.ndarray[Any, Any]) -> Iterator[bytes]:
    if array.ndim == 0 or array.size == 0:
        yield array.tobytes()
        return
    # In chunks: tobytes() copies, and data may fill half of the memory.
    step = max(1, _CHUNK_BYTES * len(array) // max(1, array.nbytes))
    for start in range(0, len(array), step):
        yield array[start : start + step].tobytes()


def canonical_sparse(matrix: Any) -> tuple[Any, ...]:
    """Format, shape and entries in canonical order, because fits may sort them.

    Parameters
    ----------
    matrix : sparse matrix or array
        Matrix in any format.

    Returns
    -------
    tuple
        Texts, numbers and arrays; equal for equal matrices.
    """
    kind = "array" if isinstance(matrix, sparse.sparray) else "matrix"
    is_unsorted = matrix.format in ("lil", "dok", "dia")
    entries = matrix.tocoo() if is_unsorted else matrix
    if not getattr(entries, "has_canonical_format", True):
        entries = entries.copy()
        entries.sum_duplicates()
    if entries.format == "coo":
        places = list(entries.coords)
    else:
        places = [entries.indices, entries.indptr]
    # Indices may have 32 or 64 bits in equal matrices.
    wide = (np.asarray(place).astype(np.int64) for place in places)
    return (kind, matrix.format, matrix.shape, np.asarray(entries.data), *wide)

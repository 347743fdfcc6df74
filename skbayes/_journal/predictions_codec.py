"""Write out-of-fold predictions as bytes and read them, without pickle.

Pickle would execute code from the file. A line of JSON describes the structure; the
arrays follow in numpy's own format.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy import sparse


def predictions_to_bytes(predictions: Any) -> bytes | None:
    """Write predictions of one fold.

    Parameters
    ----------
    predictions : array, sparse matrix, None, or a list or tuple of such
        As an estimator returned them; data frames and series become arrays.

    Returns
    -------
    bytes or None
        None if they are of a type that cannot be written.
    """
    try:
        kind, arrays = _taken_apart(predictions)
        file = io.BytesIO()
        file.write(json.dumps(kind).encode() + b"\n")
        # No pickle: a journal may come from others, and unpickling runs code.
        for array in arrays:
            np.save(file, array, allow_pickle=False)
    except (TypeError, ValueError):
        return None
    return file.getvalue()


def predictions_from_bytes(content: bytes) -> Any:
    """Read the bytes of `predictions_to_bytes`.

    Raises
    ------
    ValueError
        If the bytes are not predictions.
    """
    try:
        file = io.BytesIO(content)
        kind = json.loads(file.readline())
        return _put_together(kind, _loaded(file, len(content)))
    except (ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise ValueError(f"These are no predictions: {error}") from error


def _loaded(file: io.BytesIO, size: int) -> list[np.ndarray[Any, Any]]:
    arrays: list[np.ndarray[Any, Any]] = []
    # np.load stops behind each array, so that arrays follow one another.
    while file.tell() < size:
        arrays.append(np.load(file, allow_pickle=False))
    return arrays


def _taken_apart(predictions: Any) -> tuple[Any, list[np.ndarray[Any, Any]]]:
    """The structure of predictions, and the arrays that they consist of."""
    if predictions is None:
        return "none", []
    # One array for each output of a multi-output classifier.
    if isinstance(predictions, list | tuple) and len(predictions):
        parts = [_taken_apart(part) for part in predictions]
        kinds = [[kind, len(arrays)] for kind, arrays in parts]
        name = type(predictions).__name__
        return {name: kinds}, [array for _, arrays in parts for array in arrays]
    if sparse.issparse(predictions):
        matrix: Any = predictions
        matrix = matrix.tocsr()
        kind = "csr_array" if isinstance(predictions, sparse.sparray) else "csr_matrix"
        shape = list(matrix.shape)
        return {kind: shape}, [matrix.data, matrix.indices, matrix.indptr]
    array = np.asarray(predictions)
    if array.dtype != object:
        return "array", [array]
    labels = [
        label.item() if isinstance(label, np.generic) else label
        for label in array.ravel().tolist()
    ]
    # Labels of dtype object: plain ones fit into the line of JSON.
    if not {bool, int, float, str, type(None)}.issuperset(map(type, labels)):
        raise TypeError("These objects are not plain.")
    return {"objects": labels, "shape": list(array.shape)}, []


def _put_together(kind: Any, arrays: Sequence[np.ndarray[Any, Any]]) -> Any:
    if kind == "none":
        return None
    if kind == "array":
        (array,) = arrays
        return array
    if "objects" in kind:
        # np.array(labels) would guess a dtype, and turn lists into a dimension.
        labels = np.empty(len(kind["objects"]), dtype=object)
        labels[:] = kind["objects"]
        return labels.reshape(kind["shape"])
    [(name, content)] = kind.items()
    if name in ("csr_array", "csr_matrix"):
        data, indices, indptr = arrays
        return getattr(sparse, name)((data, indices, indptr), shape=tuple(content))
    parts, start = [], 0
    for inner, n_arrays in content:
        parts.append(_put_together(inner, arrays[start : start + n_arrays]))
        start += n_arrays
    return {"list": list, "tuple": tuple}[name](parts)

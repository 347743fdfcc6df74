"""The parts of a split, which splitters give as indices or as masks."""

from __future__ import annotations

from typing import Any

import numpy as np

from skbayes._protocol import IntArray


def as_indices(part: Any, n_samples: int | None = None) -> IntArray:
    """Convert a part of a split to indices.

    Parameters
    ----------
    part : array-like of int or of bool
        Indices or a mask.
    n_samples : int or None
        Number of samples in the data. With it, negative indices are counted from the
        end, so that all results are >= 0.

    Returns
    -------
    array of int
    """
    array = np.asarray(part)
    if array.dtype == bool:
        array = np.flatnonzero(array)
    indices: IntArray = array.astype(np.intp)
    return indices if n_samples is None else indices % max(1, n_samples)


def n_samples_in(part: Any) -> int:
    """Count the samples in a part of a split."""
    array = np.asarray(part)
    if array.ndim == 0:  # such as a slice
        return 1
    return int(array.sum()) if array.dtype == bool else len(array)

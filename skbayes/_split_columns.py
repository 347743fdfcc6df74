"""The columns ``split<k>_<name>`` of a table of results, as arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray


def read_split_columns(results: Mapping[str, Any], name: str) -> FloatArray:
    """Read ``split<k>_<name>`` for all k.

    Parameters
    ----------
    results : mapping
        ``cv_results_`` of any search.
    name : str
        Name of the columns after ``split<k>_``, such as ``"test_score"``.

    Returns
    -------
    array of shape (n_candidates, n_splits)
        The columns unchanged; no columns if the table has none of the name.
    """
    columns: list[FloatArray] = []
    while (column := f"split{len(columns)}_{name}") in results:
        columns.append(np.asarray(results[column], dtype=np.float64))
    if not columns:
        return np.empty((len(results["params"]), 0))
    return np.column_stack(columns)


def read_fold_columns(results: Mapping[str, Any], metric: str) -> FloatArray:
    """Read the scores of a metric, ``split<k>_test_<metric>``, for all k."""
    return read_split_columns(results, f"test_{metric}")


def split_names(results: Mapping[str, Any]) -> list[str]:
    """List what comes after ``split<k>_`` in a table of results, such as a metric's."""
    first = "split0_"
    return [name.removeprefix(first) for name in results if name.startswith(first)]


def split_columns(table: FloatArray, name: str) -> dict[str, FloatArray]:
    """Make the columns ``split<k>_<name>``, as `read_split_columns` reads them.

    Parameters
    ----------
    table : array of shape (n_candidates, n_splits)
        Values.
    name : str
        Name of the columns after ``split<k>_``, such as ``"test_score"``.
    """
    # A copy: a view of a C-ordered table would keep all of it alive in each column.
    return {f"split{k}_{name}": column.copy() for k, column in enumerate(table.T)}

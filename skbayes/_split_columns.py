"""The columns ``split<k>_<name>`` of a table of results: their names, and as arrays.

No other module writes or reads their names. ``<name>`` is ``test_<metric>``,
``train_<metric>`` or another value of a fold, such as ``n_rounds``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray

_PREFIX = "split"


def split_column(k: int, name: str) -> str:
    """Name of the column of one split, ``split<k>_<name>``."""
    return f"{_PREFIX}{k}_{name}"


def is_split_column(column: str) -> bool:
    """Whether a column of a table of results belongs to one split."""
    return column.startswith(_PREFIX)


def split_names(results: Mapping[str, Any]) -> list[str]:
    """List what comes after ``split<k>_`` in a table of results, such as a metric's."""
    first = split_column(0, "")
    return [name.removeprefix(first) for name in results if name.startswith(first)]


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
    while (column := split_column(len(columns), name)) in results:
        columns.append(np.asarray(results[column], dtype=np.float64))
    if not columns:
        return np.empty((len(results["params"]), 0))
    return np.column_stack(columns)


def read_fold_columns(results: Mapping[str, Any], metric: str) -> FloatArray:
    """Read the scores of a metric, ``split<k>_test_<metric>``, for all k."""
    return read_split_columns(results, f"test_{metric}")


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
    return {split_column(k, name): column.copy() for k, column in enumerate(table.T)}

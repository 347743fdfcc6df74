"""The scores of single folds as columns of a table of results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray


def read_fold_columns(results: Mapping[str, Any], metric: str) -> FloatArray:
    """Read ``split<k>_test_<metric>`` for all k.

    Parameters
    ----------
    results : mapping
        ``cv_results_`` of any search.
    metric : str
        Name of the score.

    Returns
    -------
    array of shape (n_candidates, n_splits)
        The columns unchanged; no columns if the table has no single folds.
    """
    columns: list[FloatArray] = []
    while (name := f"split{len(columns)}_test_{metric}") in results:
        columns.append(np.asarray(results[name], dtype=np.float64))
    if not columns:
        return np.empty((len(results["params"]), 0))
    return np.column_stack(columns)


def fold_columns(fold_scores: FloatArray, metric: str) -> dict[str, FloatArray]:
    """Make the columns ``split<k>_test_<metric>``, as `read_fold_columns` reads them.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_splits)
        Scores.
    metric : str
        Name of the score.
    """
    return {f"split{k}_test_{metric}": column for k, column in enumerate(fold_scores.T)}

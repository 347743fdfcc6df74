"""What the rules read of ``cv_results_``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skbayes._protocol import FloatArray

_PREFIX = "mean_test_"

IntArray = NDArray[np.intp]


def read_fold_scores(
    results: Mapping[str, Any], metric: str | None, *, owner: str
) -> FloatArray:
    """Read the scores of every fold.

    Parameters
    ----------
    results : mapping
        ``cv_results_`` of a search.
    metric : str or None
        Which of several scores.
    owner : str
        The rule, for messages.

    Returns
    -------
    array of shape (n_candidates, n_splits)
        Greater is better; NaN throughout for candidates that are not complete.

    Raises
    ------
    ValueError
        If the metric is unknown or missing, or no candidate is complete.
    """
    known = [key.removeprefix(_PREFIX) for key in results if key.startswith(_PREFIX)]
    if metric is None and len(known) == 1:
        metric = known[0]
    if metric not in known:
        raise ValueError(
            f"The `metric` parameter of {owner} must be one of {known}, the scores of "
            f"the search. Got {metric!r} instead."
        )
    n_splits = sum(
        key.startswith("split") and key.endswith(f"_test_{metric}") for key in results
    )
    columns = [results[f"split{k}_test_{metric}"] for k in range(n_splits)]
    scores = np.column_stack(columns).astype(float)
    scores[~np.isfinite(scores).all(axis=1)] = np.nan
    if np.isnan(scores).all():
        raise ValueError(
            f"{owner} has nothing to choose from: no candidate has a score in every "
            "fold."
        )
    return scores


def within_standard_errors(scores: FloatArray, n_standard_errors: float) -> IntArray:
    """Find the candidates that are about as good as the best.

    Parameters
    ----------
    scores : array of shape (n_candidates, n_splits)
        Scores of every fold.
    n_standard_errors : float
        How far a mean may be behind, in standard errors of the best candidate's.

    Returns
    -------
    int array
        Their rows, best first.
    """
    means = scores.mean(axis=1)
    best = int(np.nanargmax(means))
    n_splits = scores.shape[1]
    error = scores[best].std(ddof=1) / math.sqrt(n_splits) if n_splits > 1 else 0.0
    order = np.argsort(-means, kind="stable")
    near: IntArray = order[means[order] >= means[best] - n_standard_errors * error]
    return near

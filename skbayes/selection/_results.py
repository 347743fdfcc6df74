"""Read the columns of ``cv_results_`` that the rules need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from skbayes._deciding_metric import deciding_metric, metrics_in
from skbayes._did_you_mean import closest_name, hint
from skbayes._fold_statistics import TableOfFolds, corrected_standard_error
from skbayes._protocol import FloatArray, IntArray
from skbayes._split_columns import read_fold_columns


def read_fold_scores(
    results: Mapping[str, Any], metric: str | None, *, owner: str
) -> FloatArray:
    """Read the scores of every fold.

    Parameters
    ----------
    results : mapping
        ``cv_results_`` of a search.
    metric : str or None
        Name of the score, if there are several.
    owner : str
        Name of the rule, for messages.

    Returns
    -------
    array of shape (n_candidates, n_splits)
        Greater is better; rows of NaN for incomplete candidates.

    Raises
    ------
    ValueError
        If the metric is unknown or missing, or no candidate is complete.
    """
    known = metrics_in(results)
    if metric is None:
        metric = deciding_metric(None, known)
    if metric not in known:
        raise ValueError(
            f"The `metric` parameter of {owner} must be one of {known}, the scores of "
            f"the search. Got {metric!r} instead.{hint(closest_name(metric, known))}"
        )
    scores = read_fold_columns(results, metric)
    # Comparing means over different folds would compare the folds, too.
    scores[~np.isfinite(scores).all(axis=1)] = np.nan
    if np.isnan(scores).all():
        raise ValueError(
            f"{owner} has nothing to choose from: no candidate has a score in every "
            "fold."
        )
    return scores


def held_out_share_of(results: Mapping[str, Any]) -> float | None:
    """The share of the data that a fold holds out, if the table carries it."""
    return results.test_share if isinstance(results, TableOfFolds) else None


def within_standard_errors(
    scores: FloatArray, n_standard_errors: float, test_share: float | None
) -> IntArray:
    """Find the candidates whose means are within some standard errors of the best.

    Parameters
    ----------
    scores : array of shape (n_candidates, n_splits)
        Scores of every fold.
    n_standard_errors : float
        Largest distance of a mean from the best, in standard errors of the best mean,
        corrected for overlapping training sets.
    test_share : float or None
        Share of the data that a fold holds out; None: 1 / n_splits.

    Returns
    -------
    int array
        Rows of these candidates, best first.
    """
    means = scores.mean(axis=1)
    best = int(np.nanargmax(means))
    error = 0.0
    if scores.shape[1] > 1:
        error = corrected_standard_error(scores[best], test_share)
    # A stable sort keeps the first of candidates with equal means first.
    order = np.argsort(-means, kind="stable")
    near: IntArray = order[means[order] >= means[best] - n_standard_errors * error]
    return near

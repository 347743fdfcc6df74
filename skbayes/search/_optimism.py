"""`optimism_corrected_score_`: what the choice is worth, by the search's own table."""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from skbayes._evaluation.optimism import optimism_corrected_score


def corrected_score(search):
    """The optimism-corrected score of a search that has ended.

    Raises
    ------
    AttributeError
        If there are several scores and none that decides.
    """
    metric = deciding_metric_of(search)
    folds = fold_scores(search.cv_results_, metric, search.n_splits_)
    choose = None
    if callable(search.refit):

        def choose(others):
            return int(search.refit(_table_of(search.cv_results_, others)))

    return optimism_corrected_score(folds, choose)


def deciding_metric_of(search):
    """The metric that decided in a search that has ended."""
    if not search.multimetric_:
        return "score"
    if isinstance(search.refit, str):
        return search.refit
    metric = getattr(search.refit, "metric", None)
    if metric is not None:
        return metric
    raise AttributeError(
        f"{type(search).__name__} has several scores and none that decides, so that "
        "there is no score to correct. Name one of them in the `refit` parameter."
    )


def fold_scores(results, metric, n_splits):
    """Scores of a metric, shape (n_candidates, n_splits)."""
    columns = [results[f"split{k}_test_{metric}"] for k in range(n_splits)]
    return np.column_stack(columns).astype(float)


def _table_of(results, folds):
    """`cv_results_` as it would be if only some of the folds had been run."""
    table = {k: v for k, v in results.items() if not k.startswith("split")}
    columns = (k for k in results if k.startswith("split0_"))
    for name in [column.removeprefix("split0_") for column in columns]:
        scores = np.column_stack([results[f"split{k}_{name}"] for k in folds])
        table |= {f"split{k}_{name}": scores[:, k] for k in range(len(folds))}
        table[f"mean_{name}"] = scores.mean(axis=1)
        table[f"std_{name}"] = scores.std(axis=1)
        if f"rank_{name}" in results:
            worst = np.nan_to_num(table[f"mean_{name}"], nan=-np.inf)
            table[f"rank_{name}"] = rankdata(-worst, method="min").astype(np.int32)
    return table

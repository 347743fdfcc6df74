"""`optimism_corrected_score_`: the score of the choice without its optimism.

The best of many noisy scores is too good, because it was chosen for its noise too.
Choosing on all folds but one and scoring on that one gives an estimate without this
optimism, from the fold scores alone. The best value of a candidate's path was chosen by
the same scores, so that this choice is repeated with the other.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata

from skbayes._deciding_metric import metric_that_decided
from skbayes._fold_statistics import TableOfFolds
from skbayes._selection_bias import why_unknown
from skbayes._split_columns import (
    is_split_column,
    read_fold_columns,
    read_split_columns,
    split_columns,
    split_names,
)
from skbayes.search._best_index import row_by_rule, rows_of, rows_that_may_win

NAME = "`optimism_corrected_score_`"


def corrected_score(search):
    """The optimism-corrected score of a search that has ended.

    Returns
    -------
    float
        NaN with a single fold, without a complete candidate, or if racing has stopped
        candidates.

    Raises
    ------
    AttributeError
        If there are several scores and none of them decides.
    """
    metric = metric_that_decided(search)
    if metric is None:
        raise AttributeError(
            f"{type(search).__name__} has several scores and none that decides, so "
            "that there is no score to correct. Name one of them in the `refit` "
            "parameter."
        )
    if why_unknown(search, NAME) is not None:
        return float("nan")
    paths = _paths_of(search, metric)
    # All values of all paths: the best value of the best path is the best of them.
    folds = np.concatenate(paths)
    choose = None
    # A callable rule reads whole tables: its choice is repeated on tables of fewer
    # folds, with the values that these choose on the paths.
    if callable(search.refit):
        rows = rows_that_may_win(search, metric)
        first = np.cumsum([0, *map(len, paths[:-1])])

        def choose(others):
            best = [path[:, others].mean(axis=1).argmax() for path in paths]
            columns = split_columns(folds[first + best], f"test_{metric}")
            table = rows_of(_table_of({**search.cv_results_, **columns}, others), rows)
            table = TableOfFolds(table, getattr(search, "_test_share", None))
            row = int(rows[row_by_rule(search.refit, table)])
            return first[row] + best[row]

    return optimism_corrected_score(folds, choose)


def _paths_of(search, metric):
    """Scores of each candidate at all values of its path, or at its only ones.

    Returns
    -------
    list of arrays of shape (n_values, n_splits)
    """
    folds = read_fold_columns(search.cv_results_, metric)
    return [
        np.array(list(trial.path_scores.values()))
        if trial.path_scores and trial.deciding_metric == metric
        else row[np.newaxis]
        for row, trial in zip(folds, search.trials_, strict=True)
    ]


def optimism_corrected_score(fold_scores, choose=None):
    """Mean over the folds of the score of the candidate chosen on all other folds.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_splits)
        Greater is better. Rows with NaN are incomplete candidates, which the default
        rule never chooses.
    choose : callable, default=None
        Takes the list of folds to choose on and returns a row. None: the row with the
        best mean over these folds, the first of equals.

    Returns
    -------
    float
        NaN if no candidate is complete, or if there is only one fold.

    Notes
    -----
    This is the outer loop of nested cross-validation [1]_ with the scores of the
    search itself in place of an inner loop, or the correction of [2]_ with folds in
    place of bootstrap samples. (The one of Tibshirani and Tibshirani, 2009, is
    another: it subtracts the mean of the folds' own optimism.) Each choice sees one
    fold less than the search did, so that it is a little worse than the search's own.
    That the candidates were proposed after looking at scores of all folds is not
    corrected; only nested cross-validation does.

    References
    ----------
    .. [1] S. Varma and R. Simon (2006). Bias in error estimation when using
       cross-validation for model selection. BMC Bioinformatics 7, 91.
    .. [2] I. Tsamardinos, E. Greasidou and G. Borboudakis (2018). Bootstrapping the
       out-of-sample predictions for efficient and accurate cross-validation.
       Machine Learning 107, 1895-1922.
    """
    n_splits = fold_scores.shape[1]
    if n_splits < 2 or np.isnan(fold_scores).any(axis=1).all():
        return float("nan")
    if choose is None:
        choose = _best_of_complete(fold_scores)
    # Leave-one-fold-out over the choice: the score on fold k is of a candidate that
    # fold k has not chosen.
    held = []
    for fold in range(n_splits):
        others = [k for k in range(n_splits) if k != fold]
        held.append(fold_scores[choose(others), fold])
    return float(np.mean(held))


def _best_of_complete(fold_scores):
    """The rule that chooses the best mean among the rows without NaN."""
    # A mean over fewer folds would be another mean than the search compared.
    rows = np.flatnonzero(~np.isnan(fold_scores).any(axis=1))

    def choose(folds):
        means = fold_scores[rows][:, folds].mean(axis=1)
        return int(rows[np.argmax(means)])

    return choose


def _table_of(results, folds):
    """`cv_results_` computed from some of the folds alone, for a callable `refit`."""
    # Times and ranks of single folds stay: a rule may read them, and they choose
    # nothing.
    table = {k: v for k, v in results.items() if not is_split_column(k)}
    for name in split_names(results):
        scores = read_split_columns(results, name)[:, folds]
        table |= split_columns(scores, name)
        table[f"mean_{name}"] = scores.mean(axis=1)
        table[f"std_{name}"] = scores.std(axis=1)
        if f"rank_{name}" in results:
            # As in scikit-learn, all rows without a score share the last rank.
            worst = np.nan_to_num(table[f"mean_{name}"], nan=-np.inf)
            table[f"rank_{name}"] = rankdata(-worst, method="min").astype(np.int32)
    return table

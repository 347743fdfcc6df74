"""How much of the best score is luck, from the fold scores alone.

The best of many noisy scores is too good: it was chosen for its noise too. Choosing
on all folds but one and scoring on that one shows what the choice is worth.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from skbayes._protocol import FloatArray

#: Given the folds to choose on, the row that is chosen.
Choice = Callable[[list[int]], int]


def optimism_corrected_score(
    fold_scores: FloatArray, choose: Choice | None = None
) -> float:
    """Score of what is chosen on all folds but one, on that one; their mean.

    Parameters
    ----------
    fold_scores : array of shape (n_candidates, n_splits)
        Greater is better. Rows with NaN are candidates that are not complete, and
        are never chosen by the default rule.
    choose : callable, default=None
        Given the list of folds to choose on, returns the row that is chosen. None:
        the one with the best mean over these folds, the first of equals.

    Returns
    -------
    float
        NaN if no candidate is complete, or if there is only one fold.

    Notes
    -----
    Each choice sees one fold less than the search did, so that it is a little worse
    than the search's own. That the candidates were proposed after looking at scores
    of all folds is not corrected; only nested cross-validation does.

    References
    ----------
    .. [1] R. J. Tibshirani and R. Tibshirani (2009). A bias correction for the
       minimum error rate in cross-validation. Annals of Applied Statistics 3(2).
    """
    n_splits = fold_scores.shape[1]
    if n_splits < 2 or np.isnan(fold_scores).any(axis=1).all():
        return float("nan")
    if choose is None:
        choose = _best_of_complete(fold_scores)
    held = []
    for fold in range(n_splits):
        others = [k for k in range(n_splits) if k != fold]
        held.append(fold_scores[choose(others), fold])
    return float(np.mean(held))


def _best_of_complete(fold_scores: FloatArray) -> Choice:
    """The rule that takes the best mean among the rows without NaN."""
    rows = np.flatnonzero(~np.isnan(fold_scores).any(axis=1))

    def choose(folds: list[int]) -> int:
        means = fold_scores[rows][:, folds].mean(axis=1)
        return int(rows[np.argmax(means)])

    return choose

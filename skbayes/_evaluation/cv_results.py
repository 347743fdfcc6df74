"""The table of results: `cv_results_`, column for column as scikit-learn's."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from skbayes._compat import masked_array_for_each_param
from skbayes._evaluation.fold import SINGLE
from skbayes._fold_model import estimate_means
from skbayes._protocol import FloatArray, Status, Trial

Scores = dict[str, FloatArray]
BoolArray = NDArray[np.bool_]


def tabulate(
    trials: Sequence[Trial],
    *,
    return_train_score: bool,
    error_score: float,
    with_status: bool = False,
    failed_may_win: bool = True,
) -> dict[str, Any]:
    """Make the table of `trials`, one row each.

    Parameters
    ----------
    trials : sequence of Trial
        Those that have ended; not empty.
    return_train_score : bool
        Whether to add the columns of the training scores.
    error_score : float
        Stands in the folds of a failed fit, for metrics whose names the fit did not
        live to tell.
    with_status : bool
        Whether to add the columns ``status`` and ``n_splits_evaluated``, and ``error``
        if there was any. A candidate that is not complete adds them too.
    failed_may_win : bool
        Whether candidates that failed are ranked by `error_score` as in scikit-learn,
        or last. Those that took their worker with them always are.

    Returns
    -------
    dict of str to array of shape (n_trials,)
        As ``cv_results_`` of scikit-learn. A fold that was not run is NaN, and so is
        every mean over it.
    """
    results = _times(trials)
    results.update(masked_array_for_each_param([t.params for t in trials]))
    results["params"] = [dict(t.params) for t in trials]
    may_win = candidates_that_may_win(trials, failed_may_win=failed_may_win)
    for metric in metrics_of(trials):
        test = _scores(trials, metric, "test_scores", error_score)
        results |= _score_columns(test, f"test_{metric}")
        means = np.where(may_win, test.mean(axis=1), np.nan)
        results[f"rank_test_{metric}"] = _rank(means)
        _warn_if_not_finite(trials, test, "test")
        if return_train_score:
            train = _scores(trials, metric, "train_scores", error_score)
            results |= _score_columns(train, f"train_{metric}")
            _warn_if_not_finite(trials, train, "train")
    if with_status or any(t.status is not Status.COMPLETE for t in trials):
        results |= _status_columns(trials)
    return results


def candidates_that_may_win(
    trials: Sequence[Trial], *, failed_may_win: bool
) -> BoolArray:
    """Which candidates may be chosen, shape (n_trials,).

    One that took its worker with it would take this process with it in the refit.
    """
    is_fatal = [any(f.is_fatal for f in trial.folds) for trial in trials]
    is_failed = [trial.status is Status.FAILED for trial in trials]
    return ~np.array(is_fatal if failed_may_win else is_failed)


def metrics_of(trials: Sequence[Trial]) -> tuple[str, ...]:
    """Names of the metrics, from the first fold that has them all."""
    folds = [fold for trial in trials for fold in trial.folds]
    good = next((f for f in folds if f.error is None), folds[0] if folds else None)
    return (SINGLE,) if good is None else tuple(good.test_scores)


def adjusted_scores(trials: Sequence[Trial], metric: str) -> FloatArray:
    """Mean score of each trial over all folds, estimated where some were not run.

    NaN for a trial that failed or has no score.
    """
    table = np.array([trial.scores(metric) for trial in trials])
    is_known = ~np.isnan(table).all(axis=1)
    is_known &= [trial.status is not Status.FAILED for trial in trials]
    out = np.full(len(trials), np.nan)
    if is_known.any():
        out[is_known] = estimate_means(table[is_known]).mean
    return out


def _times(trials: Sequence[Trial]) -> dict[str, Any]:
    """Mean and spread of the seconds of the folds that were run."""
    results: dict[str, Any] = {}
    for name in ("fit_time", "score_time"):
        rows = [np.array([getattr(f, name) for f in t.folds]) for t in trials]
        results[f"mean_{name}"] = np.array([row.mean() for row in rows])
        results[f"std_{name}"] = np.array([row.std() for row in rows])
    return results


def _scores(
    trials: Sequence[Trial], metric: str, kind: str, error_score: float
) -> FloatArray:
    """Scores of a metric, shape (n_trials, n_splits), NaN where not run."""
    table = np.full((len(trials), trials[0].n_splits), np.nan)
    for row, trial in enumerate(trials):
        for fold in trial.folds:
            scores: Mapping[str, float] = getattr(fold, kind)
            table[row, fold.fold] = scores.get(metric, error_score)
    return table


def _score_columns(table: FloatArray, name: str) -> Scores:
    """One column a split, their mean and standard deviation."""
    # A copy: a view of a C-ordered table would keep all of it alive in each column.
    columns = {f"split{k}_{name}": table[:, k].copy() for k in range(table.shape[1])}
    with np.errstate(invalid="ignore"):  # infinite scores are warned about as such
        mean = table.mean(axis=1)
        std = np.sqrt(np.average((table - mean[:, np.newaxis]) ** 2, axis=1))
    return columns | {f"mean_{name}": mean, f"std_{name}": std}


def _status_columns(trials: Sequence[Trial]) -> dict[str, Any]:
    """How far each trial has come, and the last line of what it failed with."""
    columns = {
        "status": np.array([str(t.status) for t in trials], dtype=object),
        "n_splits_evaluated": np.array([len(t.folds) for t in trials]),
    }
    errors = [t.error and t.error.strip().rpartition("\n")[2] for t in trials]
    if any(errors):
        columns["error"] = np.array(errors, dtype=object)
    return columns


def _rank(means: FloatArray) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Rank of each mean, best first, ties alike; what is not finite is the worst.

    scikit-learn ranks an infinite mean first, but it is a fault, and never wins.
    """
    is_finite = np.isfinite(means)
    if not is_finite.any():
        return np.ones(len(means), dtype=np.int32)
    filled = np.where(is_finite, means, means[is_finite].min() - 1)
    return rankdata(-filled, method="min").astype(np.int32)


def _warn_if_not_finite(trials: Sequence[Trial], table: FloatArray, kind: str) -> None:
    """Warn about scores that are no numbers, but not about folds that were not run."""
    is_whole = np.array([len(t.folds) == t.n_splits for t in trials])
    means = table.mean(axis=1)
    if np.any(~np.isfinite(means[is_whole])):
        warnings.warn(
            f"One or more of the {kind} scores are non-finite: {means}",
            category=UserWarning,
            stacklevel=2,
        )

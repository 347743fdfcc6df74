"""The table of results: `cv_results_` with the columns of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.stats import rankdata

from skbayes._compat import masked_array_for_each_param
from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.fold.failure_causes import cause_of
from skbayes._evaluation.packed_folds import PackedFolds, folds_not_packed
from skbayes._partial_scores import estimate_means
from skbayes._protocol import SINGLE, BoolArray, FloatArray, FoldResult, Status, Trial
from skbayes._split_columns import split_columns
from skbayes._user_warnings import warn_user

Scores = dict[str, FloatArray]
_SPREADS = ("mean", "std")


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
        Trials that have ended; not empty.
    return_train_score : bool
        Whether to add the columns of the training scores.
    error_score : float
        Replaces the scores of a failed fit, and of a failed metric.
    with_status : bool
        Whether to add the columns ``status`` and ``n_splits_evaluated``, and ``error``
        if there was any. A candidate that is not complete adds them too.
    failed_may_win : bool
        Whether candidates that failed are ranked by `error_score` as in scikit-learn,
        or last. A candidate whose fit killed its worker is always ranked last.

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
    # The order of the columns is scikit-learn's, which tests compare key by key.
    for metric in metrics_of(trials):
        test = _scores(trials, metric, "test", error_score)
        results |= _score_columns(test, f"test_{metric}")
        means = np.where(may_win, test.mean(axis=1), np.nan)
        results[f"rank_test_{metric}"] = rank(means)
        if return_train_score:
            train = _scores(trials, metric, "train", error_score)
            results |= _score_columns(train, f"train_{metric}")
    results |= _round_columns(trials)
    if with_status or any(t.status is not Status.COMPLETE for t in trials):
        results |= _status_columns(trials)
    return results


def candidates_that_may_win(
    trials: Sequence[Trial], *, failed_may_win: bool
) -> BoolArray:
    """Which candidates may be chosen, shape (n_trials,).

    A candidate that killed its worker would kill this process in the refit, and a
    stopped one has no mean over all folds.
    """
    may_win = {Status.COMPLETE} | ({Status.FAILED} if failed_may_win else set())
    is_ended = [trial.status in may_win for trial in trials]
    is_whole = [len(trial.folds) == trial.n_splits for trial in trials]
    is_fatal = [any(f.is_fatal for f in folds_not_packed([t])) for t in trials]
    allowed: BoolArray = np.array(is_ended) & np.array(is_whole) & ~np.array(is_fatal)
    return allowed


def metrics_of(trials: Sequence[Trial]) -> tuple[str, ...]:
    """Names of the metrics, from the first fold that has several, if any does."""
    # A failed fold has the single metric "score", whatever the scorer returns
    # elsewhere.
    first = next((trial.folds[0] for trial in trials if trial.folds), None)
    most = next(_multimetric_folds(trials), first)
    return (SINGLE,) if most is None else tuple(most.test_scores)


def is_multimetric(trials: Sequence[Trial]) -> bool:
    """Whether a fold has several metrics."""
    return next(_multimetric_folds(trials), None) is not None


def _multimetric_folds(trials: Sequence[Trial]) -> Iterator[FoldResult]:
    """Folds whose scorer gave a dict, in order."""
    for trial in trials:
        folds = trial.folds
        if not isinstance(folds, PackedFolds) or folds.is_multimetric:
            yield from (fold for fold in folds if fold.is_multimetric)


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


def repeat_columns(trials: Sequence[Trial]) -> dict[str, Any]:
    """Columns of the repeats: their number, and the scores over all folds.

    The scores of trials without a repeat are NaN, because their means are over fewer
    folds.
    """
    n_folds = [len(trial.scores_with_repeats()) for trial in trials]
    n_repeats = np.array(n_folds) // trials[0].n_splits - 1
    columns: dict[str, Any] = {"n_repeats": n_repeats}
    for metric in metrics_of(trials):
        mean, std = np.full((2, len(trials)), np.nan)
        for row in np.flatnonzero(n_repeats).tolist():
            scores = trials[row].scores_with_repeats(metric)
            mean[row], std[row] = scores.mean(), scores.std()
        columns |= {
            f"mean_repeated_test_{metric}": mean,
            f"std_repeated_test_{metric}": std,
        }
    return columns


def resource_columns(
    trials: Sequence[Trial], ladder: Ladder | None, n_train: int
) -> dict[str, Any]:
    """Most training samples that each trial was fitted on, and the number of that rung.

    Parameters
    ----------
    trials : sequence of Trial
        Finished trials.
    ladder : Ladder or None
        The rungs below all samples, if there are any.
    n_train : int
        Training samples of the largest fold.
    """
    rungs = [0 if ladder is None else ladder.n_rungs] * len(trials)
    sizes = [n_train] * len(trials)
    for row, trial in enumerate(trials):
        if ladder is not None and not trial.folds:
            highest = trial.rungs[-1].fold
            rungs[row], sizes[row] = ladder.place(highest)[1], ladder.size(highest)
    return {"iter": np.array(rungs), "n_resources": np.array(sizes)}


def _times(trials: Sequence[Trial]) -> dict[str, Any]:
    """Mean and standard deviation of the seconds of the folds that were run."""
    names = ("fit_time", "score_time")
    columns = {f"{of}_{n}": np.empty(len(trials)) for n in names for of in _SPREADS}
    for row, trial in enumerate(trials):
        for name in names:
            seconds = np.array(_seconds(trial.folds, name))
            columns[f"mean_{name}"][row] = _or_nan(seconds.mean, seconds)
            columns[f"std_{name}"][row] = _or_nan(seconds.std, seconds)
    return columns


def _seconds(folds: Sequence[FoldResult], name: str) -> list[float]:
    """Times of folds."""
    if isinstance(folds, PackedFolds):
        return folds.seconds_of(name)
    return [getattr(fold, name) for fold in folds]


def _or_nan(statistic: Callable[[], float], row: FloatArray) -> float:
    """A statistic of a row; NaN if the trial was stopped before its first fold."""
    return statistic() if len(row) else np.nan


def _scores(
    trials: Sequence[Trial], metric: str, part: str, error_score: float
) -> FloatArray:
    """Scores of a metric, shape (n_trials, n_splits), NaN where not run."""
    table = np.full((len(trials), trials[0].n_splits), np.nan)
    for row, trial in enumerate(trials):
        if part == "test" and isinstance(trial.folds, PackedFolds):
            for fold_number, score in trial.folds.test_scores_of(metric):
                table[row, fold_number] = score
            continue
        for fold in trial.folds:
            scores = fold.test_scores if part == "test" else fold.train_scores or {}
            errors = fold.scoring_errors or {}
            has_failed = fold.error is not None or f"{part}_{metric}" in errors
            score = error_score if has_failed else scores.get(metric, error_score)
            table[row, fold.fold] = score
    return table


def _score_columns(table: FloatArray, name: str) -> Scores:
    """One column a split, their mean and standard deviation."""
    columns = split_columns(table, name)
    with np.errstate(invalid="ignore"):  # infinite scores are warned about as such
        mean = table.mean(axis=1)
        # np.average, not table.std: equal to scikit-learn's to the last bit.
        std = np.sqrt(np.average((table - mean[:, np.newaxis]) ** 2, axis=1))
    return columns | {f"mean_{name}": mean, f"std_{name}": std}


def _round_columns(trials: Sequence[Trial]) -> dict[str, Any]:
    """Boosting rounds of each fold and their mean; empty without early stopping."""
    if all(fold.n_rounds is None for trial in trials for fold in trial.folds):
        return {}
    table = np.full((len(trials), trials[0].n_splits), np.nan)
    for row, trial in enumerate(trials):
        for fold in trial.folds:
            if fold.n_rounds is not None:
                table[row, fold.fold] = fold.n_rounds
    return split_columns(table, "n_rounds") | {"mean_n_rounds": table.mean(axis=1)}


def _status_columns(trials: Sequence[Trial]) -> dict[str, Any]:
    """Status and number of folds of each trial, and the cause of failures in a line."""
    columns = {
        "status": np.array([str(t.status) for t in trials], dtype=object),
        "n_splits_evaluated": np.array([len(t.folds) for t in trials]),
    }
    errors = [t.error and cause_of(t.error) for t in trials]
    if any(errors):
        columns["error"] = np.array(errors, dtype=object)
    return columns


def rank(means: FloatArray) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Rank of each mean, best first, ties equal; means that are not finite rank last.

    scikit-learn ranks an infinite mean first; here it counts as a fault and cannot win.
    """
    is_finite = np.isfinite(means)
    if not is_finite.any():
        return np.ones(len(means), dtype=np.int32)
    # Not the worst mean less one, which is the same number if the mean is large.
    filled = np.where(is_finite, means, -np.inf)
    return rankdata(-filled, method="min").astype(np.int32)


def warn_of_scores_not_finite(
    trials: Sequence[Trial], results: Mapping[str, Any]
) -> None:
    """Warn about scores that are not finite, except for folds that were not run."""
    is_whole = np.array([len(t.folds) == t.n_splits for t in trials])
    metrics = metrics_of(trials)
    for metric in metrics:
        of_which = f" of the metric {metric!r}" if len(metrics) > 1 else ""
        for part in ("test", "train"):
            means = results.get(f"mean_{part}_{metric}")
            if means is not None and np.any(~np.isfinite(means[is_whole])):
                warn_user(
                    f"One or more of the {part} scores are non-finite{of_which}: "
                    f"{means}"
                )

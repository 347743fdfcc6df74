"""What a fitted search tells, whichever class it is."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import NotFittedError

from skbayes._protocol import FloatArray, Params, Status, Trial

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

_PREFIX = "mean_test_"


@dataclass(frozen=True, eq=False)
class SearchRecord:
    """The candidates of a search, in the order of ``cv_results_``.

    Parameters
    ----------
    owner : str
        Class of the search.
    metric : str
        Which score is meant.
    params : tuple of dict
        What was tried.
    fold_scores : array of shape (n_candidates, n_splits)
        NaN where a fold was not run or failed.
    scores : array of shape (n_candidates,)
        Mean over all folds; NaN unless the candidate is complete.
    is_failed, is_stopped : bool array of shape (n_candidates,)
        Why a candidate has no score; in halving searches, those before the last
        round were stopped.
    seconds : array of shape (n_candidates,)
        Spent fitting and scoring, NaN where it is not known.
    n_fits : int array of shape (n_candidates,)
        Folds that were run.
    adjusted : array of shape (n_candidates,)
        Estimate of the mean from the folds that were run, NaN where there is none.
    trials : tuple of Trial
        The records of this package's searches, empty for others.
    untuned : int or None
        The row whose values are the estimator's own.
    """

    owner: str
    metric: str
    params: tuple[Params, ...]
    fold_scores: FloatArray
    scores: FloatArray
    is_failed: BoolArray
    is_stopped: BoolArray
    seconds: FloatArray
    n_fits: IntArray
    adjusted: FloatArray
    trials: tuple[Trial, ...]
    untuned: int | None

    @property
    def n_candidates(self) -> int:
        """Number of candidates."""
        return len(self.params)

    @property
    def n_splits(self) -> int:
        """Number of folds of a complete candidate."""
        return self.fold_scores.shape[1]

    @property
    def is_complete(self) -> BoolArray:
        """Candidates with a score, shape (n_candidates,)."""
        return np.isfinite(self.scores)

    @property
    def best(self) -> int:
        """Row of the best score, the first of equals."""
        return int(np.nanargmax(self.scores))

    def best_first(self) -> IntArray:
        """Rows of the complete candidates, best first."""
        order = np.argsort(-self.scores, kind="stable")
        return order[self.is_complete[order]]


def read_search(
    search: Any, *, caller: str, metric: str | None = None, needs_score: bool = True
) -> SearchRecord:
    """Read the results of a fitted search.

    Parameters
    ----------
    search : fitted search
        One of this package's or scikit-learn's, or another with ``cv_results_``.
    caller : str
        Who was given it, for messages.
    metric : str or None
        Which score of several.
    needs_score : bool
        Whether at least one candidate must have a score.

    Returns
    -------
    SearchRecord

    Raises
    ------
    NotFittedError, TypeError
        If it is not a fitted search.
    ValueError
        If `metric` is unknown or missing, or no candidate has a score.
    """
    results = _results_of(search, caller)
    owner = type(search).__name__
    metric = choose_metric(search, results, caller=caller, metric=metric)
    folds = _fold_scores(results, metric)
    means = np.array(results[_PREFIX + metric], dtype=np.float64)
    trials = _trials_of(search, len(means))
    has_ended = np.array([t.status is Status.COMPLETE for t in trials], dtype=bool)
    scores = np.where(has_ended, means, np.nan) if trials else means
    scores = np.where(np.isfinite(scores), scores, np.nan)
    stopped = [t.status in (Status.STOPPED, Status.RUNNING) for t in trials]
    is_stopped = np.array(stopped or _had_less_data(results), dtype=bool)
    scores = np.where(is_stopped, np.nan, scores)
    if needs_score and not np.isfinite(scores).any():
        raise ValueError(
            f"{caller} needs a candidate with a score, but all {len(means)} of this "
            f"{owner} failed. Fit the estimator once by hand, or search with "
            "error_score='raise', to see why."
        )
    params = tuple(results["params"])
    n_fits = [len(t.folds) for t in trials] or [folds.shape[1]] * len(means)
    return SearchRecord(
        owner=owner,
        metric=metric,
        params=params,
        fold_scores=folds,
        scores=scores,
        is_failed=np.isnan(scores) & ~is_stopped,
        is_stopped=is_stopped,
        seconds=_seconds(results, trials, folds.shape[1]),
        n_fits=np.array(n_fits, dtype=np.intp),
        adjusted=_adjusted(results, metric, len(means)),
        trials=trials,
        untuned=_untuned_row(search, params),
    )


def choose_metric(
    search: Any, results: Mapping[str, Any], *, caller: str, metric: str | None
) -> str:
    """Find the metric that is meant: the one asked for, else the one that decided.

    Parameters
    ----------
    search : fitted search
        Whose ``refit`` may name it.
    results : mapping
        Its ``cv_results_``.
    caller : str
        Who asks, for messages.
    metric : str or None
        The one asked for.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If it is unknown, or there are several and none is named.
    """
    known = [key.removeprefix(_PREFIX) for key in results if key.startswith(_PREFIX)]
    if metric is not None:
        if metric not in known:
            raise ValueError(
                f"The `metric` parameter of {caller} must be one of {known}, the scores"
                f" of this {type(search).__name__}. Got {metric!r} instead."
            )
        return metric
    refit = getattr(search, "refit", None)
    if len(known) == 1:
        return known[0]
    if isinstance(refit, str) and refit in known:
        return refit
    raise ValueError(
        f"{caller} shows one score, and this {type(search).__name__} has {known}, none "
        f"of which `refit` names. Pass metric={known[0]!r} or another of them."
    )


def _results_of(search: Any, caller: str) -> Mapping[str, Any]:
    """Return ``cv_results_`` of what must be a fitted search."""
    name = type(search).__name__
    results = getattr(search, "cv_results_", None)
    if isinstance(results, Mapping) and "params" in results:
        return results
    if isinstance(search, type) or not hasattr(search, "fit"):
        shown = search.__name__ if isinstance(search, type) else name
        raise TypeError(
            f"The `search` parameter of {caller} must be a fitted search, such as "
            f"BayesSearchCV(...).fit(X, y). Got {shown} instead."
        )
    if not any(hasattr(search, p) for p in ("param_grid", "param_distributions")):
        raise TypeError(
            f"The `search` parameter of {caller} must be a fitted search with "
            f"`cv_results_`. Got an estimator of class {name} instead."
        )
    raise NotFittedError(
        f"This {name} instance is not fitted yet. Call its `fit` before {caller}."
    )


def _trials_of(search: Any, n_candidates: int) -> tuple[Trial, ...]:
    """Return the trials, where the search keeps them and they fit its table."""
    trials = getattr(search, "trials_", None)
    if not isinstance(trials, list | tuple) or len(trials) != n_candidates:
        return ()
    return tuple(trials) if all(isinstance(t, Trial) for t in trials) else ()


def _fold_scores(results: Mapping[str, Any], metric: str) -> FloatArray:
    """Scores of single folds, shape (n_candidates, n_splits)."""
    columns: list[FloatArray] = []
    while (name := f"split{len(columns)}_test_{metric}") in results:
        columns.append(np.array(results[name], dtype=np.float64))
    if not columns:
        columns = [np.array(results[_PREFIX + metric], dtype=np.float64)]
    table = np.column_stack(columns)
    return np.where(np.isfinite(table), table, np.nan)


def _seconds(
    results: Mapping[str, Any], trials: tuple[Trial, ...], n_splits: int
) -> FloatArray:
    """Seconds of each candidate, from its folds or from the means in the table."""
    if trials:
        return np.array([trial.seconds for trial in trials])
    n = len(results["params"])
    total = np.zeros(n)
    for name in ("mean_fit_time", "mean_score_time"):
        if name not in results:
            return np.full(n, np.nan)
        total += np.array(results[name], dtype=np.float64)
    return total * n_splits


def _had_less_data(results: Mapping[str, Any]) -> BoolArray:
    """Tell which candidates of a halving search were not given all resources.

    Their scores are no scores of a fully trained candidate: they lost early.
    """
    if "n_resources" not in results:
        return np.zeros(len(results["params"]), dtype=bool)
    resources = np.asarray(results["n_resources"])
    is_less: BoolArray = resources < resources.max()
    return is_less


def _adjusted(results: Mapping[str, Any], metric: str, n: int) -> FloatArray:
    """Estimates of a race for the candidates it stopped."""
    column = results.get(f"adjusted_test_{metric}")
    return np.full(n, np.nan) if column is None else np.array(column, dtype=np.float64)


def _untuned_row(search: Any, params: tuple[Params, ...]) -> int | None:
    """Find the candidate with the estimator's own values, None if there is none."""
    estimator: Any = getattr(search, "estimator", None)
    if not hasattr(estimator, "get_params"):
        return None
    current = estimator.get_params(deep=True)
    for row, values in enumerate(params):
        if values and all(
            name in current and is_same_value(value, current[name])
            for name, value in values.items()
        ):
            return row
    return None


def is_same_value(one: Any, other: Any) -> bool:
    """Tell whether two values of a parameter mean the same to an estimator."""
    if one is other:
        return True
    numbers = (int, float, np.integer, np.floating)
    flags = (bool, np.bool_)
    if isinstance(one, flags) or isinstance(other, flags):
        return bool(
            isinstance(one, flags) and isinstance(other, flags) and one == other
        )
    if isinstance(one, numbers) and isinstance(other, numbers):
        return math.isclose(one, other, rel_tol=1e-9)
    if type(one) is not type(other) or not isinstance(one, str | bytes | tuple):
        return False
    if isinstance(one, tuple):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(is_same_value(a, b) for a, b in pairs)
    return bool(one == other)

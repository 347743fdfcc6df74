"""Read the results of a fitted search into one record, whatever the search's class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError

from skbayes._deciding_metric import metric_that_decided, metrics_in
from skbayes._did_you_mean import closest_name, hint
from skbayes._protocol import BoolArray, FloatArray, IntArray, Params, Status, Trial
from skbayes._split_columns import read_fold_columns
from skbayes._values import row_with_values
from skbayes.space._space import Space

_PREFIX = "mean_test_"


@dataclass(frozen=True, eq=False)
class SearchRecord:
    """The candidates of a search, in the order of ``cv_results_``.

    Parameters
    ----------
    owner : str
        Name of the search's class, for messages.
    metric : str
        Name of the score.
    params : tuple of dict
        Parameters of the candidates.
    fold_scores : array of shape (n_candidates, n_splits)
        NaN where a fold was not run or failed.
    scores : array of shape (n_candidates,)
        Mean over all folds; NaN unless the candidate is complete.
    is_failed, is_stopped : bool array of shape (n_candidates,)
        The reason why a candidate has no score. In a halving search, candidates of
        earlier rounds count as stopped.
    seconds : array of shape (n_candidates,)
        Time of fitting and scoring, NaN where the search does not keep it.
    n_fits : int array of shape (n_candidates,)
        Number of evaluated folds.
    adjusted : array of shape (n_candidates,)
        Estimate of the mean over all folds from the evaluated folds, NaN without one.
    trials : tuple of Trial
        Trials of a search of skbayes, empty for other searches.
    untuned : int or None
        Row of the candidate with the estimator's own values.
    test_share : float or None
        Share of the data that a fold holds out; None: 1 / n_splits.
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
    test_share: float | None

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

    def within(self, space: Space) -> SearchRecord:
        """Keep the candidates that lie in `space`.

        The untuned estimator is a candidate that may lie outside of the searched space,
        and a model over the space cannot encode it.
        """
        rows = [i for i, params in enumerate(self.params) if space.contains(params)]
        if len(rows) == self.n_candidates:
            return self
        return replace(
            self,
            params=tuple(self.params[i] for i in rows),
            fold_scores=self.fold_scores[rows],
            scores=self.scores[rows],
            is_failed=self.is_failed[rows],
            is_stopped=self.is_stopped[rows],
            seconds=self.seconds[rows],
            n_fits=self.n_fits[rows],
            adjusted=self.adjusted[rows],
            trials=tuple(self.trials[i] for i in rows) if self.trials else (),
            untuned=rows.index(self.untuned) if self.untuned in rows else None,
        )


def read_search(
    search: Any, *, caller: str, metric: str | None = None, needs_score: bool = True
) -> SearchRecord:
    """Read the results of a fitted search.

    Parameters
    ----------
    search : fitted search
        A search of skbayes or scikit-learn, or another with ``cv_results_``.
    caller : str
        Name of the calling function, for messages.
    metric : str or None
        Name of the score, where the search has several.
    needs_score : bool
        Whether at least one candidate must have a score.

    Returns
    -------
    SearchRecord

    Raises
    ------
    NotFittedError, TypeError
        If `search` is not a fitted search.
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
    # An infinite score counts as a failure: no model or mean can use it.
    scores = np.where(np.isfinite(scores), scores, np.nan)
    # A search that was interrupted leaves running trials: they have folds but no score.
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
        test_share=getattr(search, "_test_share", None),
    )


def choose_metric(
    search: Any, results: Mapping[str, Any], *, caller: str, metric: str | None
) -> str:
    """Choose the metric: the one asked for, else the one that decided.

    Parameters
    ----------
    search : fitted search
        The search; its ``refit`` may name the metric.
    results : mapping
        ``cv_results_`` of the search.
    caller : str
        Name of the calling function, for messages.
    metric : str or None
        Name that the user gave.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the name is unknown, or the search has several metrics and none is named.
    """
    known = metrics_in(results)
    if metric is not None:
        if metric not in known:
            raise ValueError(
                f"The `metric` parameter of {caller} must be one of {known}, the scores"
                f" of this {type(search).__name__}. Got {metric!r} instead."
                f"{hint(closest_name(metric, known))}"
            )
        return metric
    decided = metric_that_decided(search)
    if decided is not None:
        return decided
    raise ValueError(
        f"{caller} shows one score, and this {type(search).__name__} has {known}, none "
        f"of which `refit` names. Pass metric={known[0]!r} or another of them."
    )


def _results_of(search: Any, caller: str) -> Mapping[str, Any]:
    """Return ``cv_results_``, or raise an error that names what the user passed."""
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
    # A fitted classifier is a common mistake: NotFittedError would mislead there.
    if not any(hasattr(search, p) for p in ("param_grid", "param_distributions")):
        raise TypeError(
            f"The `search` parameter of {caller} must be a fitted search with "
            f"`cv_results_`. Got an estimator of class {name} instead."
        )
    raise NotFittedError(
        f"This {name} instance is not fitted yet. Call its `fit` before {caller}."
    )


def _trials_of(search: Any, n_candidates: int) -> tuple[Trial, ...]:
    """Return the trials, where the search keeps one for each row of its table."""
    trials = getattr(search, "trials_", None)
    if not isinstance(trials, list | tuple) or len(trials) != n_candidates:
        return ()
    return tuple(trials) if all(isinstance(t, Trial) for t in trials) else ()


def _fold_scores(results: Mapping[str, Any], metric: str) -> FloatArray:
    """Scores of single folds, else the mean as one fold, (n_candidates, n_splits)."""
    table = read_fold_columns(results, metric)
    if not table.shape[1]:
        table = np.array(results[_PREFIX + metric], dtype=np.float64)[:, np.newaxis]
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
    """Find the candidates of a halving search that had less than all resources.

    The score of such a candidate comes from less training data. It cannot be compared
    with the scores of the last round.
    """
    if "n_resources" not in results:
        return np.zeros(len(results["params"]), dtype=bool)
    resources = np.asarray(results["n_resources"])
    is_less: BoolArray = resources < resources.max()
    return is_less


def _adjusted(results: Mapping[str, Any], metric: str, n: int) -> FloatArray:
    """Read a race's estimates of the means, NaN where the search has none."""
    column = results.get(f"adjusted_test_{metric}")
    return np.full(n, np.nan) if column is None else np.array(column, dtype=np.float64)


def _untuned_row(search: Any, params: tuple[Params, ...]) -> int | None:
    """Find the candidate with the estimator's own values, None if there is none."""
    estimator: Any = getattr(search, "estimator", None)
    if not hasattr(estimator, "get_params"):
        return None
    return row_with_values(estimator.get_params(deep=True), params)

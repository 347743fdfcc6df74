"""Choose `best_index_`: the best candidate by the deciding metric, or by a rule."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from skbayes._compat import check_refit_of_several, select_best_index
from skbayes._deciding_metric import (
    deciding_metric,
    metric_named_by,
    metric_to_maximise,
    metrics_in,
)
from skbayes._did_you_mean import closest_name, hint
from skbayes._evaluation.cv_results import candidates_that_may_win, rank
from skbayes._evaluation.fold.failure_causes import NO_NUMBER
from skbayes._fold_statistics import TableOfFolds
from skbayes._short_text import one_line
from skbayes._user_warnings import warn_user
from skbayes.search._early_failures import shared_failure


class RefitCheck:
    """Checks `refit` when the first fold has returned the names of the metrics.

    It is an observer of the search, needed for a callable scorer, whose names are not
    known before.
    """

    def __init__(self, search):
        self._search = search
        self._is_over = False

    def on_fold(self, trial, params, result):
        """Raise if `refit` names none of the metrics, once these are known."""
        # A failed callable scorer has returned no names: wait for a fold with a dict,
        # whose scores may be invalid, or without errors.
        if not self._is_over and (result.is_multimetric or not result.errors):
            self._is_over = True
            check_refit(
                self._search,
                list(result.test_scores),
                is_multimetric=result.is_multimetric,
            )

    def on_trial(self, progress):
        """Do nothing: folds have the names of metrics."""
        return False


def check_refit(search, names, *, is_multimetric):
    """Raise if `refit` names none of the metrics.

    Parameters
    ----------
    search : SearchCV
        The search with its `refit`.
    names : sequence of str
        The metrics of the search.
    is_multimetric : bool
        Whether the scorer returns a dict, even of one score.

    Raises
    ------
    ValueError
        If there are several and none is named, or a rule reads a missing one.
    """
    # scikit-learn's own check has the messages that its users search for.
    if is_multimetric:
        try:
            check_refit_of_several(search, names)
        except ValueError as error:
            raise with_names(error, search.refit, names) from error
    rule = search.refit
    if callable(rule):
        _check_metric_of_rule(rule, names, type(search).__name__)


def with_names(error: ValueError, refit: Any, names: Sequence[str]) -> ValueError:
    """The error about a `refit` that names no metric, with the names to choose from."""
    named = refit if isinstance(refit, str) else ""
    # Some write the column of the table in place of the metric.
    column = next((n for n in names if named.endswith(f"_test_{n}")), None)
    found = column or closest_name(named, names)
    return ValueError(f"{error}{hint(found)} The scores are {list(names)}.")


def _check_metric_of_rule(rule, names, owner):
    """Refuse a rule that reads a metric which is not there."""
    is_ours = isinstance(rule, BaseEstimator) and hasattr(rule, "metric")
    metric = rule.metric if is_ours else metric_named_by(rule)
    if metric in names or (len(names) == 1 and (metric is None or not is_ours)):
        return
    if metric is None and not is_ours:
        return
    kind = "parameter" if is_ours else "attribute"
    name = getattr(rule, "__name__", type(rule).__name__)
    raise ValueError(
        f"The `metric` {kind} of {name} must be one of {list(names)}, the scores of "
        f"this {owner}. Got {metric!r} instead.{hint(closest_name(metric, names))}"
    )


def choose_winner(search, evaluation, *, must_have_score):
    """Set `best_index_`, `best_params_`, `best_score_` and `refit_metric_`.

    Parameters
    ----------
    search : SearchCV
        The search with ``trials_`` and ``cv_results_``.
    evaluation : Evaluation
        Data and folds, to explain failures.
    must_have_score : bool
        Whether to raise if no candidate has a finite score. Grid and random search only
        warn, like scikit-learn.

    Raises
    ------
    ValueError
        If there is no candidate to choose, or `refit` names none of several metrics.
    """
    names = metrics_in(search.cv_results_)
    if search.multimetric_:
        check_refit(search, names, is_multimetric=True)
        if not search.refit:
            return
    metric = metric_to_maximise(search.refit, names)
    rows = _rows_to_choose_from(search, evaluation, metric, must_have_score)
    decided = deciding_metric(search.refit, names)
    if callable(search.refit):
        # The rule sees only the rows it may choose, so its index counts among these.
        table = _ReadTable(rows_of(search.cv_results_, rows), evaluation.test_share)
        index = int(rows[row_by_rule(search.refit, table)])
        decided = decided or table.metric_read(names)
        _check_score(search, index, decided)
        search.best_index_ = index
    elif (finalist := _best_finalist(search, metric)) is not None:
        search.best_index_ = finalist
        search.best_score_ = search.cv_results_[f"mean_repeated_test_{metric}"][
            finalist
        ]
    else:
        # argmin returns the first of equal ranks, as in scikit-learn; NaN has the last
        # rank.
        ranks = search.cv_results_[f"rank_test_{metric}"]
        search.best_index_ = rows[ranks[rows].argmin()]
        search.best_score_ = search.cv_results_[f"mean_test_{metric}"][
            search.best_index_
        ]
    if decided is not None:
        search.refit_metric_ = decided
    search.best_params_ = search.cv_results_["params"][search.best_index_]


def _best_finalist(search, metric):
    """The row with the best mean over all folds, among those with most repeats."""
    n_repeats = search.cv_results_.get("n_repeats")
    if n_repeats is None or not n_repeats.any():
        return None
    rows = np.flatnonzero(n_repeats == n_repeats.max())
    return rows[search.cv_results_[f"mean_repeated_test_{metric}"][rows].argmax()]


def rows_that_may_win(search, metric):
    """Rows of the candidates that may be chosen and have a finite mean score."""
    # inf is no score either: it would win every comparison.
    means = search.cv_results_[f"mean_test_{metric}"]
    return np.flatnonzero(_may_win(search) & np.isfinite(means))


def failed_may_win(search):
    """Whether a numeric `error_score` may win, as it may in scikit-learn."""
    return not (search._is_adaptive or may_stop(search))


def may_stop(search):
    """Whether losing candidates are stopped: between folds, or below all samples."""
    return bool(search.racing) or search.resource is not None


def _may_win(search):
    return candidates_that_may_win(
        search.trials_, failed_may_win=failed_may_win(search)
    )


def _rows_to_choose_from(search, evaluation, metric, must_have_score):
    """The rows with a score; without any, the rows scikit-learn chooses from."""
    rows = rows_that_may_win(search, metric)
    if len(rows):
        return rows
    cause = shared_failure(search.trials_, evaluation)
    may_win = _may_win(search)
    # scikit-learn raises for a scorer that gives no number.
    must_have_score |= cause is not None and NO_NUMBER in cause
    if must_have_score or callable(search.refit) or not may_win.any():
        raise ValueError(_no_winner(search, metric, cause))
    if cause is not None:
        warn_user(f"{cause}\nNo candidate has a finite mean test {metric}.")
    return np.flatnonzero(may_win)


def _no_winner(search, metric, cause):
    """Why no candidate can be chosen: first the cause that all failures share."""
    errors = (
        trial.error or "Not all of its folds were run." for trial in search.trials_
    )
    counts = Counter(error.strip() for error in errors)
    summary = "\n".join(f"{n} candidates: {text}" for text, n in counts.items())
    head = "" if cause is None else f"{cause}\n"
    rule = f" by {search.refit!r}" if callable(search.refit) else ""
    return (
        f"{head}No candidate has a finite mean test {metric}, so that there is none to "
        f"choose{rule}. The first error of each candidate:\n{summary}"
    )


class _ReadTable(TableOfFolds):
    """A table that notes the names of the columns that are read."""

    def __init__(self, results, test_share):
        super().__init__(results, test_share)
        self._read = set()

    def __getitem__(self, name):
        self._read.add(name)
        return super().__getitem__(name)

    def get(self, name, default=None):
        """Like `dict.get`, but note the name."""
        self._read.add(name)
        return super().get(name, default)

    def metric_read(self, names):
        """The only metric with a test column that was read; None if none or several."""
        suffixes = {name: f"_test_{name}" for name in names}
        read = [
            name
            for name, suffix in suffixes.items()
            if any(isinstance(c, str) and c.endswith(suffix) for c in self._read)
        ]
        return read[0] if len(read) == 1 else None


def rows_of(results: Mapping[str, Any], rows) -> dict[str, Any]:
    """A copy of `cv_results_` of some of the candidates, with new ranks among these.

    A rule that changes its table does not change the results.
    """
    table: dict[str, Any] = {
        name: [dict(values[row]) for row in rows] if name == "params" else values[rows]
        for name, values in results.items()
    }
    # Ranks stay valid if no row is left out.
    if len(rows) == len(results["params"]):
        return table
    # A rule may look for rank 1, which may be a row left out.
    for name in metrics_in(results):
        table[f"rank_test_{name}"] = rank(table[f"mean_test_{name}"])
    return table


def row_by_rule(rule, table) -> int:
    """The row of a table that a rule chooses.

    Raises
    ------
    TypeError
        If the rule returns no integer.
    IndexError
        If the table has no such row.
    """
    given: list[Any] = []

    def remembered(results: Any) -> Any:
        try:
            # A copy: the table is looked at again, whatever the rule does with its own.
            given.append(rule(copy.copy(results)))
        except Exception as error:
            means = [f"mean_test_{name}" for name in metrics_in(results)]
            error.add_note(
                f"Raised by {rule!r}, the `refit` parameter. It was given a table as "
                f"cv_results_, with the mean scores {means}."
            )
            raise
        if isinstance(given[-1], bool):
            # scikit-learn takes True for the second row.
            raise TypeError("best_index_ returned is not an integer")
        return given[-1]

    try:
        return int(select_best_index(remembered, table))
    except (TypeError, IndexError) as error:
        if given:
            error.add_note(
                f"It is {one_line(given[-1], 80)}, given by {rule!r}, the `refit` "
                f"parameter. Give the row of one of the {len(table['params'])} "
                "candidates that it was shown: those that have all their folds and may "
                "win."
            )
        raise


def _check_score(search, index, metric):
    """Raise if a chosen candidate has no finite score of the deciding metric."""
    if metric is None:
        return
    # A rule reads any column and may choose a candidate that has failed.
    mean = search.cv_results_[f"mean_test_{metric}"][index]
    if not np.isfinite(mean):
        raise ValueError(
            f"The `refit` parameter, {search.refit!r}, has chosen candidate {index}, "
            f"whose mean test {metric} is {mean}. A rule must choose a candidate that "
            "has a finite one."
        )

"""Read results of an earlier search from any of the forms they come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np

from skbayes._deciding_metric import deciding_metric, metric_that_decided, metrics_in
from skbayes._protocol import FloatArray, Params
from skbayes._strategies.optimizer_input import check_score
from skbayes._user_warnings import warn_user
from skbayes._values import stands_for
from skbayes.space._space import Space

#: Reasons for skipped rows that a warning lists: a table may have one per row.
MAX_REASONS = 3


def read_prior_results(
    source: Any,
    space: Space,
    *,
    owner: str,
    metric: str = "score",
    untuned: Params | None = None,
) -> list[tuple[Params, float]]:
    """Read the points of an earlier search that lie in the space, and their scores.

    Parameters
    ----------
    source : fitted search, mapping, DataFrame or sequence of (dict, float)
        Anything with `cv_results_`, a `cv_results_` itself, a DataFrame of one, or
        pairs of parameters and score. A table may come from a file: texts of choices
        are looked up.
    space : Space
        Rows with parameters that are missing or outside it are skipped, with one
        warning that counts them and says why.
    owner : str
        The caller's name, for error messages.
    metric : str, default="score"
        Which `mean_test_...` column to read. If there is none of this name: the only
        one, or the one by which a fitted search has chosen.
    untuned : dict or None, default=None
        The estimator's own values. An earlier search has a row of them, which causes
        no warning if it lies outside the space.

    Returns
    -------
    list of (dict, float)
        Points in the space's canonical form, in the order of the source; the score of
        a failed candidate is NaN.

    Raises
    ------
    TypeError
        If `source` is none of these.
    ValueError
        If it has no column of scores, or several and none of this name; if its columns
        differ in length; if a score of a list of tuples is plus infinity; or if no row
        is a point of the space.
    """
    rows = _rows(source, space, owner, metric)
    kept, reasons = [], Counter[str]()
    for params, score in rows:
        if space.contains(params):
            kept.append((space.canonical(params), score))
        elif not _is_untuned(params, untuned):
            reasons[space.what_keeps_out(params)] += 1
    if reasons and not kept:
        raise ValueError(
            f"The `prior_results` parameter of {owner} must hold points of the search "
            f"space. Got {len(rows)} rows, none of which is one: {_in_words(reasons)}. "
            "Give results of a search over the same parameters, or none."
        )
    if reasons:
        warn_user(
            f"Skipped {reasons.total()} of {len(rows)} rows of the `prior_results` "
            f"parameter of {owner}, which are not in the search space: "
            f"{_in_words(reasons)}."
        )
    return kept


def _in_words(reasons: Counter[str]) -> str:
    """The commonest reasons, and the number of others."""
    shown = [
        f"{reason} ({n} row{'s' if n > 1 else ''})"
        for reason, n in reasons.most_common(MAX_REASONS)
    ]
    n_others = len(reasons) - len(shown)
    return "; ".join([*shown, f"and {n_others} other reasons"] if n_others else shown)


def _rows(
    source: Any, space: Space, owner: str, metric: str
) -> list[tuple[Params, float]]:
    if hasattr(source, "cv_results_"):
        results = source.cv_results_
        if metric not in metrics_in(results):
            # The metric of that search replaces a metric that it did not compute.
            metric = metric_that_decided(source) or metric
        return _rows_of_table(results, space, owner, metric)
    if isinstance(source, Mapping) or hasattr(source, "columns"):
        return _rows_of_table(source, space, owner, metric)
    if isinstance(source, Sequence) and not isinstance(source, str):
        pairs = [row for row in source if isinstance(row, tuple) and len(row) == 2]
        if len(pairs) == len(source) and all(isinstance(p, Mapping) for p, _ in pairs):
            named = f"A score in the `prior_results` parameter of {owner}"
            return [
                (dict(params), check_score(score, named)) for params, score in pairs
            ]
    raise TypeError(
        f"The `prior_results` parameter of {owner} must be a fitted search, its "
        "`cv_results_`, a DataFrame of it, or a list of (params, score) tuples. Got "
        f"{type(source).__name__} instead{_what_to_give(source)}."
    )


def _what_to_give(source: Any) -> str:
    """Suggest an argument in place of an object without readable results."""
    if isinstance(source, str | PathLike):
        return "; read the file first, as by pandas.read_csv"
    if type(source).__module__.partition(".")[0] == "optuna":
        return (
            "; of a study give [(trial.params, trial.value) for trial in "
            "study.trials], with the sign of the values changed if it minimizes"
        )
    if isinstance(source, Iterator):
        return "; write list(...)"
    if isinstance(source, Sequence):
        if source and all(hasattr(row, "folds") for row in source):
            return "; give the search whose `trials_` they are"
        if source and all(hasattr(row, "cv_results_") for row in source):
            return "; give one search, or the (params, score) tuples of all"
        return "; give each row as a tuple (params, score)"
    # Of other objects nothing is known.
    return "; an unfitted search has no `cv_results_`" if hasattr(source, "fit") else ""


def _is_untuned(params: Params, untuned: Params | None) -> bool:
    """Whether a row has the estimator's own values; a file has no None."""
    if untuned is None or not params.keys() <= untuned.keys():
        return False
    return all(stands_for(params.get(name), value) for name, value in untuned.items())


def _rows_of_table(
    table: Any, space: Space, owner: str, metric: str
) -> list[tuple[Params, float]]:
    """Read the rows of a `cv_results_` or a DataFrame of one."""
    # A frame of polars gives its columns where one of pandas gives their names.
    names = [str(name) for name in getattr(table, "columns", table)]
    column = _score_column(names, owner, metric)
    scores = _as_scores(table[column], f"The `prior_results` parameter of {owner}")
    columns: dict[str, list[Any]] = {
        "params": [],
        "status": [""] * len(scores),
        "n_resources": [0] * len(scores),
    }
    for name in names:
        if name in columns or name.startswith("param_"):
            columns[name] = list(table[name])
            if len(columns[name]) != len(scores):
                raise ValueError(
                    f"The `prior_results` parameter of {owner} must have columns of "
                    f"equal length. Got {len(columns[name])} rows of {name!r} and "
                    f"{len(scores)} of {column!r}."
                )
    rows = zip(
        _points_of_table(columns, space, len(scores)),
        scores.tolist(),
        columns["status"],
        columns["n_resources"],
        strict=True,
    )
    most = max(columns["n_resources"], default=0)
    return [
        # As in the search they come from, an infinite score counts as a failure.
        (params, score if np.isfinite(score) else np.nan)
        for params, score, status, n_resources in rows
        # A stopped candidate has no mean over all folds, but has not failed; halving
        # scores candidates on fewer samples, too.
        if not (status == "stopped" if np.isnan(score) else n_resources < most)
    ]


def _as_scores(column: Any, table: str) -> FloatArray:
    """Convert a column of scores to an array, shape (n_rows,)."""
    try:
        scores = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
        # No column of numbers: the wrong shape leads to the error below.
        scores = np.array(np.nan)
    if scores.ndim != 1:
        raise ValueError(
            f"{table} must have one number a row as the score, or NaN for a candidate "
            f"that failed. Got {column!r} instead."
        )
    return scores


def _points_of_table(
    columns: Mapping[str, list[Any]], space: Space, n_rows: int
) -> list[Params]:
    """Parameters of each row."""
    listed = columns["params"]
    # Read back from a text file, a params column holds strings: use the others then.
    if listed and all(isinstance(params, Mapping) for params in listed):
        return [
            dict(params)
            if space.contains(dict(params))
            else space.from_cells(dict(params), may_be_empty=False)
            for params in listed
        ]
    values = {
        name.removeprefix("param_"): column
        for name, column in columns.items()
        if name.startswith("param_")
    }
    return [
        space.from_cells(
            {name: c[i] for name, c in values.items() if not _is_nothing(c[i])},
            may_be_empty=True,
        )
        for i in range(n_rows)
    ]


def _score_column(names: list[str], owner: str, metric: str) -> str:
    """Name of the column of scores: the metric's, or the only one."""
    known = metrics_in(names)
    decided = deciding_metric(metric, known)
    if decided is not None:
        return f"mean_test_{decided}"
    found = [f"mean_test_{name}" for name in known]
    raise ValueError(
        f"The `prior_results` parameter of {owner} must have a column "
        f"'mean_test_{metric}'. Got {found or 'no column of test scores'} instead."
    )


def _is_nothing(value: Any) -> bool:
    """Whether a cell is empty: an inactive parameter, or None."""
    is_nan = isinstance(value, float | np.floating) and np.isnan(value)
    is_pandas_nothing = type(value).__name__ in {"NAType", "NaTType"}
    return value is None or value is np.ma.masked or bool(is_nan) or is_pandas_nothing

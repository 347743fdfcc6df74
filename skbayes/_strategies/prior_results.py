"""Results of an earlier search, in whatever form they are at hand."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray, Params
from skbayes._strategies.history import check_score
from skbayes.space import Space

#: Reasons why rows are skipped that a warning names: a table may have one a row.
MAX_REASONS = 3


def read_prior_results(
    source: Any,
    space: Space,
    *,
    owner: str,
    metric: str = "score",
    stacklevel: int = 2,
) -> list[tuple[Params, float]]:
    """Read the points of an earlier search that lie in the space, and their scores.

    Parameters
    ----------
    source : fitted search, mapping, DataFrame or sequence of (dict, float)
        Anything with `cv_results_`, a `cv_results_` itself, a DataFrame of one, or
        pairs of parameters and score.
    space : Space
        Rows with parameters that are missing or outside it are skipped, with one
        warning that counts them and says why.
    owner : str
        Who asks, for error messages.
    metric : str, default="score"
        Which `mean_test_...` column to read; where there is none of the name, the
        only one, or the one by which a fitted search has chosen.
    stacklevel : int, default=2
        Whose line the warning names, as in `warnings.warn`.

    Returns
    -------
    list of (dict, float)
        Points as the space has them, in the order of the source; the score of a
        failed candidate is NaN.

    Raises
    ------
    TypeError
        If the source is none of these.
    ValueError
        If it has no column of scores, or several and none of the name, its columns
        differ in length, or a score of a list of tuples is plus infinity.
    """
    rows = _rows(source, space, owner, metric)
    kept, reasons = [], Counter[str]()
    for params, score in rows:
        if space.contains(params):
            kept.append((space.canonical(params), score))
        else:
            reasons[space.what_keeps_out(params)] += 1
    if reasons:
        warnings.warn(
            f"Skipped {reasons.total()} of {len(rows)} rows of the `prior_results` "
            f"parameter of {owner}, which are not in the search space: "
            f"{_in_words(reasons)}.",
            UserWarning,
            stacklevel=stacklevel,
        )
    return kept


def _in_words(reasons: Counter[str]) -> str:
    """The commonest reasons, and how many others there are."""
    shown = [
        f"{reason} ({n} row{'s' if n > 1 else ''})"
        for reason, n in reasons.most_common(MAX_REASONS)
    ]
    n_others = len(reasons) - len(shown)
    return "; ".join([*shown, f"and {n_others} other reasons"] if n_others else shown)


def _rows(
    source: Any, space: Space, owner: str, metric: str
) -> list[tuple[Params, float]]:
    """Return parameters and score of every row of the source."""
    if hasattr(source, "cv_results_"):
        results = source.cv_results_
        is_multimetric = getattr(source, "multimetric_", False)
        if f"mean_test_{metric}" not in results and is_multimetric:
            # What decided there stands for what is not to be had.
            metric = source.refit if isinstance(source.refit, str) else metric
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
        f"{type(source).__name__} instead; an unfitted search has no `cv_results_` yet."
    )


def _rows_of_table(
    table: Any, space: Space, owner: str, metric: str
) -> list[tuple[Params, float]]:
    """Read the rows of a `cv_results_` or a DataFrame of one."""
    names = [str(name) for name in table]
    column = _score_column(names, owner, metric)
    scores = _as_scores(table[column], f"The `prior_results` parameter of {owner}")
    columns: dict[str, list[Any]] = {"params": [], "status": [""] * len(scores)}
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
        strict=True,
    )
    return [
        # As in the search that they come from, an infinite score is no score.
        (params, score if np.isfinite(score) else np.nan)
        for params, score, status in rows
        # A candidate that was stopped early has no mean of all folds, but no fault.
        if not (np.isnan(score) and status == "stopped")
    ]


def _as_scores(column: Any, table: str) -> FloatArray:
    """Convert a column of scores to an array, shape (n_rows,)."""
    try:
        scores = np.asarray(column, dtype=np.float64)
    except (TypeError, ValueError):
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
    told = columns["params"]
    # Read back from a text file, a params column holds strings: use the others then.
    if told and all(isinstance(params, Mapping) for params in told):
        return [dict(params) for params in told]
    values = {
        name.removeprefix("param_"): column
        for name, column in columns.items()
        if name.startswith("param_")
    }
    return [
        space.fill_none(
            {name: c[i] for name, c in values.items() if not _is_nothing(c[i])}
        )
        for i in range(n_rows)
    ]


def _score_column(names: list[str], owner: str, metric: str) -> str:
    """Name the column of scores: that of the metric, or the only one there is."""
    found = [name for name in names if name.startswith("mean_test_")]
    if f"mean_test_{metric}" in found:
        return f"mean_test_{metric}"
    if len(found) == 1:
        return found[0]
    raise ValueError(
        f"The `prior_results` parameter of {owner} must have a column "
        f"'mean_test_{metric}'. Got {found or 'no column of test scores'} instead."
    )


def _is_nothing(value: Any) -> bool:
    """Whether a cell is empty: the parameter was inactive, or None."""
    is_nan = isinstance(value, float | np.floating) and np.isnan(value)
    return value is None or value is np.ma.masked or bool(is_nan)

"""Results of an earlier search, in whatever form they are at hand."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skbayes._protocol import Params
from skbayes.space import Space


def read_prior_results(
    source: Any, space: Space, *, owner: str, metric: str = "score"
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

    Returns
    -------
    list of (dict, float)
        In the order of the source; the score of a failed candidate is NaN.

    Raises
    ------
    TypeError
        If the source is none of these.
    ValueError
        If it has no column of scores, or several and none of the name.
    """
    rows = _rows(source, owner, metric)
    kept, reasons = [], Counter[str]()
    for params, score in rows:
        try:
            space.check(params, owner=owner)
        except (TypeError, ValueError) as error:
            reasons[str(error)] += 1
        else:
            kept.append((params, score))
    if reasons:
        why = "; ".join(
            f"{reason} ({n} row{'s' if n > 1 else ''})" for reason, n in reasons.items()
        )
        warnings.warn(
            f"Skipped {reasons.total()} of {len(rows)} rows of the `prior_results` "
            f"parameter of {owner}: {why}",
            UserWarning,
            stacklevel=3,
        )
    return kept


def _rows(source: Any, owner: str, metric: str) -> list[tuple[Params, float]]:
    """Return parameters and score of every row of the source."""
    if hasattr(source, "cv_results_"):
        results = source.cv_results_
        is_multimetric = getattr(source, "multimetric_", False)
        if f"mean_test_{metric}" not in results and is_multimetric:
            # What decided there stands for what is not to be had.
            metric = source.refit if isinstance(source.refit, str) else metric
        return _rows_of_table(results, owner, metric)
    if isinstance(source, Mapping) or hasattr(source, "columns"):
        return _rows_of_table(source, owner, metric)
    if isinstance(source, Sequence) and not isinstance(source, str):
        pairs = [row for row in source if isinstance(row, tuple) and len(row) == 2]
        if len(pairs) == len(source) and all(isinstance(p, Mapping) for p, _ in pairs):
            return [(dict(params), float(score)) for params, score in pairs]
    raise TypeError(
        f"The `prior_results` parameter of {owner} must be a fitted search, its "
        "`cv_results_`, a DataFrame of it, or a list of (params, score) tuples. Got "
        f"{type(source).__name__} instead; an unfitted search has no `cv_results_` yet."
    )


def _rows_of_table(table: Any, owner: str, metric: str) -> list[tuple[Params, float]]:
    """Read the rows of a `cv_results_` or a DataFrame of one."""
    names = [str(name) for name in table]
    scores = np.asarray(table[_score_column(names, owner, metric)], dtype=float)
    told = list(table["params"]) if "params" in names else []
    # Read back from a text file, a params column holds strings: use the others then.
    if told and all(isinstance(params, Mapping) for params in told):
        all_params = [dict(params) for params in told]
    else:
        columns = {
            name.removeprefix("param_"): list(table[name])
            for name in names
            if name.startswith("param_")
        }
        all_params = [
            {name: values[i] for name, values in columns.items()}
            for i in range(len(scores))
        ]
    statuses = list(table["status"]) if "status" in names else [""] * len(scores)
    return [
        (_plain(params), float(score))
        for params, score, status in zip(all_params, scores, statuses, strict=True)
        # A candidate that was stopped early has no mean of all folds, but no fault.
        if not (np.isnan(score) and status == "stopped")
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


def _plain(params: Mapping[str, Any]) -> Params:
    """Convert to Python values; those masked or NaN (inactive) are omitted."""
    out = {}
    for name, value in params.items():
        is_nan = isinstance(value, float | np.floating) and np.isnan(value)
        if value is not np.ma.masked and not is_nan:
            out[name] = value.item() if isinstance(value, np.generic) else value
    return out

"""Trials as a tidy data frame: one row each, with errors."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from skbayes._protocol import Trial
from skbayes._split_columns import split_column

_HEAD = ("search", "trial", "status")
_TAIL = ("n_splits_evaluated", "mean_fit_time", "mean_score_time", "error")


def trial_row(trial: Trial) -> dict[str, Any]:
    """Columns of one trial by name; `column_order` sorts them."""
    row: dict[str, Any] = {"trial": trial.index, "status": str(trial.status)}
    row |= {f"param_{name}": value for name, value in trial.params.items()}
    row |= _score_columns(trial, "test")
    row |= _score_columns(trial, "train")
    n_folds = len(trial.folds)
    row["n_splits_evaluated"] = n_folds
    for name in ("fit_time", "score_time"):
        total = sum(getattr(fold, name) for fold in trial.folds)
        row[f"mean_{name}"] = total / n_folds if n_folds else math.nan
    rounds = [fold.n_rounds for fold in trial.folds if fold.n_rounds is not None]
    if rounds:
        row["mean_n_rounds"] = sum(rounds) / len(rounds)
    row["error"] = trial.error
    return row


def trials_frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Any:
    """Make a data frame of rows.

    A parameter that a trial lacks is NaN, a parameter whose value is None is None. A
    column with any of these has dtype object, so that its integers stay integers.
    """
    import pandas as pd

    data: dict[str, Any] = {}
    for name in columns:
        values = [row.get(name, math.nan) for row in rows]
        has_gap = any(name not in row for row in rows)
        is_whole = any(isinstance(v, int) for v in values)
        is_kept = any(v is None for v in values) or (has_gap and is_whole)
        is_param = name.startswith("param_")
        data[name] = pd.Series(values, dtype=object if is_param and is_kept else None)
    return pd.DataFrame(data, columns=list(columns))


def column_order(
    rows: Sequence[Mapping[str, Any]], *, is_of_many: bool = False
) -> list[str]:
    """Identity, parameters, test scores, training scores, the rest; none twice.

    Tables of several searches begin with the column ``search``, also when they are
    empty.
    """
    names = dict.fromkeys(name for row in rows for name in row)
    head = _HEAD if is_of_many else _HEAD[1:]
    params = [name for name in names if name.startswith("param_")]
    others = {*head, *_TAIL, *params}
    scores = [name for name in names if name not in others]
    return [*head, *params, *scores, *_TAIL]


def _score_columns(trial: Trial, kind: str) -> dict[str, float]:
    """Scores of each fold and their mean, for every metric."""
    by_fold = {f.fold: getattr(f, f"{kind}_scores") or {} for f in trial.folds}
    columns: dict[str, float] = {}
    for metric in dict.fromkeys(m for scores in by_fold.values() for m in scores):
        name = f"{kind}_{metric}"
        scores = [
            by_fold.get(k, {}).get(metric, math.nan) for k in range(trial.n_splits)
        ]
        columns |= {split_column(k, name): score for k, score in enumerate(scores)}
        columns[f"mean_{name}"] = sum(scores) / len(scores)
    return columns

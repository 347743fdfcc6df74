"""A finished fold as a row of a journal, and back."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from skbayes._evaluation.params_codec import scores_from_json, scores_to_json
from skbayes._protocol import FoldResult

#: What is kept of a `FoldResult`, in the order of `fold_row`.
FOLD_COLUMNS = (
    "fold, test_scores, train_scores, fit_time, score_time, n_test_samples, error, "
    "scoring_error, started, worker, is_multimetric, is_fatal"
)


def fold_row(result: FoldResult) -> tuple[Any, ...]:
    """Values of `FOLD_COLUMNS`, as Python's own numbers and text."""
    train = result.train_scores
    return (
        int(result.fold),
        scores_to_json(result.test_scores),
        None if train is None else scores_to_json(train),
        float(result.fit_time),
        float(result.score_time),
        int(result.n_test_samples),
        _storable(result.error),
        _storable(result.scoring_error),
        float(result.started),
        _storable(result.worker),
        int(result.is_multimetric),
        int(result.is_fatal),
    )


def fold_of(row: Sequence[Any]) -> FoldResult:
    """Give the fold of a row; ValueError if the row makes no sense."""
    fold, test, train, fit_time, score_time, n_test_samples, *rest = row
    error, scoring_error, started, worker, is_multimetric, is_fatal = rest
    return FoldResult(
        fold=fold,
        test_scores=scores_from_json(test),
        train_scores=None if train is None else scores_from_json(train),
        fit_time=fit_time,
        score_time=score_time,
        n_test_samples=n_test_samples,
        error=error,
        scoring_error=scoring_error,
        started=started,
        worker=worker,
        is_multimetric=bool(is_multimetric),
        is_fatal=bool(is_fatal),
    )


def rows_of_trials(
    connection: sqlite3.Connection, search_id: int
) -> list[tuple[Any, ...]]:
    """Fetch what is known of a search's trials, in the order they were begun.

    Returns
    -------
    list of tuple
        Row id, parameters, status, time of writing and `FOLD_COLUMNS`, one for each
        fold; a trial without folds has one with None in these.
    """
    return connection.execute(
        f"SELECT trials.id, params, status, written, {FOLD_COLUMNS} "
        "FROM trials LEFT JOIN folds ON trial_id = trials.id "
        "WHERE search_id = ? ORDER BY trial, trials.id, fold",
        (search_id,),
    ).fetchall()


def _storable(text: str | None) -> str | None:
    """Text that UTF-8 can write: tracebacks may quote file names that are none."""
    return text and text.encode("utf-8", "backslashreplace").decode("utf-8")

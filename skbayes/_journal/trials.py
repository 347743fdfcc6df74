"""Read the trials of a search from a journal, with their parameters as text."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from skbayes._journal.fold_rows import FOLD_COLUMNS, fold_of
from skbayes._protocol import FoldResult, Status


@dataclass(frozen=True)
class RecordedTrial:
    """One trial of a search in a journal.

    Parameters
    ----------
    params : str
        Text of its parameters, see `ParamsCodec`.
    params_key : str
        Equal for equal parameters, see `ParamsCodec.key`.
    status : Status
        Its status.
    folds : tuple of FoldResult
        The finished folds in order, including failed ones.
    last_written : float or None
        When the last fold was written, in seconds since 1970.
    """

    params: str
    params_key: str
    status: Status
    folds: tuple[FoldResult, ...]
    last_written: float | None


def recorded_trials(
    connection: sqlite3.Connection, search_id: int, folds: Mapping[int, int]
) -> list[RecordedTrial]:
    """Read the trials of a search, in the order they were begun.

    Parameters
    ----------
    connection : sqlite3.Connection
        To the journal.
    search_id : int
        The search.
    folds : mapping of int to int
        The fold's number by the id of its split.
    """
    rows = connection.execute(
        "SELECT trials.id, params, params_key, status, written, split_id, "
        f"{_fold_columns(connection)} FROM trials "
        "LEFT JOIN folds ON folds.candidate_id = trials.candidate_id "
        "WHERE search_id = ? ORDER BY trial, trials.id",
        (search_id,),
    ).fetchall()
    return [
        _recorded_trial(list(lines), folds)
        for _, lines in groupby(rows, key=lambda row: row[0])
    ]


def _fold_columns(connection: sqlite3.Connection) -> str:
    """Columns of a fold; a journal of version 2, read as it is, has one less."""
    names = {name for _, name, *_ in connection.execute("PRAGMA table_info(folds)")}
    if "n_rounds" in names:
        return FOLD_COLUMNS
    return FOLD_COLUMNS.replace("n_rounds", "NULL")


def _recorded_trial(
    lines: list[tuple[Any, ...]], folds: Mapping[int, int]
) -> RecordedTrial:
    """Make a trial from its rows: one for each fold, or one without a fold."""
    _, params, params_key, status, *_ = lines[0]
    # The candidate may also have folds of another cross-validation.
    own = [line for line in lines if line[5] in folds]
    results = [fold_of(folds[line[5]], line[6:], line[4]) for line in own]
    return RecordedTrial(
        params=params,
        params_key=params_key,
        status=Status(status),
        folds=tuple(sorted(results, key=lambda result: result.fold)),
        last_written=max((line[4] for line in own), default=None),
    )

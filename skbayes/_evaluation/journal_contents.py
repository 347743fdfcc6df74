"""The searches that a journal holds, as records, without the program that made them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from skbayes._evaluation.journal_rows import fold_of, rows_of_trials
from skbayes._evaluation.params_codec import readable_params
from skbayes._protocol import Status, Trial


@dataclass(frozen=True)
class RecordedSearch:
    """One search of a journal; choices among its parameters are text."""

    number: int
    description: Mapping[str, str]
    n_splits: int
    n_candidates: int | None
    metric: str | None
    begun: float
    last_written: float | None
    trials: Sequence[Trial]


def recorded_searches(connection: sqlite3.Connection) -> list[RecordedSearch]:
    """Read all searches."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'folds'")
    if tables.fetchone() is None:  # a search has only just made the file
        return []
    rows = connection.execute(
        "SELECT id, description, n_splits, n_candidates, metrics, choices, begun "
        "FROM searches ORDER BY id"
    ).fetchall()
    return [_recorded_search(connection, *row) for row in rows]


def _recorded_search(
    connection: sqlite3.Connection,
    search_id: int,
    description: str,
    n_splits: int,
    n_candidates: int | None,
    metrics: str,
    choices: str,
    begun: float,
) -> RecordedSearch:
    rows = rows_of_trials(connection, search_id)
    labels = json.loads(choices)
    trials: list[Trial] = []
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        params, status = readable_params(lines[0][1], labels), Status(lines[0][2])
        folds = tuple(fold_of(line[4:]) for line in lines if line[4] is not None)
        trials.append(Trial(len(trials), params, n_splits, folds, status))
    return RecordedSearch(
        number=search_id,
        description=json.loads(description),
        n_splits=n_splits,
        n_candidates=n_candidates,
        metric=next(iter([*json.loads(metrics), *_metrics(trials)]), None),
        begun=begun,
        last_written=max((r[3] for r in rows if r[3] is not None), default=None),
        trials=trials,
    )


def _metrics(trials: Sequence[Trial]) -> list[str]:
    """Names of the scores there are, in the order they appear."""
    return list(
        dict.fromkeys(m for t in trials for f in t.folds for m in f.test_scores)
    )

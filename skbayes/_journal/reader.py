"""Read the searches of a journal as records, without the program that made them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

from skbayes._journal import version_1
from skbayes._journal.known_searches import difference, known_searches, nearest
from skbayes._journal.params_codec import readable_params
from skbayes._journal.recorded_search import RecordedSearch
from skbayes._journal.trials import recorded_trials
from skbayes._protocol import Trial


def recorded_searches(connection: sqlite3.Connection) -> list[RecordedSearch]:
    """Read all searches."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'folds'")
    if tables.fetchone() is None:  # a search has only just made the file
        return []
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == version_1.VERSION:
        return version_1.recorded_searches(connection)
    rows = connection.execute(
        "SELECT id, description, splits, n_candidates, metrics, begun "
        "FROM searches ORDER BY id"
    ).fetchall()
    differences = _differences(connection)
    return [_recorded_search(connection, differences, *row) for row in rows]


def _differences(
    connection: sqlite3.Connection,
) -> dict[int, tuple[int, Sequence[str]]]:
    """For each search the most similar earlier one, and the parts that differ."""
    found: dict[int, tuple[int, Sequence[str]]] = {}
    known = known_searches(connection)
    for i, search in enumerate(known):
        like = nearest([difference(search.identity, other) for other in known[:i]])
        if like is not None:
            found[search.number] = like.number, list(like.parts)
    return found


def _recorded_search(
    connection: sqlite3.Connection,
    differences: Mapping[int, tuple[int, Sequence[str]]],
    search_id: int,
    description: str,
    splits: str,
    n_candidates: int | None,
    metrics: str,
    begun: float,
) -> RecordedSearch:
    folds = {split: fold for fold, split in enumerate(json.loads(splits))}
    recorded = recorded_trials(connection, search_id, folds)
    metric = next(iter(json.loads(metrics)), None)
    trials = [
        Trial(i, readable_params(one.params), len(folds), one.folds, one.status, metric)
        for i, one in enumerate(recorded)
    ]
    written = (one.last_written for one in recorded)
    like, differs_in = differences.get(search_id, (None, ()))
    return RecordedSearch(
        number=search_id,
        description=json.loads(description),
        n_splits=len(folds),
        n_candidates=n_candidates,
        metric=metric or next(iter(_metrics(trials)), None),
        begun=begun,
        last_written=max((w for w in written if w is not None), default=None),
        trials=trials,
        like=like,
        differs_in=differs_in,
    )


def _metrics(trials: Sequence[Trial]) -> list[str]:
    """Names of the metrics, in the order they appear."""
    return list(
        dict.fromkeys(m for t in trials for f in t.folds for m in f.test_scores)
    )

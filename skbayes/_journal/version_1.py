"""Read journals of version 1, the format of skbayes 0.1.

They identify searches by other rules, so no search can be continued in one. Their
content can still be read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from skbayes._journal.params_codec import scores_from_json
from skbayes._journal.recorded_search import RecordedSearch
from skbayes._protocol import FoldResult, Status, Trial

VERSION = 1


def recorded_searches(connection: sqlite3.Connection) -> list[RecordedSearch]:
    """Read all searches of a journal of version 1."""
    rows = connection.execute(
        "SELECT id, description, n_splits, n_candidates, metrics, choices, begun "
        "FROM searches ORDER BY id"
    ).fetchall()
    return [_recorded_search(connection, *row) for row in rows]


def _recorded_search(
    connection: sqlite3.Connection,
    number: int,
    description: str,
    n_splits: int,
    n_candidates: int | None,
    metrics: str,
    choices: str,
    begun: float,
) -> RecordedSearch:
    rows = connection.execute(
        # LEFT JOIN: a trial that ended without folds has a row with NULLs.
        "SELECT trials.id, params, status, written, fold, test_scores, train_scores, "
        "fit_time, score_time, n_test_samples, error, scoring_error, started, worker, "
        "is_multimetric, is_fatal FROM trials LEFT JOIN folds ON trial_id = trials.id "
        "WHERE search_id = ? ORDER BY trial, trials.id, fold",
        (number,),
    ).fetchall()
    metric = next(iter(json.loads(metrics)), None)
    trials: list[Trial] = []
    # groupby needs sorted rows: ORDER BY trial, trials.id above.
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        params = _params(lines[0][1], json.loads(choices))
        folds = tuple(_fold(*line[3:]) for line in lines if line[4] is not None)
        status = Status(lines[0][2])
        trials.append(Trial(len(trials), params, n_splits, folds, status, metric))
    return RecordedSearch(
        number=number,
        description=json.loads(description),
        n_splits=n_splits,
        n_candidates=n_candidates,
        metric=metric or next((t.deciding_metric for t in trials if t.folds), None),
        begun=begun,
        last_written=max((row[3] for row in rows if row[3] is not None), default=None),
        trials=trials,
    )


def _fold(
    written: float,
    fold: int,
    test_scores: str,
    train_scores: str | None,
    fit_time: float,
    score_time: float,
    n_test_samples: int,
    error: str | None,
    scoring_error: str | None,
    started: float,
    worker: str,
    is_multimetric: int,
    is_fatal: int,
) -> FoldResult:
    scores = scores_from_json(test_scores)
    failed = f"test_{next(iter(scores), 'score')}"
    return FoldResult(
        fold=fold,
        test_scores=scores,
        train_scores=None if train_scores is None else scores_from_json(train_scores),
        fit_time=fit_time,
        score_time=score_time,
        n_test_samples=n_test_samples,
        error=error,
        # Version 1 did not record which metric had failed.
        scoring_errors=None if scoring_error is None else {failed: scoring_error},
        started=started,
        worker=worker,
        is_multimetric=bool(is_multimetric),
        is_fatal=bool(is_fatal),
        written=written,
    )


def _params(text: str, choices: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Parameters, with labels in place of objects."""
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError(f"This is not an object: {text[:80]}")
    return {n: _value(item, choices.get(n, ())) for n, item in content.items()}


def _value(item: Any, choices: Sequence[str]) -> Any:
    if not isinstance(item, dict):
        return item
    [(tag, content)] = item.items()
    # An index: version 1 stored labels of objects once for each search.
    if tag == "choice":
        if not 0 <= content < len(choices):
            raise ValueError(f"There is no choice {content!r}")
        return choices[content]
    if tag == "float":
        return float(content)
    items = [_value(inner, ()) for inner in content]
    return {"list": list, "tuple": tuple}[tag](items)

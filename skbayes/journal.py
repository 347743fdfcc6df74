"""Looking into a journal, the file that a search with ``journal=`` writes.

`read` gives its trials as a data frame. On the command line ::

    python -m skbayes.journal search.sqlite

prints what searches are in it, how far they are and what is best so far. Both may
be used while searches are writing.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from skbayes._evaluation.journal_file import read_snapshot
from skbayes._evaluation.journal_rows import fold_of, rows_of_trials
from skbayes._evaluation.params_codec import readable_params
from skbayes._protocol import FloatArray, Status, Trial
from skbayes.exceptions import JournalError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read"]


def read(path: str | os.PathLike[str]) -> pd.DataFrame:
    """All trials of all searches in a journal, one row each.

    Parameters
    ----------
    path : str or os.PathLike
        The journal. Searches may be writing to it.

    Returns
    -------
    pandas.DataFrame of shape (n_trials, n_columns)
        ``search`` and ``trial`` (numbers, from 1 and from 0), ``status``
        (``"complete"``, ``"stopped"``, ``"failed"``, or ``"running"`` if it was
        running when the search was killed, or is), ``param_<name>`` (choices that are
        not plain values as their text), ``split<k>_test_<metric>``,
        ``mean_test_<metric>`` (NaN unless all folds have a score), the same for
        ``train`` where there are training scores, ``n_splits_evaluated``,
        ``mean_fit_time`` and ``mean_score_time`` in seconds, and ``error`` (the
        traceback of the first fold whose fit or scoring failed, or None).

    Raises
    ------
    ImportError
        If pandas is not installed.
    JournalError
        If there is no such file, or it is no journal, or damaged.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise ImportError(
            "skbayes.journal.read gives a data frame and needs pandas: install it, or "
            "run `python -m skbayes.journal PATH`, which does without."
        ) from error
    searches = read_snapshot(path, _load)
    rows = [_row(search, trial) for search in searches for trial in search.trials]
    return pd.DataFrame(rows, columns=_column_order(rows))


@dataclass(frozen=True)
class _Search:
    """One search of a journal; choices among its parameters are text."""

    number: int
    description: Mapping[str, str]
    n_splits: int
    n_candidates: int | None
    metric: str | None
    begun: float
    last_written: float | None
    trials: Sequence[Trial]


def _load(connection: sqlite3.Connection) -> list[_Search]:
    """Read all searches."""
    tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'folds'")
    if tables.fetchone() is None:  # a search has only just made the file
        return []
    rows = connection.execute(
        "SELECT id, description, n_splits, n_candidates, metrics, choices, begun "
        "FROM searches ORDER BY id"
    ).fetchall()
    return [_load_search(connection, *row) for row in rows]


def _load_search(
    connection: sqlite3.Connection,
    search_id: int,
    description: str,
    n_splits: int,
    n_candidates: int | None,
    metrics: str,
    choices: str,
    begun: float,
) -> _Search:
    rows = rows_of_trials(connection, search_id)
    labels = json.loads(choices)
    trials: list[Trial] = []
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = list(group)
        params, status = readable_params(lines[0][1], labels), Status(lines[0][2])
        folds = tuple(fold_of(line[4:]) for line in lines if line[4] is not None)
        trials.append(Trial(len(trials), params, n_splits, folds, status))
    return _Search(
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


# ---------------------------------------------------------------- the data frame


def _row(search: _Search, trial: Trial) -> dict[str, Any]:
    """One row of the data frame."""
    row: dict[str, Any] = {
        "search": search.number,
        "trial": trial.index,
        "status": str(trial.status),
    }
    row |= {f"param_{name}": value for name, value in trial.params.items()}
    row |= _score_columns(trial, "test")
    row |= _score_columns(trial, "train")
    n_folds = len(trial.folds)
    row["n_splits_evaluated"] = n_folds
    for name in ("fit_time", "score_time"):
        total = sum(getattr(fold, name) for fold in trial.folds)
        row[f"mean_{name}"] = total / n_folds if n_folds else math.nan
    row["error"] = trial.error
    return row


def _score_columns(trial: Trial, kind: str) -> dict[str, float]:
    """Scores of each fold and their mean, for every metric."""
    by_fold = {f.fold: getattr(f, f"{kind}_scores") or {} for f in trial.folds}
    columns: dict[str, float] = {}
    for metric in dict.fromkeys(m for scores in by_fold.values() for m in scores):
        name = f"{kind}_{metric}"
        scores = [
            by_fold.get(k, {}).get(metric, math.nan) for k in range(trial.n_splits)
        ]
        columns |= {f"split{k}_{name}": score for k, score in enumerate(scores)}
        columns[f"mean_{name}"] = _mean(scores)
    return columns


def _mean(scores: Sequence[float] | FloatArray) -> float:
    return float(sum(scores)) / len(scores)


def _column_order(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Identity, parameters, test scores, training scores, the rest; none twice."""
    names = dict.fromkeys(name for row in rows for name in row)
    head = ["search", "trial", "status"]
    tail = ["n_splits_evaluated", "mean_fit_time", "mean_score_time", "error"]
    params = [name for name in names if name.startswith("param_")]
    scores = [n for n in names if n not in {*head, *tail, *params}]
    return [*head, *params, *scores, *tail]


# -------------------------------------------------------------- the command line


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is in the journal that the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m skbayes.journal",
        description="Print the searches in a journal, their progress and best trial.",
    )
    parser.add_argument("path", metavar="PATH", help="what was given as journal=")
    path = parser.parse_args(arguments).path
    try:
        searches = read_snapshot(path, _load)
    except JournalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    lines = [_counted(len(searches), "search", "searches")]
    for search in searches:
        lines += ["", *_summary(search)]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _summary(search: _Search) -> Iterator[str]:
    """Lines about one search."""
    yield f"search {search.number}, begun {_moment(search.begun)}"
    for name, text in search.description.items():
        yield f"  {name}: {' '.join(text.split())}"
    yield f"  trials: {_trial_counts(search)}"
    n_folds = sum(len(trial.folds) for trial in search.trials)
    seconds = sum(trial.seconds for trial in search.trials)
    yield (
        f"  folds: {n_folds} of {len(search.trials) * search.n_splits}, "
        f"{_duration(seconds)} of fitting and scoring"
    )
    if search.last_written is not None:
        yield f"  last fold: {_moment(search.last_written)}"
    yield from _best(search)


def _trial_counts(search: _Search) -> str:
    n_trials = len(search.trials)
    done = str(n_trials)
    if search.n_candidates is not None:
        done += f" of {search.n_candidates}"
    counts = Counter(trial.status for trial in search.trials)
    parts = [f"{counts[status]} {status}" for status in Status if counts[status]]
    return f"{done} ({', '.join(parts)})" if parts else done


def _best(search: _Search) -> Iterator[str]:
    """Lines about the best complete trial, if there is one."""
    metric = search.metric
    complete = [t for t in search.trials if t.status == Status.COMPLETE]
    if metric is None or not complete:
        return
    best = max(complete, key=lambda t: _or_lowest(_mean(t.scores(metric))))
    yield f"  best mean {metric}: {_mean(best.scores(metric)):.6g}, trial {best.index}"
    for name, value in best.params.items():
        yield f"    {name}: {value}"


def _or_lowest(score: float) -> float:
    return -math.inf if math.isnan(score) else score


def _moment(seconds: float) -> str:
    """Local date and time of seconds since 1970."""
    return f"{datetime.fromtimestamp(seconds).astimezone():%Y-%m-%d %H:%M:%S}"


def _duration(seconds: float) -> str:
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} s"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


if __name__ == "__main__":
    sys.exit(main())

"""Looking into a journal, the file that a search with ``journal=`` writes.

`read` gives its trials as a data frame. On the command line ::

    python -m skbayes.journal search.sqlite

prints what searches are in it, how far they are and what is best so far. Both may
be used while searches are writing.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from skbayes._evaluation.journal_contents import RecordedSearch, recorded_searches
from skbayes._evaluation.journal_file import read_snapshot
from skbayes._evaluation.journal_summary import main
from skbayes._protocol import Trial

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
    searches = read_snapshot(path, recorded_searches)
    rows = [_row(search, trial) for search in searches for trial in search.trials]
    return pd.DataFrame(rows, columns=_column_order(rows))


def _row(search: RecordedSearch, trial: Trial) -> dict[str, Any]:
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
        columns[f"mean_{name}"] = sum(scores) / len(scores)
    return columns


def _column_order(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Identity, parameters, test scores, training scores, the rest; none twice."""
    names = dict.fromkeys(name for row in rows for name in row)
    head = ["search", "trial", "status"]
    tail = ["n_splits_evaluated", "mean_fit_time", "mean_score_time", "error"]
    params = [name for name in names if name.startswith("param_")]
    others = {*head, *tail, *params}
    scores = [name for name in names if name not in others]
    return [*head, *params, *scores, *tail]


if __name__ == "__main__":
    sys.exit(main())

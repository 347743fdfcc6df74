"""Journals with a few trials, written and read."""

from __future__ import annotations

from pathlib import Path

from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import identity_of

COUNT_FOLDS = "SELECT count(*) FROM folds"


def write_trials(path: Path, numbers, *, name: str = "a") -> None:
    """Write whole trials of two folds each, with long error texts."""
    with Journal.open(path) as journal:
        search = begin(journal, name)
        for i in numbers:
            for k in range(2):
                result = FoldResult(k, {"score": float(i)}, error="x" * 300)
                search.write(i, {"C": i}, result)
            search.finish(i, {"C": i}, Status.COMPLETE)


def write_on(search, n_trials: int = 10_000) -> None:
    """Write a fold each of many trials."""
    for i in range(n_trials):
        search.write(i, {"C": i}, FoldResult(0, {"score": 1.0}, error="x" * 999))


def begin(journal: Journal, name: str = "a"):
    """Begin a search of two folds."""
    return journal.search(
        identity_of(name, 2), description={}, metrics=["score"], codec=ParamsCodec()
    )


def scores_in(path: Path, name: str = "a") -> list[float]:
    """First fold's score of every trial."""
    with Journal.open(path) as journal:
        trials = begin(journal, name).trials()
    return [trial.folds[0].test_scores["score"] for trial in trials]

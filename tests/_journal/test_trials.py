"""Are the trials of one search read, each with its own folds?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from skbayes._journal.journal_file import Journal
from skbayes._journal.trials import recorded_trials
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import begin


def read(path, search, folds):
    """The recorded trials, without the journal being open."""
    with closing(sqlite3.connect(path)) as connection:
        return recorded_trials(connection, search, folds)


def test_recorded_trials_are_in_the_order_of_their_numbers(path):
    """Trials without a fold and several of one number are read, with folds in order."""
    with Journal.open(path) as journal:
        search = begin(journal)
        for trial, c, fold in [(4, 1, 2), (1, 2, 1), (4, 3, 0), (4, 1, 0)]:
            search.write(trial, {"C": c}, FoldResult(fold, {"score": c}))
        search.finish(0, {"C": 5}, Status.FAILED)
    found = read(path, 1, {1: 0, 2: 1, 3: 2})
    assert [one.params for one in found] == [f'{{"C": {c}}}' for c in (5, 2, 1, 3)]
    assert [[f.fold for f in one.folds] for one in found] == [[], [1], [0, 2], [0]]
    assert [one.status for one in found] == ["failed", *["running"] * 3]
    assert found[0].last_written is None
    assert found[2].last_written == max(fold.written for fold in found[2].folds)


def test_recorded_trials_leave_out_folds_of_other_splits(path):
    """A candidate may have been run by another cross-validation, too."""
    with Journal.open(path) as journal:
        begin(journal).write(0, {"C": 1}, FoldResult(1, {"score": 0.5}))
    (trial,) = read(path, 1, {2: 7})
    assert [fold.fold for fold in trial.folds] == [7]
    (trial,) = read(path, 1, {3: 0})
    assert trial.folds == ()
    assert trial.last_written is None
    assert read(path, 2, {2: 7}) == []


def test_recorded_trials_of_version_2_have_no_rounds(path):
    """The table of that version lacks the column, and a reader does not add it."""
    with Journal.open(path) as journal:
        fold = FoldResult(0, {"score": 0.5}, n_rounds=8)
        begin(journal).write(0, {"C": 1}, fold)
    assert read(path, 1, {1: 0})[0].folds[0].n_rounds == 8
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE folds DROP COLUMN n_rounds")
    (trial,) = read(path, 1, {1: 0})
    assert trial.folds[0].n_rounds is None
    assert trial.folds[0].test_scores == {"score": 0.5}

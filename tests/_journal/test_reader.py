"""Are the searches of a journal read without the program that made them?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from skbayes._journal.database import read_snapshot
from skbayes._journal.journal_file import Journal
from skbayes._journal.params_codec import ParamsCodec
from skbayes._journal.reader import recorded_searches
from skbayes._protocol import FoldResult, Status
from tests._journal.identities import begin, identity_of


def test_recorded_searches_of_a_file_without_tables():
    """A search has only just made the file."""
    with closing(sqlite3.connect(":memory:")) as connection:
        assert recorded_searches(connection) == []


def test_recorded_searches_have_numbers_in_the_order_they_were_begun(path):
    """A search has what was asked for, and parameters that are objects as text."""
    with Journal.open(path) as journal:
        first = journal.search(
            identity_of(n_splits=2),
            description={"estimator": "SVC()"},
            metrics=["acc", "auc"],
            codec=ParamsCodec({"k": [len]}),
            n_candidates=5,
        )
        first.write(0, {"k": len, "C": 2}, FoldResult(1, {"auc": 0.1, "acc": 0.2}))
        first.finish(0, {"k": len, "C": 2}, Status.STOPPED)
        begin(journal, name="b")
    one, other = read_snapshot(path, recorded_searches)
    assert (one.number, one.n_splits, one.n_candidates) == (1, 2, 5)
    assert one.metric == "acc"
    (trial,) = one.trials
    assert trial.params == {"C": 2, "k": repr(len)}
    assert (trial.status, trial.metric, trial.n_splits) == ("stopped", "acc", 2)
    assert [fold.fold for fold in trial.folds] == [1]
    assert one.begun <= one.last_written
    assert (other.number, other.trials, other.last_written) == (2, [], None)


def test_recorded_searches_take_the_first_metric_of_a_fold(path):
    """The search did not know the metric's name when it began."""
    with Journal.open(path) as journal:
        search = journal.search(
            identity_of(), description={}, metrics=[], codec=ParamsCodec()
        )
        assert read_snapshot(path, recorded_searches)[0].metric is None
        search.write(0, {"C": 1}, FoldResult(0, {"up": 0.1, "down": 0.2}))
    (found,) = read_snapshot(path, recorded_searches)
    assert found.metric == "up"


def test_recorded_searches_name_the_nearest_earlier_one(path):
    """The first search is like none; of two that are as near the later one is named."""
    with Journal.open(path) as journal:
        for name, sequence in [("a", {}), ("b", {}), ("a", {"space": "t"})]:
            journal.search(
                identity_of(name, **sequence),
                description={},
                metrics=[],
                codec=ParamsCodec(),
            )
    found = read_snapshot(path, recorded_searches)
    assert [(one.like, list(one.differs_in)) for one in found] == [
        (None, []),
        (1, ["data"]),
        (1, ["space"]),
    ]

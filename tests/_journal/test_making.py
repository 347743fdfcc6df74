"""Is an empty file made a journal, and an older journal one of today?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import skbayes.journal
from skbayes._journal.journal import Journal
from skbayes._journal.schema import TABLES, VERSION
from skbayes._protocol import FoldResult
from tests._journal.identities import begin

C = {"C": 1}


def test_a_journal_of_version_2_is_continued(path):
    """It gets what is missing, and keeps what it has."""
    with Journal.open(path) as journal:
        begin(journal).write(0, C, FoldResult(0, {"score": 0.5}))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for table in ("drivers", "claims"):
            assert table in TABLES
            connection.execute(f"DROP TABLE {table}")
        connection.execute("DROP INDEX trials_by_number")
        connection.execute("ALTER TABLE folds DROP COLUMN n_rounds")
        connection.execute("PRAGMA user_version = 2")
    assert skbayes.journal.read(path)["split0_test_score"].tolist() == [0.5]
    with Journal.open(path) as journal:
        search = begin(journal)
        assert search.find(C) == {0: FoldResult(0, {"score": 0.5})}
        assert search.claim(0, C, [C], 1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)

"""Is an empty file made a journal, and an older journal one of today?"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

import skbayes.journal
from skbayes._journal.database_setup import pragma, set_up_journal, table_names
from skbayes._journal.journal_file import Journal
from skbayes._journal.schema import (
    APPLICATION_ID,
    INDEXES,
    TABLES,
    TABLES_OF_VERSIONS,
    UPGRADED,
    VERSION,
)
from skbayes._protocol import FoldResult
from skbayes.exceptions import JournalError
from tests._journal.identities import begin

C = {"C": 1}


def test_set_up_journal_continues_a_journal_of_version_2(path):
    """The journal gets what is missing, and keeps what it has."""
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


@pytest.fixture
def opened(path):
    """A connection to a file, as a journal opens it, and the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection, path


def columns(connection, table):
    """Names of a table's columns."""
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return [name for _, name, *_ in rows]


def test_set_up_journal_makes_all_tables_once(opened):
    """An empty file gets all tables, and a second call changes nothing."""
    connection, file = opened
    assert table_names(connection) == set()
    set_up_journal(connection, file, 1.0)
    made = table_names(connection)
    assert {n for n in made if not n.startswith("sqlite_")} == {*TABLES, *INDEXES}
    assert pragma(connection, "application_id") == APPLICATION_ID
    assert pragma(connection, "user_version") == VERSION
    connection.execute("INSERT INTO splits (key) VALUES ('a')")
    set_up_journal(connection, file, 1.0)
    assert connection.execute("SELECT key FROM splits").fetchall() == [("a",)]


def test_set_up_journal_goes_on_after_the_header(opened):
    """Another process was killed between the header and the tables."""
    connection, file = opened
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    set_up_journal(connection, file, 1.0)
    assert TABLES.keys() <= table_names(connection)


@pytest.mark.parametrize("version", sorted(UPGRADED))
def test_set_up_journal_upgrades_the_tables_it_has(opened, version):
    """Old tables become those of a new journal, column by column."""
    connection, file = opened
    set_up_journal(connection, file, 1.0)
    expected = columns(connection, "folds")
    connection.execute("ALTER TABLE folds DROP COLUMN n_rounds")
    for table in TABLES.keys() - TABLES_OF_VERSIONS[version]:
        connection.execute(f"DROP TABLE {table}")
    connection.execute(f"PRAGMA user_version = {version}")
    set_up_journal(connection, file, 1.0)
    assert sorted(columns(connection, "folds")) == sorted(expected)
    assert TABLES.keys() <= table_names(connection)
    assert pragma(connection, "user_version") == VERSION


def test_set_up_journal_refuses_the_database_of_others(opened):
    """The foreign database is not changed and not locked."""
    connection, file = opened
    connection.execute("CREATE TABLE other (a)")
    with pytest.raises(JournalError, match=r"j\.sqlite is no journal"):
        set_up_journal(connection, file, 1.0)
    assert table_names(connection) == {"other"}
    assert pragma(connection, "application_id") == 0
    assert not connection.in_transaction


def test_set_up_journal_raises_where_another_process_keeps_the_file(opened):
    """The error comes after as long as the call was told to wait."""
    connection, file = opened
    connection.execute("PRAGMA busy_timeout = 0")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            set_up_journal(connection, file, 0.0)


def test_set_up_journal_waits_until_it_may_turn_on_the_log(opened):
    """SQLite itself does not wait for that."""
    connection, file = opened
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {VERSION}")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    with closing(other):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            set_up_journal(connection, file, -1.0)
        ending = threading.Timer(0.05, other.execute, ["COMMIT"])
        ending.start()
        set_up_journal(connection, file, 60.0)
        ending.join()
    assert TABLES.keys() <= table_names(connection)
    assert pragma(connection, "journal_mode") == "wal"

"""Are candidates and trials begun once, and counted by their numbers?"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import numpy as np
import pytest

from skbayes._journal.schema import TABLES
from skbayes._journal.trial_rows import (
    begin_candidate,
    begin_trial,
    candidate_of,
    n_begun,
    settle_trial,
    trial_begun_after,
)


@pytest.fixture
def tables():
    """An empty database with a journal's tables."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        for name, columns in TABLES.items():
            connection.execute(f"CREATE TABLE {name} ({columns})")
        yield connection


def test_begin_candidate_has_one_row_for_each_key_of_an_evaluation(tables):
    """A candidate begun again keeps its row; each evaluation has its own."""
    first = begin_candidate(tables, 1, "a")
    assert candidate_of(tables, 1, "b") is None
    assert candidate_of(tables, 2, "a") is None
    others = {begin_candidate(tables, 1, "b"), begin_candidate(tables, 2, "a")}
    assert len({first, *others}) == 3
    assert begin_candidate(tables, 1, "a") == candidate_of(tables, 1, "a") == first


def test_begin_trial_leaves_a_trial_that_was_begun_as_it_is(tables):
    """Whoever is first gives the trial its number, and its status stays."""
    begin_trial(tables, 1, 0, "key", "params", 5)
    tables.execute("UPDATE trials SET status = 'complete'")
    begin_trial(tables, 1, 7, "key", "other", 6)
    begin_trial(tables, 2, 7, "key", "of another search", 6)
    rows = tables.execute(
        "SELECT search_id, trial, params, candidate_id, status FROM trials ORDER BY id"
    ).fetchall()
    assert rows == [
        (1, 0, "params", 5, "complete"),
        (2, 7, "of another search", 6, "running"),
    ]


def test_settle_trial_changes_the_parameters_and_not_the_key(tables):
    """The one trial is found by what was proposed."""
    for search in (1, 2):
        begin_trial(tables, search, 0, "proposed", "{}", 5)
    settle_trial(tables, 1, "proposed", "found", 8)
    rows = tables.execute(
        "SELECT params_key, params, candidate_id FROM trials ORDER BY search_id"
    ).fetchall()
    assert rows == [("proposed", "found", 8), ("proposed", "{}", 5)]


def test_trial_begun_after_a_row(tables):
    """The trial is the first of its number behind that row, of the same search."""
    assert trial_begun_after(tables, 1, 3, 0) == (None, None)
    for key in ("a", "b"):
        begin_trial(tables, 1, np.int64(3), key, key.upper(), 5)
    begin_trial(tables, 2, 3, "c", "C", 5)
    assert trial_begun_after(tables, 1, np.int64(3), 0) == ("A", "a")
    assert trial_begun_after(tables, 1, 3, 1) == ("B", "b")
    assert trial_begun_after(tables, 1, 3, 2) == (None, None)
    assert trial_begun_after(tables, 1, 4, 0) == (None, None)


def test_n_begun_counts_up_to_the_highest_number(tables):
    """Numbers may be missing, and without a search there is no trial."""
    assert n_begun(tables, 1) == 0
    begin_trial(tables, 1, 6, "a", "{}", 5)
    begin_trial(tables, 1, 2, "b", "{}", 5)
    assert n_begun(tables, 1) == 7
    assert n_begun(tables, 2) == 0

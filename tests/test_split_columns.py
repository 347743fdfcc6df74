"""Are the split columns of a table of results read as they were made?"""

from __future__ import annotations

import numpy as np

from skbayes._split_columns import (
    is_split_column,
    read_fold_columns,
    read_split_columns,
    split_column,
    split_columns,
    split_names,
)

TABLE = np.array([[0.1, 0.2, 0.3], [0.4, np.nan, 0.6]])


def test_read_split_columns_reads_what_split_columns_makes():
    """The columns are in the order of the folds, with the names of scikit-learn."""
    columns = split_columns(TABLE, "n_rounds")
    assert list(columns) == ["split0_n_rounds", "split1_n_rounds", "split2_n_rounds"]
    np.testing.assert_array_equal(read_split_columns(columns, "n_rounds"), TABLE)


def test_split_columns_are_copies():
    """A view would keep the whole table in memory."""
    columns = split_columns(TABLE, "test_score")
    assert not np.shares_memory(columns["split0_test_score"], TABLE)


def test_read_fold_columns_reads_one_metric():
    """Other metrics and the training scores are left out."""
    results = split_columns(TABLE, "test_auc") | split_columns(-TABLE, "train_auc")
    results |= split_columns(2 * TABLE, "test_auc_pr")
    np.testing.assert_array_equal(read_fold_columns(results, "auc"), TABLE)


def test_read_fold_columns_without_folds_has_no_columns():
    """Rows are as many as candidates: other libraries' tables may have means only."""
    assert read_fold_columns({"params": [{}, {}]}, "score").shape == (2, 0)


def test_split_names_are_those_of_the_first_split():
    """Each once, in the order of the table; a mean has no split."""
    table = {"split0_test_r2": 0, "split1_test_r2": 0, "mean_test_r2": 0}
    assert split_names(table | {"split0_train_r2": 0}) == ["test_r2", "train_r2"]
    assert split_names({"mean_fit_time": 0}) == []


def test_split_column_has_the_name_of_scikit_learn():
    """Only the columns of single splits are taken for them."""
    assert split_column(2, "test_r2") == "split2_test_r2"
    names = [split_column(0, "train_r2"), "mean_test_r2", "n_splits_evaluated"]
    assert [is_split_column(name) for name in names] == [True, False, False]

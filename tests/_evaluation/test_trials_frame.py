"""Is a table of trials tidy, with the types that its values have?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from skbayes._evaluation.trials_frame import column_order, trial_row, trials_frame
from skbayes._protocol import FoldResult, Status, Trial

pytest.importorskip("pandas")

COMPLETE = Trial(
    4,
    {"C": 1.0, "kind": None},
    2,
    (
        FoldResult(0, {"f1": 0.5, "acc": 1.0}, {"f1": 0.75}, fit_time=1.0, n_rounds=3),
        FoldResult(
            1, {"f1": 0.25, "acc": 0.5}, {"f1": 0.25}, score_time=3.0, n_rounds=4
        ),
    ),
    Status.COMPLETE,
    "f1",
)


def test_trial_row_has_scores_of_folds_and_their_means():
    """The row has every metric on both parts, with mean times and rounds."""
    assert trial_row(COMPLETE) == {
        "trial": 4,
        "status": "complete",
        "param_C": 1.0,
        "param_kind": None,
        "split0_test_f1": 0.5,
        "split1_test_f1": 0.25,
        "mean_test_f1": 0.375,
        "split0_test_acc": 1.0,
        "split1_test_acc": 0.5,
        "mean_test_acc": 0.75,
        "split0_train_f1": 0.75,
        "split1_train_f1": 0.25,
        "mean_train_f1": 0.5,
        "n_splits_evaluated": 2,
        "mean_fit_time": 0.5,
        "mean_score_time": 1.5,
        "mean_n_rounds": 3.5,
        "error": None,
    }


def test_trial_row_of_a_stopped_trial_has_no_mean():
    """A fold that was not run is NaN; rounds are a mean over the folds that were."""
    folds = (FoldResult(1, {"score": 0.5}, fit_time=2.0, n_rounds=7),)
    row = trial_row(Trial(0, {}, 2, folds, Status.STOPPED))
    assert (row["split1_test_score"], row["mean_n_rounds"]) == (0.5, 7)
    assert math.isnan(row["split0_test_score"])
    assert math.isnan(row["mean_test_score"])
    assert (row["n_splits_evaluated"], row["mean_fit_time"]) == (1, 2.0)


def test_trial_row_without_folds_has_no_scores():
    """The row has no times either; an error is there if there is one."""
    row = trial_row(Trial(0, {}, 2, status=Status.STOPPED))
    assert not [name for name in row if "test" in name or "rounds" in name]
    assert math.isnan(row["mean_fit_time"])
    failed = FoldResult(0, {"score": math.nan}, error="failed")
    assert trial_row(Trial(0, {}, 1, (failed,), Status.FAILED))["error"] == "failed"


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        ([1, 2], "int64"),
        ([0.5, 2.0], "float64"),
        ([True, False], "bool"),
        ([1, ...], "object"),
        ([0.5, ...], "float64"),
        ([True, ...], "object"),
        ([1.0, None], "object"),
        ([None, ...], "object"),
    ],
)
def test_trials_frame_keeps_integers_and_none(values, dtype):
    """The other value may be a gap, here written as `...`, which is NaN."""
    rows = [{} if value is ... else {"param_a": value} for value in values]
    column = trials_frame(rows, ["param_a"])["param_a"]
    assert column.dtype == dtype
    for found, value in zip(column, values, strict=True):
        if value is ...:
            assert math.isnan(found)
        else:
            assert found == value
            assert (found is None) is (value is None)


def test_trials_frame_of_no_rows_has_its_columns():
    frame = trials_frame([], ["trial", "param_a"])
    assert list(frame.columns) == ["trial", "param_a"]
    assert len(frame) == 0


@pytest.mark.parametrize("is_of_many", [True, False])
def test_column_order_has_parameters_before_scores(is_of_many):
    """Each column comes once, in the order of the first row that has it."""
    first = {"trial": 0, "mean_test_a": 1, "param_b": 2, "error": None, "status": ""}
    second = {"param_a": 1, "mean_n_rounds": 3, "search": "s", "param_b": 3}
    found = column_order([first, second], is_of_many=is_of_many)
    expected = [
        "trial",
        "status",
        "param_b",
        "param_a",
        "mean_test_a",
        "mean_n_rounds",
        "n_splits_evaluated",
        "mean_fit_time",
        "mean_score_time",
        "error",
    ]
    if is_of_many:
        assert found == ["search", *expected]
    else:
        assert [name for name in found if name != "search"] == expected
    assert len(set(found)) == len(found)


def test_column_order_of_no_rows_has_what_every_table_has():
    head = ["trial", "status"]
    tail = ["n_splits_evaluated", "mean_fit_time", "mean_score_time", "error"]
    assert column_order([]) == [*head, *tail]
    assert column_order([], is_of_many=True) == ["search", *head, *tail]
    assert np.shape(trials_frame([], column_order([]))) == (0, 6)

"""Does a fold come back from the row that it was written as, where it will do?"""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from skbayes._journal.fold_rows import (
    FOLD_COLUMNS,
    KEPT_COLUMNS,
    FoldNeeds,
    fold_of,
    kept_row,
    usable_fold,
)
from skbayes._protocol import FoldResult

N_FACTS = len(FOLD_COLUMNS.split(","))
GOOD = FoldResult(1, {"auc": 0.5, "acc": math.nan}, train_scores={"auc": 1.0})
OUTPUT = {
    "predictions": np.array([1, 0]),
    "probabilities": np.eye(2),
    "response_classes": np.array([0, 1]),
    "response_method": "predict",
}


def back(result, written_for, needs, **choices):
    """The fold that a search with some needs finds of another one's."""
    return usable_fold(1, kept_row(result, written_for), 9.0, needs, **choices)


def test_kept_row_has_types_of_sqlite_only():
    """Numpy's scalars of a fold become one plain value a column."""
    result = FoldResult(
        1,
        {"auc": np.float32(0.5)},
        fit_time=np.float64(1),
        n_test_samples=np.int64(7),
        is_fatal=np.bool_(True),
        n_rounds=np.int32(3),
        worker="w\udcff",
    )
    row = kept_row(result, FoldNeeds("auc"))
    assert len(row) == len(KEPT_COLUMNS.split(","))
    assert {type(value) for value in row} <= {str, int, float, type(None)}
    found = fold_of(1, row[:N_FACTS])
    assert (found.is_fatal, found.n_rounds, found.worker) == (True, 3, "w\\udcff")
    assert found.test_scores == {"auc": 0.5}
    assert found.train_scores is None


def test_fold_of_refuses_what_are_no_tracebacks():
    """A list in the place of texts by name is damage."""
    row = list(kept_row(GOOD, FoldNeeds()))[:N_FACTS]
    row[6] = json.dumps(["traceback"])
    with pytest.raises(ValueError, match="These are no tracebacks"):
        fold_of(1, row)
    row[6] = json.dumps({"auc": 3})
    with pytest.raises(ValueError, match="These are no tracebacks"):
        fold_of(1, row)


@pytest.mark.parametrize(
    ("metric", "is_usable"),
    [("auc", True), (None, True), ("acc", False), ("gone", True)],
)
def test_usable_fold_has_a_score_that_decides(metric, is_usable):
    """The first score decides for an unknown metric; failures are found if wanted."""
    needs = FoldNeeds(metric)
    assert (back(GOOD, FoldNeeds(), needs) is not None) == is_usable
    assert back(GOOD, FoldNeeds(), needs, with_failed=True).written == 9.0


def test_usable_fold_of_a_fit_that_failed_is_run_again():
    """A fold of a failed fit is run again also without any score."""
    failed = FoldResult(1, {}, error="boom")
    assert back(failed, FoldNeeds(), FoldNeeds()) is None
    assert back(failed, FoldNeeds(), FoldNeeds(), with_failed=True).error == "boom"


def test_usable_fold_has_no_more_than_the_search_needs():
    """`cv_results_` must not depend on what others have kept."""
    needs = FoldNeeds("auc", predictions=True, probabilities=True)
    found = back(replace(GOOD, **OUTPUT), needs, FoldNeeds("auc"))
    assert found.train_scores is None
    assert found.predictions is None
    found = back(GOOD, FoldNeeds(), FoldNeeds("auc", train_scores=True))
    assert found.train_scores == {"auc": 1.0}
    without = replace(GOOD, train_scores=None)
    assert back(without, FoldNeeds(), FoldNeeds("auc", train_scores=True)) is None


@pytest.mark.parametrize(
    ("kept", "needed", "is_usable"),
    [
        (FoldNeeds("auc", predictions=True), {}, True),
        (FoldNeeds("acc", predictions=True), {}, False),
        (FoldNeeds("auc"), {}, False),
        (FoldNeeds("auc", predictions=True), {"probabilities": True}, False),
        (FoldNeeds("auc", predictions=True, probabilities=True), {}, True),
    ],
)
def test_usable_fold_has_predictions_of_the_same_metric(kept, needed, is_usable):
    """Another metric may call another method; probabilities serve both."""
    needs = FoldNeeds("auc", predictions=True, **needed)
    found = back(replace(GOOD, **OUTPUT), kept, needs)
    assert (found is not None) == is_usable
    if is_usable:
        np.testing.assert_array_equal(found.predictions, [1, 0])
        assert found.probabilities is None
        assert found.response_method == "predict"

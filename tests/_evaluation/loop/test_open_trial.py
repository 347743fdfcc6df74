"""A candidate under way, and its record when it ends."""

from __future__ import annotations

import math

import pytest

from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._protocol import FoldResult, Status, Trial


def fold_of(fold=0, *, errors=None, error=None, **scores):
    """A fold with these test scores."""
    return FoldResult(
        fold, scores, scoring_errors=errors, error=error, is_multimetric=len(scores) > 1
    )


@pytest.mark.parametrize(
    ("folds", "status", "error"),
    [
        ([fold_of(0, acc=1.0), fold_of(1, acc=0.5)], Status.COMPLETE, None),
        ([fold_of(0, acc=1.0)], Status.STOPPED, None),
        (
            [fold_of(0, acc=1.0, f1=math.nan), fold_of(1, acc=1.0, f1=0.5)],
            Status.COMPLETE,
            None,
        ),
        (
            [fold_of(0, acc=1.0), fold_of(1, acc=math.inf)],
            Status.FAILED,
            "The test score 'acc' is inf.",
        ),
        (
            [fold_of(0, acc=math.nan, f1=1.0, errors={"test_acc": "undefined"})],
            Status.FAILED,
            "undefined",
        ),
        (
            [fold_of(0, acc=1.0, f1=math.nan, errors={"test_f1": "undefined"})],
            Status.STOPPED,
            None,
        ),
        (
            [fold_of(0, acc=1.0, errors={"train_acc": "undefined"})],
            Status.STOPPED,
            None,
        ),
        ([fold_of(0, acc=1.0, error="Traceback")], Status.FAILED, "Traceback"),
    ],
)
def test_close_judges_by_the_metric_that_decides(folds, status, error):
    """On test parts; the record says why it has failed."""
    trial = OpenTrial(Trial(3, {"x": 1}, 2), results={f.fold: f for f in folds})
    closed = trial.close("acc")
    assert closed.status is status
    assert closed.error == error
    assert closed.metric == "acc"
    assert closed.folds == tuple(folds)

"""A candidate under way, and its record when it ends."""

from __future__ import annotations

import math

import pytest

from skbayes._evaluation.loop.open_path import OpenPath
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.sharing.searched_path import SearchedPath
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
    """Scores of test parts decide; the record says why it has failed."""
    trial = OpenTrial(Trial(3, {"x": 1}, 2), results={f.fold: f for f in folds})
    closed = trial.close("acc")
    assert closed.status is status
    assert closed.error == error
    assert closed.metric == "acc"
    assert closed.folds == tuple(folds)


def open_trial(n_splits=2, **facts):
    """A candidate of which no fold is queued."""
    return OpenTrial(Trial(3, {"x": 1}, n_splits), **facts)


def test_recorded_folds_are_those_that_are_kept():
    """Folds stay until they are taken over; those kept later come to them."""
    trial = open_trial(held_back=[0, 1])
    assert not trial.is_found
    trial.keep({0: fold_of(0, score=0.5)})
    assert not trial.is_found
    assert trial.recorded.pop(0) == fold_of(0, score=0.5)
    trial.keep({1: fold_of(1, score=0.25)})
    assert not trial.is_found
    assert trial.recorded == {1: fold_of(1, score=0.25)}
    trial.held_back = [1]
    assert trial.is_found
    trial.queued = [1]
    assert not trial.is_found


def test_pending_has_finished_folds_in_order_and_rungs_apart():
    """Rungs are numbered on from the folds; a bare trial is as it was proposed."""
    trial = open_trial(expected={1: 0.5})
    assert trial.pending("score") is trial.proposed
    for number in (3, 1, 2):
        trial.add(fold_of(number, score=float(number)))
    found = trial.pending("score")
    assert [fold.fold for fold in found.folds] == [1]
    assert [fold.fold for fold in found.rungs] == [2, 3]
    assert (found.metric, found.expected) == ("score", {1: 0.5})
    assert found.status is Status.RUNNING
    assert (trial.index, trial.params) == (3, {"x": 1})


PATH = SearchedPath("n", (1, 2, 4, 8))


def curve(number, scores):
    """A fold with a score for each value of its path."""
    path = {n: FoldResult(number, {"score": s}) for n, s in scores.items()}
    return FoldResult(number, {"score": 0.0}, path=path)


def test_lengthen_holds_back_finished_folds_while_the_curve_rises():
    """Finished folds come before those not begun, once until they are continued."""
    trial = open_trial(3, held_back=[2], path=OpenPath(PATH, 2))
    assert trial.segment(0).sizes == (1, 2)
    for number in (1, 0):
        trial.add(curve(number, {1: 0.25, 2: 0.5}))
    trial.lengthen("score")
    assert trial.held_back == [0, 1, 2]
    assert trial.segment(0).sizes == (4,)
    assert trial.segment(2).sizes == (1, 2, 4)
    trial.lengthen("score")
    assert trial.held_back == [0, 1, 2]
    assert trial.path.reach == 4
    assert not trial.is_found


def test_add_joins_the_values_of_a_path():
    """The record has the best of the values."""
    trial = open_trial(1, path=OpenPath(PATH, 4))
    trial.add(curve(0, {1: 0.25, 2: 0.5}))
    trial.add(curve(0, {4: 0.375}))
    assert list(trial.results[0].path) == [1, 2, 4]
    assert trial.results_at_best("score")[0].test_scores == {"score": 0.5}
    closed = trial.close("score")
    assert closed.params == {"x": 1, "n": 2}
    assert closed.path_scores == {1: (0.25,), 2: (0.5,), 4: (0.375,)}
    assert closed.folds[0].path is None


def test_lengthen_without_a_path_changes_nothing():
    """Without a path a result replaces an earlier one."""
    trial = open_trial(results={0: fold_of(0, score=0.5)})
    trial.lengthen("score")
    assert trial.held_back == []
    assert trial.segment(0) is None
    trial.add(fold_of(0, score=0.75))
    assert trial.results_at_best("score") is trial.results
    assert trial.results[0].test_scores == {"score": 0.75}

"""Which value of a path is the best, and what a candidate's record keeps of it."""

import numpy as np
import pytest

from skbayes._evaluation.sharing.searched_path import (
    SearchedPath,
    best_size,
    path_scores,
    without_path,
)
from skbayes._protocol import FoldResult, Trial

PATH = SearchedPath("n", (1, 2, 4))


def fold(number, scores, **facts):
    """A fold with a score for each value of its path."""
    path = {
        k: FoldResult(number, {"a": s, "b": -s}, fit_time=1.0, score_time=0.25)
        for k, s in scores.items()
    }
    return FoldResult(number, {"a": 0.0, "b": 0.0}, path=path, **facts)


def test_in_working_order_the_largest_value_is_first():
    """Then the next one, which may be fitted as a check; then from the smallest on."""
    assert SearchedPath("n", (1, 2, 4, 8)).in_working_order == (8, 4, 1, 2)
    assert SearchedPath("n", (3,)).in_working_order == (3,)


def test_is_whole_with_a_result_at_each_value():
    """More values than that do not matter; a fold without a path has none."""
    assert PATH.is_whole(fold(0, {1: 0.5, 2: 0.5, 3: 0.5, 4: 0.5}))
    assert not PATH.is_whole(fold(0, {1: 0.5, 4: 0.5}))
    assert not PATH.is_whole(FoldResult(0, {"a": 0.5}))


def test_path_scores_are_of_the_values_that_all_folds_have():
    """Values that a fold lacks, or whose score is not finite, are left out."""
    folds = [
        fold(0, {1: 0.5, 2: 0.75, 4: 0.5}),
        fold(1, {1: 0.25, 2: np.nan, 4: 1.0, 8: 1.0}),
    ]
    assert path_scores(folds, "a") == {1: (0.5, 0.25), 4: (0.5, 1.0)}
    assert path_scores(folds, "b") == {1: (-0.5, -0.25), 4: (-0.5, -1.0)}
    assert path_scores(folds, None) == path_scores(folds, "a")


def test_best_size_of_equal_means_is_the_smallest():
    """The order in which values come does not matter."""
    assert best_size({8: (0.5, 0.5), 2: (0.25, 0.75), 4: (0.0, 0.5)}) == 2
    assert best_size({}) is None


@pytest.mark.parametrize(("metric", "best"), [("a", 2), ("b", 1)])
def test_at_best_has_the_folds_of_the_best_value(metric, best):
    """Times are those of all values."""
    folds = (fold(0, {1: 0.25, 2: 0.5, 4: 0.375}), fold(1, {1: 0.5, 2: 0.5, 4: 0.5}))
    trial = Trial(3, {"x": 1, "n": 4}, 2, folds, metric=metric)
    found = PATH.at_best(trial)
    assert (found.params, found.proposed) == ({"x": 1, "n": best}, {"x": 1, "n": 4})
    for before, after in zip(folds, found.folds, strict=True):
        assert after.test_scores == before.path[best].test_scores
        assert (after.fit_time, after.score_time) == (3.0, 0.75)


@pytest.mark.parametrize("facts", [{"error": "failed"}, {"scores": {}}])
def test_at_best_leaves_alone_a_candidate_that_failed(facts):
    """The proposed value is the one that failed."""
    scores = facts.pop("scores", {1: 0.25, 2: 0.5})
    trial = Trial(3, {"n": 4}, 1, (fold(0, scores, **facts),), metric="a")
    assert PATH.at_best(trial) is trial


@pytest.mark.parametrize("n_splits", [1, 2])
def test_without_path_keeps_the_scores_of_a_complete_candidate(n_splits):
    """One that was stopped has no mean over all folds at any value."""
    trial = Trial(3, {"n": 4}, n_splits, (fold(0, {1: 0.25, 2: 0.5}),), metric="a")
    found = without_path(PATH.at_best(trial))
    assert found.folds[0].path is None
    expected = {1: (0.25,), 2: (0.5,)} if n_splits == 1 else None
    assert found.path_scores == expected

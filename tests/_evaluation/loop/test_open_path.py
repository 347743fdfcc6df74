"""How far is the path of a candidate followed, and what is its record?"""

from __future__ import annotations

import math

import pytest

from skbayes._evaluation.loop.open_path import OpenPath, without_path
from skbayes._evaluation.sharing.searched_path import SearchedPath
from skbayes._protocol import FoldResult, Trial

PATH = SearchedPath("n", (1, 2, 4, 8, 16))


def fold(number, scores, *, error=None, written=None, **facts):
    """A fold with a score for each value, which takes as many seconds as the value."""
    path = {
        size: FoldResult(
            number, {"score": s}, fit_time=size, score_time=2 * size, written=written
        )
        for size, s in scores.items()
    }
    last = scores[max(scores)] if scores else math.nan
    return FoldResult(number, {"score": last}, path=path, error=error, **facts)


@pytest.mark.parametrize(
    ("known", "reach"),
    [
        ([], 4),
        ([{1: 0.5, 2: 0.5}], 2),
        ([{1: 0.5, 2: 0.5, 4: 0.5, 8: 0.5}, {1: 0.5, 2: 0.5}], 2),
    ],
)
def test_open_path_begins_at_the_smallest_reach_of_its_folds(known, reach):
    """Without any reach it is the path's first; a fold without a path says nothing."""
    results = [fold(k, scores) for k, scores in enumerate(known)]
    plain = FoldResult(9, {"score": 0.5})
    assert OpenPath.begin(PATH, [*results, plain]).reach == reach


def test_segment_has_the_values_that_a_fold_lacks():
    """The segment goes up to the reach."""
    path = OpenPath(PATH, 8)
    assert path.segment(None).sizes == (1, 2, 4, 8)
    assert path.segment(fold(0, {1: 0.5, 2: 0.5})).sizes == (4, 8)
    assert path.segment(FoldResult(0, {})).sizes == (1, 2, 4, 8)


def test_joined_has_earlier_and_new_values():
    """The join is the new result where there are no earlier values."""
    path = OpenPath(PATH, 8)
    new = fold(0, {4: 0.75, 8: 0.25})
    assert path.joined(None, new) is new
    assert path.joined(FoldResult(0, {}), new) is new
    joined = path.joined(fold(0, {1: 0.5, 2: 0.5}), new)
    assert list(joined.path) == [1, 2, 4, 8]
    assert joined.test_scores == new.test_scores


def test_recorded_is_cut_to_the_reach():
    """A recorded fold that lacks a value is none."""
    path = OpenPath(PATH, 2)
    found = path.recorded(fold(0, {1: 0.25, 2: 0.5, 4: 0.75}))
    assert list(found.path) == [1, 2]
    assert found.test_scores == {"score": 0.5}
    assert path.recorded(fold(0, {1: 0.25, 4: 0.75})) is None
    assert path.recorded(FoldResult(0, {"score": 0.5})) is None


@pytest.mark.parametrize(
    ("scores", "reach"),
    [
        ({1: 0.25, 2: 0.5, 4: 0.75}, 8),  # rises: twice as far
        ({1: 0.25, 2: 0.5, 4: 0.5}, 6),  # the best may be behind
        ({1: 0.75, 2: 0.5, 4: 0.25}, None),  # has turned
        ({1: math.nan, 2: math.nan, 4: math.nan}, 6),  # says nothing yet
    ],
)
def test_lengthen_follows_the_mean_curve_until_it_has_turned(scores, reach):
    """The answer tells whether the reach has grown."""
    path = OpenPath(SearchedPath("n", (1, 2, 4, 6, 8)), 4)
    assert path.lengthen([fold(0, scores)], "score") is (reach is not None)
    assert path.reach == (reach or 4)


@pytest.mark.parametrize("results", [[], [fold(0, {1: 0.5}, error="failed")]])
def test_lengthen_needs_folds_that_have_not_failed(results):
    """A failed candidate is not followed further."""
    assert not OpenPath(PATH, 4).lengthen(results, "score")


def test_lengthen_ends_with_the_path():
    """The path has no value after the last."""
    path = OpenPath(PATH, 16)
    rising = {size: float(size) for size in PATH.sizes}
    assert not path.lengthen([fold(0, rising)], "score")


def trial_of(*folds, n_splits=2):
    """A trial on a path."""
    return Trial(3, {"n": 16, "x": 0.5}, n_splits, folds, metric="score")


def test_at_best_has_the_scores_of_the_best_value_and_the_times_of_all():
    """The mean over the folds decides; the proposed parameters are kept."""
    warned = ((UserWarning, "text"),)
    trial = trial_of(
        fold(0, {1: 0.5, 2: 1.0, 4: 0.25}, warnings=warned),
        fold(1, {1: 1.0, 2: 0.75, 4: 0.25}),
    )
    found = OpenPath(PATH, 4).at_best(trial)
    assert found.params == {"n": 2, "x": 0.5}
    assert found.proposed == {"n": 16, "x": 0.5}
    assert found.scores().tolist() == [1.0, 0.75]
    assert [(f.fit_time, f.score_time) for f in found.folds] == [(7, 14)] * 2
    assert found.folds[0].warnings == warned
    assert list(found.folds[1].path) == [1, 2, 4]


def test_at_best_of_a_failed_candidate_keeps_the_proposed_value():
    """A candidate whose folds have no score keeps it too."""
    failed = trial_of(fold(0, {1: 0.5}), fold(1, {1: 0.5}, error="failed"))
    assert OpenPath(PATH, 4).at_best(failed) is failed
    none = trial_of(fold(0, {1: math.nan}))
    assert OpenPath(PATH, 4).at_best(none) is none


@pytest.mark.parametrize("written", [7.0, None])
def test_at_best_is_recorded_if_all_values_are(written):
    """A value that was run now makes the fold a new one."""
    recorded = fold(0, {1: 0.25, 2: 0.5}, written=5.0)
    more = fold(0, {4: 0.25}, written=written)
    joined = OpenPath(PATH, 4).joined(recorded, more)
    (found,) = OpenPath(PATH, 4).at_best(trial_of(joined)).folds
    assert found.written == (None if written is None else 5.0)


def test_without_path_keeps_the_deciding_scores_of_a_whole_trial():
    """All folds have these values; a stopped or pathless trial has none."""
    folds = fold(0, {1: 0.5, 2: 1.0}), fold(1, {1: 1.0, 2: 0.75, 4: 0.5})
    whole = without_path(OpenPath(PATH, 4).at_best(trial_of(*folds)))
    assert whole.path_scores == {1: (0.5, 1.0), 2: (1.0, 0.75)}
    assert [f.path for f in whole.folds] == [None, None]
    stopped = without_path(OpenPath(PATH, 4).at_best(trial_of(*folds, n_splits=3)))
    assert stopped.path_scores is None
    assert without_path(trial_of(*folds)).path_scores is None

"""What is said of a search's standing stays as it was said, at a flat cost."""

import copy
import math
import pickle
import tracemalloc

import numpy as np
import pytest

from skbayes._evaluation.loop.progress import Progress
from skbayes._protocol import FoldResult, Status, Trial


def ended(index, score, n_folds=2):
    """Make a trial that ended with this score in each of its folds."""
    folds = tuple(FoldResult(k, {"score": score}) for k in range(n_folds))
    status = Status.COMPLETE if n_folds == 2 else Status.STOPPED
    return Trial(index, {"x": index}, 2, folds=folds, status=status)


def scores_after(progress, trial):
    """Count a trial and return the scores the search then shows."""
    progress.count_trial(trial)
    return progress.after(trial, None, 0.0).scores


def test_progress_scores_stay_when_more_trials_end():
    """What a callback keeps is not changed by what happens later."""
    progress = Progress()
    first = scores_after(progress, ended(3, 0.5))
    second = scores_after(progress, ended(1, 0.7))
    assert tuple(first) == (0.5,)
    assert tuple(second) == (0.5, 0.7)
    assert len(first) == 1
    with pytest.raises(IndexError, match="range"):
        first[1]


def test_progress_scores_stay_when_a_trial_is_caught_up_with():
    """A stopped trial that is completed gets its score from then on, in its place."""
    progress = Progress()
    scores_after(progress, ended(0, 0.5, n_folds=1))
    before = scores_after(progress, ended(1, 0.7))
    after = scores_after(progress, ended(0, 0.6))
    last = scores_after(progress, ended(2, 0.8))
    np.testing.assert_array_equal(before, [math.nan, 0.7])
    assert after == (0.6, 0.7)
    assert last == (0.6, 0.7, 0.8)


def test_progress_tells_the_score_of_the_trial_that_ended():
    """The score may be that of one caught up with, whose place is not the last."""
    progress = Progress()
    told = []
    for trial in (ended(0, 0.5, n_folds=1), ended(1, 0.7), ended(0, 0.6)):
        progress.count_trial(trial)
        told.append(progress.after(trial, None, 0.0).score)
    np.testing.assert_array_equal(told, [math.nan, 0.7, 0.6])


def test_scores_so_far_can_be_read_as_a_tuple_can():
    """Scores have indices, slices, searching, comparing, arrays and text."""
    progress = Progress()
    values = (0.5, 0.25, 0.75, 1.0)
    for index, value in enumerate(values):
        scores = scores_after(progress, ended(index, value))
    scores_after(progress, ended(4, 0.0))
    assert scores[-1] == 1.0
    for part in (slice(None, -2), slice(-2, None), slice(None, None, -1), slice(9)):
        assert scores[part] == values[part]
    assert scores.index(0.75) == 2
    assert 0.0 not in scores
    assert scores == values
    assert hash(scores) == hash(values)
    assert repr(scores) == repr(values)
    array = np.asarray(scores)
    assert array.dtype == float
    np.testing.assert_array_equal(array, values)
    with pytest.raises(IndexError, match="range"):
        scores[-5]


def test_scores_so_far_cannot_be_changed():
    """Neither an assignment nor an array made from the scores changes them."""
    progress = Progress()
    scores = scores_after(progress, ended(0, 0.5))
    with pytest.raises(TypeError, match="assignment"):
        scores[0] = 1.0
    np.asarray(scores)[0] = 1.0
    assert scores == (0.5,)


@pytest.mark.parametrize(
    "restored", [copy.deepcopy, lambda s: pickle.loads(pickle.dumps(s))]
)
def test_scores_so_far_hold_no_later_ones_in_a_copy(restored):
    """A copy is as long as what was copied."""
    progress = Progress()
    scores = scores_after(progress, ended(0, 0.5))
    scores_after(progress, ended(1, 0.7))
    again = restored(scores)
    assert again == scores
    assert len(again) == 1


def test_progress_shows_the_scores_without_copying_them():
    """Memory for one more standing is the same after ten thousand trials."""
    progress = Progress()
    trial = ended(0, 0.5)
    n_trials = 10_000
    for index in range(n_trials):
        progress.count_trial(ended(index, 0.5))
    tracemalloc.start()
    kept = [progress.after(trial, None, 0.0) for _ in range(10)]
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {len(p.scores) for p in kept} == {n_trials}
    assert size < 8 * n_trials

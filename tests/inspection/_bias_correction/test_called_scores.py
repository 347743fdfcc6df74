"""Are candidates scored by calls on the drawn samples, those that may win?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import make_scorer, median_absolute_error

from skbayes.inspection._bias_correction.called_scores import CalledScores, contenders
from skbayes.inspection._bias_correction.resampling import Units
from tests.inspection._bias_correction.kept import kept_of

Y = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
ERRORS = np.array([[1, 0, 2, 0, 0, 3], [0, 1, 0, 4, 1, 0], [9, 9, 9, 9, 9, 9]], float)
MEDIAN = make_scorer(median_absolute_error, greater_is_better=False)
UNITS = Units(np.arange(6), np.zeros(6, dtype=int))


@pytest.fixture
def scores():
    """Scores of two contenders and one that is none, over two folds."""
    tests = [[0, 1, 2], [3, 4, 5]]
    kept = kept_of(MEDIAN, Y, tests, Y + ERRORS, is_classifier=False)
    return CalledScores(kept, UNITS, np.array([0, 1]))


def test_called_scores_are_those_of_samples_as_often_as_drawn(scores):
    """Medians are computed by hand; a candidate that cannot win has NaN."""
    weights = np.array([[1, 1, 1, 1, 1, 1], [3, 1, 0, 0, 1, 2]], float)
    first = [-(1 + 0) / 2, -(0 + 1) / 2]
    second = [-(1 + 3) / 2, -(0 + 0) / 2]
    found = scores.in_bag(weights)
    np.testing.assert_array_equal(found[:, :2], [first, second])
    assert np.isnan(found[:, 2]).all()


def test_called_scores_leave_out_folds_without_a_drawn_sample(scores):
    """The score of a draw without any sample is not known."""
    weights = np.array([[0, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0]], float)
    np.testing.assert_array_equal(
        scores.in_bag(weights)[:, :2], [[0.0, -4.0], [np.nan, np.nan]]
    )


def test_called_scores_of_chosen_take_one_candidate_a_draw(scores):
    """The chosen candidate may be no contender."""
    weights = np.ones((3, 6))
    found = scores.of_chosen(weights, np.array([1, 2, 0]))
    np.testing.assert_array_equal(found, [-0.5, -9.0, -0.5])


def test_called_scores_draw_units_as_a_whole():
    """Samples of one unit are drawn as often as the unit."""
    units = Units(np.array([0, 0, 1, 1, 0, 1]), np.zeros(2, dtype=int))
    kept = kept_of(MEDIAN, Y, [np.arange(6)], Y + ERRORS[:1], is_classifier=False)
    scores = CalledScores(kept, units, np.array([0]))
    found = scores.in_bag(np.array([[2.0, 0.0], [0.0, 1.0]]))[:, 0]
    np.testing.assert_array_equal(found, [-np.median([1, 0, 0]), -np.median([2, 0, 3])])


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([[0.5, 0.6, 0.7]], [0]),  # one candidate
        ([[0.5], [0.9], [0.9]], [1, 2]),  # one fold, and two alike
        ([[0.5, 0.5], [0.5, 0.5]], [0, 1]),  # all alike
        ([[0.5, 0.5], [0.5 - 1e-9, 0.5 - 1e-9], [0.4, 0.4]], [0]),  # without any noise
    ],
)
def test_contenders_of_few_scores(scores, expected):
    """The best are among them, whatever is known of the noise."""
    assert contenders(np.array(scores)).tolist() == expected


def test_contenders_are_near_the_best_by_paired_differences():
    """Folds that are hard for all say nothing; best first, and not too many."""
    rng = np.random.default_rng(0)
    folds = rng.normal(0, 5, size=5)
    noise = rng.normal(0, 0.01, size=(60, 5))
    level = np.repeat([0.0, -1.0], [50, 10])[:, None]
    scores = (folds + noise + level)[::-1]
    found = contenders(scores)
    assert len(found) == 40
    assert found.min() >= 10
    assert (np.diff(scores.mean(axis=1)[found]) <= 0).all()
    assert found[0] == scores.mean(axis=1).argmax()

"""Is what is told checked, with messages that say what was wrong?"""

import numpy as np
import pytest

from skbayes._strategies.history import check_fold_scores, check_score, check_seconds


@pytest.mark.parametrize("failed", [np.nan, -np.inf, np.float32("nan")])
def test_nan_and_minus_infinity_are_failures(failed):
    """Both mean that the evaluation failed."""
    assert np.isnan(check_score(failed))


@pytest.mark.parametrize(
    "score", [1, 0.5, np.float32(0.5), np.int64(3), np.array(2.0)[()]]
)
def test_numbers_become_floats(score):
    """Python and numpy scalars are taken."""
    assert type(check_score(score)) is float


@pytest.mark.parametrize("score", ["0.5", None, True, [0.5], 1j])
def test_what_is_no_number_is_refused(score):
    """The message names the parameter and the type."""
    with pytest.raises(TypeError, match=r"`score` parameter of Optimizer.tell must be"):
        check_score(score)


def test_plus_infinity_is_an_error():
    """A loss of plus infinity must not become the best score."""
    with pytest.raises(ValueError, match="Got inf instead: greater is better"):
        check_score(np.inf)


def test_fold_scores_are_copied():
    """A change of the caller's array later changes nothing."""
    folds = np.array([0.1, np.nan])
    checked = check_fold_scores(folds, np.nan, None)
    folds[0] = 9
    np.testing.assert_array_equal(checked, [0.1, np.nan])


def test_fold_scores_of_a_failed_evaluation_are_none():
    """All NaN with a NaN score says nothing beyond the failure."""
    assert check_fold_scores([np.nan, np.nan], np.nan, 2) is None


@pytest.mark.parametrize(
    ("folds", "score", "n_folds", "match"),
    [
        ([], 0.5, None, "one score per fold"),
        ([[0.5]], 0.5, None, "one score per fold"),
        ([0.5, 0.5], 0.5, 3, "Got 2 after 3"),
        ([0.5, np.inf], 0.5, None, "finite, or NaN for a fold that was not run"),
        ([0.5, 0.5], np.nan, None, "agree with `score`"),
        ([np.nan, np.nan], 0.5, None, "agree with `score`"),
    ],
)
def test_bad_fold_scores_are_refused(folds, score, n_folds, match):
    """Each with a message that says what was expected."""
    with pytest.raises(ValueError, match=match):
        check_fold_scores(folds, score, n_folds)


@pytest.mark.parametrize("seconds", [-1, np.nan, np.inf])
def test_bad_seconds_are_refused(seconds):
    """A duration is finite and not negative."""
    with pytest.raises(ValueError, match="`seconds` parameter of Optimizer.tell"):
        check_seconds(seconds)

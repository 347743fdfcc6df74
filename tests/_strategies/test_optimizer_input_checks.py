"""Is what is told checked, with messages that say what was wrong?"""

import numpy as np
import pytest

from skbayes._strategies.optimizer_input import (
    check_fold_scores,
    check_score,
    check_seconds,
    score_of_folds,
)


@pytest.mark.parametrize("failed", [np.nan, -np.inf, np.float32("nan")])
def test_nan_and_minus_infinity_are_failures(failed):
    """NaN and minus infinity both mean that the evaluation failed."""
    assert np.isnan(check_score(failed))


@pytest.mark.parametrize(
    "score", [1, 0.5, np.float32(0.5), np.int64(3), np.array(2.0)[()]]
)
def test_numbers_become_floats(score):
    """Python and numpy scalars are taken."""
    assert type(check_score(score)) is float


@pytest.mark.parametrize(
    "score",
    ["0.5", None, True, [0.5], 1j, np.complex128(1j), np.timedelta64(1, "s")],
)
def test_what_is_no_number_is_refused(score):
    """The message names the parameter and the type."""
    with pytest.raises(TypeError, match=r"`score` parameter of Optimizer.tell must be"):
        check_score(score)


@pytest.mark.parametrize("score", [np.inf, 10**400])
def test_plus_infinity_is_an_error(score):
    """A loss of plus infinity must not become the best score."""
    with pytest.raises(ValueError, match="Got inf instead: greater is better"):
        check_score(score)


def test_fold_scores_are_copied():
    """A change of the caller's array later changes nothing."""
    folds = np.array([0.1, np.nan])
    checked = check_fold_scores(folds, None)
    folds[0] = 9
    np.testing.assert_array_equal(checked, [0.1, np.nan])


def test_fold_scores_of_a_failed_evaluation_are_none():
    """Folds of NaN with a score of NaN say nothing beyond the failure."""
    assert check_fold_scores([np.nan, np.nan], 2) is None


@pytest.mark.parametrize(
    ("folds", "n_folds", "match"),
    [
        ([], None, "one score per fold"),
        ([[0.5]], None, "one score per fold"),
        (["a", "b"], None, "one number per fold"),
        ({"a": 1.0}, None, "one number per fold"),
        ([[0.5], [0.5, 0.5]], None, "one number per fold"),
        ([0.5, 0.5], 3, "Got 2 after 3"),
        ([0.5, np.inf], None, "finite, or NaN for a fold that was not run"),
    ],
)
def test_bad_fold_scores_are_refused(folds, n_folds, match):
    """Each message says what was expected."""
    with pytest.raises(ValueError, match=match):
        check_fold_scores(folds, n_folds)


@pytest.mark.parametrize(
    ("score", "folds", "expected"),
    [
        (0.5, [0.25, 0.75], 0.5),
        (0.5 + 1e-9, [0.25, 0.75], 0.5 + 1e-9),
        (0.1, [0.25, np.nan, 0.75], 0.5),
    ],
)
def test_the_score_is_the_mean_of_the_folds_that_were_run(score, folds, expected):
    """The score is exact where all folds were run, and not used where some were."""
    assert score_of_folds(score, np.array(folds)) == expected


@pytest.mark.parametrize(
    ("score", "folds"),
    [
        (1.0, [5.0, 5.0]),
        (np.nan, [0.5, 0.5]),
        # A mean over a fold that failed is NaN too, and must not become a success.
        (np.nan, [50.0, np.nan]),
    ],
)
def test_scores_that_contradict_their_folds_are_refused(score, folds):
    """The message says how to tell a failure."""
    with pytest.raises(ValueError, match="agree with `score`.*without fold scores"):
        score_of_folds(score, np.array(folds))


@pytest.mark.parametrize("seconds", [-1, np.nan, np.inf, "3", True, [1]])
def test_bad_seconds_are_refused(seconds):
    """A duration is finite and not negative."""
    with pytest.raises(ValueError, match="`seconds` parameter of Optimizer.tell"):
        check_seconds(seconds)

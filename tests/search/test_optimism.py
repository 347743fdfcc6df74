"""Is the optimism of the best score taken out by the fold scores alone?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._evaluation.optimism import optimism_corrected_score


def test_choice_is_scored_on_the_fold_left_out():
    """Worked by hand: each fold's score of what the other two prefer."""
    scores = np.array([[0.9, 0.1, 0.2], [0.5, 0.6, 0.5], [0.4, 0.9, 0.3]])
    # Without fold 0: row 2 (0.6); without 1: row 0 (0.55); without 2: row 2 (0.65).
    assert optimism_corrected_score(scores) == pytest.approx((0.4 + 0.1 + 0.3) / 3)


def test_rows_with_nan_are_never_chosen():
    """Incomplete candidates change nothing."""
    scores = np.array([[0.5, 0.6], [0.7, 0.7], [np.nan, 0.99]])
    assert optimism_corrected_score(scores) == pytest.approx(0.7)


@pytest.mark.parametrize("scores", [np.ones((3, 1)), np.full((2, 4), np.nan)])
def test_no_choice_to_repeat_is_nan(scores):
    """A single fold, or no complete candidate, leaves nothing to say."""
    assert np.isnan(optimism_corrected_score(scores))


def test_another_rule_of_choice_is_repeated():
    """The rule is asked once a fold, with the other folds."""
    asked = []

    def choose(folds):
        asked.append(folds)
        return 1

    scores = np.array([[0.9, 0.9, 0.9], [0.1, 0.2, 0.3]])
    assert optimism_corrected_score(scores, choose) == pytest.approx(0.2)
    assert asked == [[1, 2], [0, 2], [0, 1]]


def test_best_of_pure_noise_is_worth_nothing():
    """Where all candidates are equal in truth, the mean error is noise."""
    rng = np.random.default_rng(0)
    tables = rng.standard_normal((400, 60, 5))
    errors = [optimism_corrected_score(scores) for scores in tables]
    naive = tables.mean(axis=2).max(axis=1)
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors))
    assert np.mean(naive) > 0.8

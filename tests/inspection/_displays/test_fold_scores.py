"""Does the display of fold scores show the numbers of a search?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.inspection import FoldScoresDisplay


def test_fold_scores_display_of_the_best(grid):
    """The best come first; the untuned estimator is added where it is missing there."""
    display = FoldScoresDisplay.from_search(grid, n_top=2)
    assert display.labels[0] == "#1: a=1, b=1"
    assert display.labels[-1].startswith("untuned: a=0, b=0")
    assert display.is_untuned.tolist() == [False, False, True]
    np.testing.assert_allclose(display.fold_scores[0].mean(), grid.best_score_)
    offsets = display.points_.get_offsets()
    np.testing.assert_allclose(offsets[:, 0], display.fold_scores.ravel())


def test_fold_scores_display_writes_a_far_untuned_estimator_at_the_edge(bayes):
    """The axis is that of the best, which the untuned estimator does not flatten."""
    display = FoldScoresDisplay.from_search(bayes)
    low, high = display.ax_.get_xlim()
    best = display.fold_scores[~display.is_untuned]
    untuned = display.fold_scores[display.is_untuned].mean()
    assert low < best.min() < best.max() < high
    assert untuned < low
    assert [t.get_text() for t in display.ax_.texts] == [f"◂ mean {untuned:.4g}"]


@pytest.mark.parametrize("n_top", [0, 1.5, "all"])
def test_fold_scores_display_refuses_bad_numbers_of_candidates(grid, n_top):
    """The message says what the number must be."""
    with pytest.raises(ValueError, match="`n_top` .* integer >= 1"):
        FoldScoresDisplay.from_search(grid, n_top=n_top)

"""Does the display of convergence show the numbers of a search?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.inspection import ConvergenceDisplay
from tests.inspection.searches import one_trial, race, theirs


def test_convergence_display_counts_fits_and_keeps_the_best(grid):
    """Scores are in the order of the trials, the best so far never falls."""
    display = ConvergenceDisplay.from_search(grid)
    assert display.fits.tolist() == [4, 8, 12, 16, 20, 24]
    order = np.argsort(display.seconds)
    assert order.tolist() == list(range(6))
    assert (np.diff(display.best_so_far) >= 0).all()
    assert display.best_so_far[-1] == grid.best_score_
    assert display.untuned_score == grid.cv_results_["mean_test_score"][0]
    np.testing.assert_array_equal(display.line_.get_xdata(), display.fits)
    assert display.untuned_line_.get_ydata()[0] == display.untuned_score


def test_convergence_display_against_seconds(grid):
    """Our searches have a clock, the others the sum of all their fits."""
    display = ConvergenceDisplay.from_search(grid, against="seconds")
    np.testing.assert_array_equal(display.line_.get_xdata(), display.seconds)
    assert display.ax_.get_xlabel() == "seconds"
    display = ConvergenceDisplay.from_search(theirs(), against="seconds")
    assert display.ax_.get_xlabel() == "seconds of fitting and scoring"
    assert (np.diff(display.seconds) > 0).all()


def test_convergence_display_marks_what_has_no_score(bayes):
    """Failed candidates count as fits, and the legend says how many there are."""
    display = ConvergenceDisplay.from_search(bayes)
    n_failed = int(np.isnan(display.scores).sum())
    assert n_failed > 0
    labels = [t.get_text() for t in display.ax_.get_legend().get_texts()]
    assert f"{n_failed} failed" in labels
    assert not any("stopped" in label for label in labels)
    assert "untuned estimator" in labels


def test_convergence_display_of_a_race_counts_folds():
    """Stopped candidates cost fewer fits, and stand where the race expects them."""
    search = race()
    display = ConvergenceDisplay.from_search(search)
    assert display.fits[-1] == sum(len(t.folds) for t in search.trials_) < 200
    stopped = [t.status == "stopped" for t in search.trials_]
    expected = search.cv_results_["adjusted_test_score"][stopped]
    drawn = display.stopped_points_.get_offsets()[:, 1]
    assert sorted(drawn) == sorted(expected)
    labels = [t.get_text() for t in display.ax_.get_legend().get_texts()]
    assert f"{sum(stopped)} stopped early (estimated)" in labels
    assert not any("failed" in label for label in labels)


def test_convergence_display_refuses_another_axis(grid):
    """The message names the two axes there are."""
    with pytest.raises(ValueError, match="'fits' or 'seconds'. Got 'time' instead"):
        ConvergenceDisplay.from_search(grid, against="time")


def test_convergence_display_without_times(grid):
    """Results without times can be drawn against fits only."""
    search = theirs()
    del search.cv_results_["mean_fit_time"]
    ConvergenceDisplay.from_search(search)
    with pytest.raises(ValueError, match="Use against='fits'"):
        ConvergenceDisplay.from_search(search, against="seconds")


def test_convergence_display_shows_the_best_of_a_single_candidate():
    """A line of one point has a mark, one of several has none."""
    lone = ConvergenceDisplay.from_search(one_trial())
    assert lone.line_.get_marker() == "o"
    assert ConvergenceDisplay.from_search(theirs()).line_.get_marker() == "None"

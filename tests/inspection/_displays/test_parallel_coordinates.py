"""Does the display of parallel coordinates show the numbers of a search?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.inspection import ParallelCoordinatesDisplay
from tests.inspection.searches import conditional, equal_scores, one_trial, race


def test_parallel_coordinates_display_places_values(grid):
    """Values lie from 0 to 1 along each axis, a line for each candidate, best last."""
    display = ParallelCoordinatesDisplay.from_search(grid)
    assert display.places.shape == (6, 2)
    np.testing.assert_allclose(np.unique(display.places[:, 0]), [0.0, 0.5, 1.0])
    assert len(display.lines_.get_segments()) == 6
    assert display.lines_.get_array()[-1] == grid.best_score_
    names = [t.get_text() for t in display.ax_.get_xticklabels()]
    assert names == ["a", "b", "mean test\nscore"]


def test_parallel_coordinates_display_of_equal_scores_shows_the_one_score():
    """The first candidate is the best of equals, as in `best_index_`."""
    search = equal_scores()
    display = ParallelCoordinatesDisplay.from_search(search)
    assert display.best_line_.get_ydata()[0] == display.places[search.best_index_, 0]
    assert [t.get_text() for t in display.ax_.texts][-1] == "0.505"


def test_parallel_coordinates_display_of_a_conditional_space():
    """Parameters a candidate lacks are drawn as not used."""
    display = ParallelCoordinatesDisplay.from_search(conditional())
    texts = [t.get_text() for t in display.ax_.texts]
    assert texts.count("not used") == 2
    assert np.isnan(display.places).any()


def test_parallel_coordinates_display_leaves_out_what_has_no_score(bayes):
    """The display says how many candidates it leaves out."""
    display = ParallelCoordinatesDisplay.from_search(bayes)
    n_failed = display.n_failed
    assert n_failed > 0
    assert display.n_stopped == 0
    title = display.ax_.get_title(loc="left")
    assert title == f"{25 - n_failed} candidates; not drawn: {n_failed} failed"
    display = ParallelCoordinatesDisplay.from_search(race())
    title = display.ax_.get_title(loc="left")
    assert title.endswith(f"not drawn: {display.n_stopped} stopped early")


def test_parallel_coordinates_display_needs_a_parameter():
    """A grid of one point has no parameter that varies."""
    with pytest.raises(ValueError, match="parameter with more than one value"):
        ParallelCoordinatesDisplay.from_search(one_trial())

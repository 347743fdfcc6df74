"""Does the display of timeline show the numbers of a search?"""

from __future__ import annotations

import pytest

from skbayes.inspection import TimelineDisplay
from skbayes.search import GridSearchCV
from tests.inspection.conftest import Formula, additive, fitted
from tests.inspection.searches import race, theirs, twelve


def test_timeline_display_has_every_fit(bayes):
    """Each fit has one bar, and none lies over another on the same worker."""
    display = TimelineDisplay.from_search(bayes)
    folds = [fold for trial in bayes.trials_ for fold in trial.folds]
    assert len(display.starts) == len(folds)
    ends = display.starts + display.fit_times + display.score_times
    assert (display.starts[1:] >= ends[:-1] - 1e-3).all()
    assert set(display.kinds) == {"complete", "failed"}
    assert set(display.bars_) >= {"complete", "failed"}
    assert ((display.busy() > 0) & (display.busy() <= 1)).all()


def test_timeline_display_has_a_row_for_each_worker():
    choices = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}
    search = GridSearchCV(Formula(formula=additive), choices, cv=4, n_jobs=2)
    from joblib import parallel_config

    with parallel_config("threading"):
        display = TimelineDisplay.from_search(fitted(search))
    n_workers = len(set(display.workers))
    assert len(display.ax_.get_yticklabels()) == n_workers <= 2
    assert display.ax_.get_yticklabels()[0].get_text().startswith("worker 1 (")


def test_timeline_display_shows_scores_that_failed():
    """A fit that went well and could not be scored has failed."""
    search = twelve()
    display = TimelineDisplay.from_search(search)
    n_failed = sum(trial.status == "failed" for trial in search.trials_)
    assert n_failed > 0
    assert (display.kinds == "failed").sum() == 3 * n_failed


def test_timeline_display_of_a_race_shows_the_stopped():
    """Stopped fits are bars of their own kind."""
    assert "stopped" in set(TimelineDisplay.from_search(race()).kinds)


def test_timeline_display_needs_times():
    """scikit-learn's searches do not keep them."""
    with pytest.raises(TypeError, match=r"GridSearchCV of sklearn does not keep"):
        TimelineDisplay.from_search(theirs())

"""Do displays show the numbers of a search, and keep to scikit-learn's convention?"""

from __future__ import annotations

import subprocess
import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.svm import SVC

from skbayes.inspection import (
    ConvergenceDisplay,
    EffectDisplay,
    FoldScoresDisplay,
    ImportanceDisplay,
    ParallelCoordinatesDisplay,
    TimelineDisplay,
    param_importances,
)
from skbayes.search import GridSearchCV
from tests.inspection.conftest import Formula, additive, fitted
from tests.inspection.searches import (
    POOR,
    all_failed_but_one,
    bayes_with_failures,
    conditional,
    equal_scores,
    one_trial,
    one_trial_of_many,
    race,
    theirs,
    twelve,
)

SIMPLE = (ConvergenceDisplay, ParallelCoordinatesDisplay, FoldScoresDisplay)
MODELLED = (EffectDisplay, ImportanceDisplay)
ALL = (*SIMPLE, *MODELLED, TimelineDisplay)


@pytest.fixture(scope="module")
def bayes():
    """A Bayesian search in which some candidates fail."""
    return bayes_with_failures()


@pytest.fixture(scope="module")
def grid():
    """A grid search over two parameters, the untuned values among the candidates."""
    choices = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}
    return fitted(GridSearchCV(Formula(formula=additive), choices, cv=4))


@pytest.mark.parametrize("display", ALL)
def test_displays_draw_in_the_axes_they_are_given(display, bayes):
    """`ax` is drawn in and stored; without it there is a figure of its own."""
    figure, ax = plt.subplots()
    drawn = display.from_search(bayes, ax=ax)
    assert drawn.figure_ is figure
    assert isinstance(drawn, display)
    again = drawn.plot()
    assert again is drawn
    assert drawn.figure_ is not figure


@pytest.mark.parametrize("display", [d for d in ALL if d is not EffectDisplay])
def test_single_axes_are_stored(display, bayes):
    """The axes drawn in are `ax_`."""
    _, ax = plt.subplots()
    assert display.from_search(bayes, ax=ax).ax_ is ax


@pytest.mark.parametrize("display", ALL)
def test_unfitted_searches_are_refused(display):
    """With what to call."""
    with pytest.raises(
        NotFittedError, match=f"Call its `fit` before {display_name(display)}"
    ):
        display.from_search(GridSearchCV(SVC(), {"C": [1]}))
    with pytest.raises(TypeError, match="must be a fitted search"):
        display.from_search(SVC())


def display_name(display):
    """How a display calls itself in messages."""
    return "param_importances" if display is ImportanceDisplay else display.__name__


def test_without_matplotlib_the_message_says_what_to_install(grid, monkeypatch):
    """Data can be made, plots not."""
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    with pytest.raises(ImportError, match=r"pip install skbayes\[plot\]"):
        ConvergenceDisplay.from_search(grid)


def test_importing_the_package_imports_no_matplotlib():
    """matplotlib and pandas are imported where they are used, or by scikit-learn."""
    code = (
        "import sys, sklearn.model_selection; before = set(sys.modules); "
        "import skbayes.inspection; new = set(sys.modules) - before; "
        "print(sorted(new & {'matplotlib', 'pandas'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_convergence_counts_fits_and_keeps_the_best(grid):
    """Scores in the order of the trials, the best so far never falls."""
    display = ConvergenceDisplay.from_search(grid)
    assert display.fits.tolist() == [4, 8, 12, 16, 20, 24]
    order = np.argsort(display.seconds)
    assert order.tolist() == list(range(6))
    assert (np.diff(display.best_so_far) >= 0).all()
    assert display.best_so_far[-1] == grid.best_score_
    assert display.untuned_score == grid.cv_results_["mean_test_score"][0]
    np.testing.assert_array_equal(display.line_.get_xdata(), display.fits)
    assert display.untuned_line_.get_ydata()[0] == display.untuned_score


def test_convergence_against_seconds(grid):
    """The clock of our searches, the sum of all fits of theirs."""
    display = ConvergenceDisplay.from_search(grid, against="seconds")
    np.testing.assert_array_equal(display.line_.get_xdata(), display.seconds)
    assert display.ax_.get_xlabel() == "seconds"
    display = ConvergenceDisplay.from_search(theirs(), against="seconds")
    assert display.ax_.get_xlabel() == "seconds of fitting and scoring"
    assert (np.diff(display.seconds) > 0).all()


def test_convergence_marks_what_has_no_score(bayes):
    """Failed candidates count as fits, and the legend says how many there are."""
    display = ConvergenceDisplay.from_search(bayes)
    n_failed = int(np.isnan(display.scores).sum())
    assert n_failed > 0
    labels = [t.get_text() for t in display.ax_.get_legend().get_texts()]
    assert f"{n_failed} failed" in labels
    assert not any("stopped" in label for label in labels)
    assert "untuned estimator" in labels


def test_convergence_of_a_race_counts_folds():
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


def test_bad_axis_of_convergence(grid):
    """The message names the two there are."""
    with pytest.raises(ValueError, match="'fits' or 'seconds'. Got 'time' instead"):
        ConvergenceDisplay.from_search(grid, against="time")


def test_convergence_without_times(grid):
    """Results without times can be drawn against fits only."""
    search = theirs()
    del search.cv_results_["mean_fit_time"]
    ConvergenceDisplay.from_search(search)
    with pytest.raises(ValueError, match="Use against='fits'"):
        ConvergenceDisplay.from_search(search, against="seconds")


def test_parallel_coordinates_place_values(grid):
    """Values from 0 to 1 along each axis, a line for each candidate, best last."""
    display = ParallelCoordinatesDisplay.from_search(grid)
    assert display.places.shape == (6, 2)
    np.testing.assert_allclose(np.unique(display.places[:, 0]), [0.0, 0.5, 1.0])
    assert len(display.lines_.get_segments()) == 6
    assert display.lines_.get_array()[-1] == grid.best_score_
    names = [t.get_text() for t in display.ax_.get_xticklabels()]
    assert names == ["a", "b", "mean test\nscore"]


def test_parallel_coordinates_of_equal_scores_show_the_one_score():
    """The first candidate is the best of equals, as in `best_index_`."""
    search = equal_scores()
    display = ParallelCoordinatesDisplay.from_search(search)
    assert display.best_line_.get_ydata()[0] == display.places[search.best_index_, 0]
    assert [t.get_text() for t in display.ax_.texts][-1] == "0.505"


def test_parallel_coordinates_of_a_conditional_space():
    """Parameters a candidate lacks are drawn as not used."""
    display = ParallelCoordinatesDisplay.from_search(conditional())
    texts = [t.get_text() for t in display.ax_.texts]
    assert texts.count("not used") == 2
    assert np.isnan(display.places).any()


def test_parallel_coordinates_leave_out_what_has_no_score(bayes):
    """And say so."""
    display = ParallelCoordinatesDisplay.from_search(bayes)
    n_failed = display.n_failed
    assert n_failed > 0
    assert display.n_stopped == 0
    title = display.ax_.get_title(loc="left")
    assert title == f"{25 - n_failed} candidates; not drawn: {n_failed} failed"
    display = ParallelCoordinatesDisplay.from_search(race())
    title = display.ax_.get_title(loc="left")
    assert title.endswith(f"not drawn: {display.n_stopped} stopped early")


def test_parallel_coordinates_need_a_parameter():
    """A grid of one point has none."""
    with pytest.raises(ValueError, match="parameter with more than one value"):
        ParallelCoordinatesDisplay.from_search(one_trial())


def test_fold_scores_of_the_best(grid):
    """Best first; the untuned estimator is added where it is not among them."""
    display = FoldScoresDisplay.from_search(grid, n_top=2)
    assert display.labels[0] == "#1: a=1, b=1"
    assert display.labels[-1].startswith("untuned: a=0, b=0")
    assert display.is_untuned.tolist() == [False, False, True]
    np.testing.assert_allclose(display.fold_scores[0].mean(), grid.best_score_)
    offsets = display.points_.get_offsets()
    np.testing.assert_allclose(offsets[:, 0], display.fold_scores.ravel())


def test_an_untuned_estimator_far_below_does_not_flatten_the_best(bayes):
    """It is written at the edge instead, and the axis is that of the best."""
    display = FoldScoresDisplay.from_search(bayes)
    low, high = display.ax_.get_xlim()
    best = display.fold_scores[~display.is_untuned]
    untuned = display.fold_scores[display.is_untuned].mean()
    assert low < best.min() < best.max() < high
    assert untuned < low
    assert [t.get_text() for t in display.ax_.texts] == [f"◂ mean {untuned:.4g}"]


@pytest.mark.parametrize("n_top", [0, 1.5, "all"])
def test_bad_numbers_of_candidates(grid, n_top):
    """The message says what it must be."""
    with pytest.raises(ValueError, match="`n_top` .* integer >= 1"):
        FoldScoresDisplay.from_search(grid, n_top=n_top)


def test_the_timeline_has_every_fit(bayes):
    """One bar a fit, none over another on the same worker."""
    display = TimelineDisplay.from_search(bayes)
    folds = [fold for trial in bayes.trials_ for fold in trial.folds]
    assert len(display.starts) == len(folds)
    ends = display.starts + display.fit_times + display.score_times
    assert (display.starts[1:] >= ends[:-1] - 1e-3).all()
    assert set(display.kinds) == {"complete", "failed"}
    assert set(display.bars_) >= {"complete", "failed"}
    assert ((display.busy() > 0) & (display.busy() <= 1)).all()


def test_the_timeline_has_a_row_for_each_worker():
    """Two threads, two rows."""
    choices = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}
    search = GridSearchCV(Formula(formula=additive), choices, cv=4, n_jobs=2)
    from joblib import parallel_config

    with parallel_config("threading"):
        display = TimelineDisplay.from_search(fitted(search))
    n_workers = len(set(display.workers))
    assert len(display.ax_.get_yticklabels()) == n_workers <= 2
    assert display.ax_.get_yticklabels()[0].get_text().startswith("worker 1 (")


def test_the_timeline_shows_scores_that_failed():
    """A fit that went well and could not be scored has failed."""
    search = twelve()
    display = TimelineDisplay.from_search(search)
    n_failed = sum(trial.status == "failed" for trial in search.trials_)
    assert n_failed > 0
    assert (display.kinds == "failed").sum() == 3 * n_failed


def test_the_timeline_of_a_race_shows_the_stopped():
    """In a kind of its own."""
    assert "stopped" in set(TimelineDisplay.from_search(race()).kinds)


def test_the_timeline_needs_times():
    """scikit-learn's searches do not keep them."""
    with pytest.raises(TypeError, match=r"GridSearchCV of sklearn does not keep"):
        TimelineDisplay.from_search(theirs())


def test_importances_are_drawn_as_they_are(bayes):
    """Bars have the lengths that `param_importances` gives."""
    display = ImportanceDisplay.from_search(bayes, random_state=0)
    numbers = param_importances(bayes, random_state=0)
    widths = [bar.get_width() for bar in display.total_bars_]
    np.testing.assert_allclose(widths, numbers.total_mean)
    assert "whole space" in display.ax_.get_xlabel()
    display = ImportanceDisplay(importances=numbers).plot()
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == list(numbers.names)


def test_importances_say_what_never_varied_and_what_is_conditional():
    """In words beside the bars."""
    display = ImportanceDisplay.from_search(conditional(), random_state=0)
    notes = {t.get_text() for t in display.ax_.texts}
    assert notes == {"exists in 50% of the space"}
    space = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0], "c": [3.0]}
    search = fitted(GridSearchCV(Formula(formula=additive), space, cv=2))
    display = ImportanceDisplay.from_search(search, near_optimum=0.3, random_state=0)
    assert [t.get_text() for t in display.ax_.texts] == ["never varied"]
    assert "best 30% of the space" in display.ax_.get_xlabel()


def test_effects_have_a_panel_each(bayes):
    """In a figure, in one divided axes, in axes given."""
    display = EffectDisplay.from_search(bayes, random_state=0)
    assert len(display.axes_) == 3
    _, ax = plt.subplots()
    assert len(display.plot(ax=ax).axes_) == 3
    _, axes = plt.subplots(1, 3)
    assert list(display.plot(ax=axes).axes_) == list(axes)
    with pytest.raises(ValueError, match="one Axes or 3, one for each panel. Got 2"):
        display.plot(ax=axes[:2])


def test_effects_use_log_axes_and_categories(bayes):
    """As the space is."""
    display = EffectDisplay.from_search(bayes, ["a", "b", "kind"], random_state=0)
    scales = [ax.get_xscale() for ax in display.axes_]
    assert scales == ["linear", "log", "linear"]
    labels = [t.get_text() for t in display.axes_[2].get_xticklabels()]
    assert labels == ["x", "y"]
    assert display.axes_[0].get_ylim() == display.axes_[1].get_ylim()


def test_effects_of_pairs(bayes):
    """Few categories are lines, two numbers a map."""
    pairs = [("a", "kind"), ("a", "b")]
    display = EffectDisplay.from_search(bayes, pairs, random_state=0)
    legend = display.axes_[0].get_legend()
    assert [t.get_text() for t in legend.get_texts()] == ["x", "y"]
    assert display.axes_[1].collections
    assert display.axes_[1].get_yscale() == "log"


def test_effects_say_what_never_varied():
    """A parameter with many values of which one was tried."""
    search = fitted(
        GridSearchCV(
            Formula(formula=additive), {"a": [0.0, 0.3, 0.6, 1.0], "b": [1.0]}, cv=2
        )
    )
    search.param_grid = {"a": [0.0, 0.3, 0.6, 1.0], "b": [1.0, 2.0]}
    display = EffectDisplay.from_search(search, ["b"], random_state=0)
    assert [t.get_text() for t in display.axes_[0].texts] == ["never varied"]


@pytest.mark.parametrize("name", POOR)
@pytest.mark.parametrize("display", ALL)
def test_poor_results_are_drawn_or_refused_with_reason(display, name):
    """Nothing crashes, whatever a search has brought."""
    search = POOR[name]()
    if display in MODELLED:
        with pytest.raises(ValueError, match="needs (at least 4|scores that differ)"):
            display.from_search(search)
    elif display is ParallelCoordinatesDisplay and name == "one_trial":
        with pytest.raises(ValueError, match="needs a parameter"):
            display.from_search(search)
    else:
        display.from_search(search).figure_.canvas.draw()


def test_poor_results_keep_their_numbers():
    """What can be shown of poor results is right."""
    display = ConvergenceDisplay.from_search(all_failed_but_one())
    assert display.best_so_far[-1] == display.best_so_far[3]
    assert np.isnan(display.best_so_far[:3]).all()
    assert FoldScoresDisplay.from_search(one_trial_of_many()).fold_scores.shape == (
        1,
        3,
    )
    assert len(set(ConvergenceDisplay.from_search(equal_scores()).scores.round(9))) == 1


def test_several_scores_need_a_name():
    """`metric` chooses, and names the axis."""

    def two(estimator, X, y=None):
        return {"up": estimator.score(X), "down": -estimator.score(X)}

    choices = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0]}
    search = GridSearchCV(
        Formula(formula=additive), choices, cv=2, scoring=two, refit=False
    )
    search = fitted(search)
    for display in (*SIMPLE, *MODELLED):
        with pytest.raises(ValueError, match="Pass metric='up' or another of them"):
            display.from_search(search)
        display.from_search(search, metric="down")
    assert ConvergenceDisplay.from_search(search, metric="down").ax_.get_ylabel() == (
        "mean test down"
    )
    TimelineDisplay.from_search(search)


def test_the_best_of_a_single_candidate_is_seen():
    """A line of one point has a mark, one of several has none."""
    lone = ConvergenceDisplay.from_search(one_trial())
    assert lone.line_.get_marker() == "o"
    assert ConvergenceDisplay.from_search(theirs()).line_.get_marker() == "None"

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
)
from skbayes.search import GridSearchCV
from tests.inspection.conftest import Formula, additive, fitted
from tests.inspection.searches import (
    POOR,
    all_failed_but_one,
    equal_scores,
    one_trial_of_many,
)

SIMPLE = (ConvergenceDisplay, ParallelCoordinatesDisplay, FoldScoresDisplay)
MODELLED = (EffectDisplay, ImportanceDisplay)
ALL = (*SIMPLE, *MODELLED, TimelineDisplay)


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
    """The error says what to call."""
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
    display = ConvergenceDisplay.from_search(all_failed_but_one())
    assert display.best_so_far[-1] == display.best_so_far[3]
    assert np.isnan(display.best_so_far[:3]).all()
    assert FoldScoresDisplay.from_search(one_trial_of_many()).fold_scores.shape == (
        1,
        3,
    )
    assert len(set(ConvergenceDisplay.from_search(equal_scores()).scores.round(9))) == 1


def test_several_scores_need_a_name():
    """`metric` chooses a score, and names the axis."""

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

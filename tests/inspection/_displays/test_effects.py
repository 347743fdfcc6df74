"""Does the display of effects show the numbers of a search?"""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
from sklearn.datasets import load_iris
from sklearn.svm import SVC

from skbayes.inspection import EffectDisplay
from skbayes.search import GridSearchCV, RandomSearchCV
from tests.inspection.conftest import Formula, additive, fitted


def test_effect_display_has_a_panel_for_each(bayes):
    """The panels are in a figure, in one divided axes, or in axes given."""
    display = EffectDisplay.from_search(bayes, random_state=0)
    assert len(display.axes_) == 3
    _, ax = plt.subplots()
    assert len(display.plot(ax=ax).axes_) == 3
    _, axes = plt.subplots(1, 3)
    assert list(display.plot(ax=axes).axes_) == list(axes)
    with pytest.raises(ValueError, match="one Axes or 3, one for each panel. Got 2"):
        display.plot(ax=axes[:2])


def test_effect_display_uses_log_axes_and_categories(bayes):
    """The axes are those of the space."""
    display = EffectDisplay.from_search(bayes, ["a", "b", "kind"], random_state=0)
    scales = [ax.get_xscale() for ax in display.axes_]
    assert scales == ["linear", "log", "linear"]
    labels = [t.get_text() for t in display.axes_[2].get_xticklabels()]
    assert labels == ["x", "y"]
    assert display.axes_[0].get_ylim() == display.axes_[1].get_ylim()


def test_effect_display_of_pairs(bayes):
    """A few categories are lines, two numbers a map."""
    pairs = [("a", "kind"), ("a", "b")]
    display = EffectDisplay.from_search(bayes, pairs, random_state=0)
    legend = display.axes_[0].get_legend()
    assert [t.get_text() for t in legend.get_texts()] == ["x", "y"]
    assert display.axes_[1].collections
    assert display.axes_[1].get_yscale() == "log"


def test_effect_display_says_what_never_varied():
    """One value was tried of a parameter that has many."""
    search = fitted(
        GridSearchCV(
            Formula(formula=additive), {"a": [0.0, 0.3, 0.6, 1.0], "b": [1.0]}, cv=2
        )
    )
    search.param_grid = {"a": [0.0, 0.3, 0.6, 1.0], "b": [1.0, 2.0]}
    display = EffectDisplay.from_search(search, ["b"], random_state=0)
    assert [t.get_text() for t in display.axes_[0].texts] == ["never varied"]


def test_effect_display_shows_no_score_above_a_perfect_models():
    """A Gaussian process knows no bound; few candidates near it have wide bands."""
    X, y = load_iris(return_X_y=True)
    space = {"C": (1e-3, 1e3, "log-uniform"), "gamma": (1e-4, 10.0, "log-uniform")}
    search = RandomSearchCV(SVC(), space, n_iter=8, cv=3, random_state=1)
    search.fit(X[y < 2], y[y < 2])
    display = EffectDisplay.from_search(search, random_state=0)
    for shown in display.effects:
        assert max(shown.low.max(), shown.median.max(), shown.high.max()) <= 1
    search.scorer_ = None  # nothing is known of it
    free = EffectDisplay.from_search(search, random_state=0)
    assert max(shown.high.max() for shown in free.effects) > 1

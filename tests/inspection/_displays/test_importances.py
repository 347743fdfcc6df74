"""Does the display of importances show the numbers of a search?"""

from __future__ import annotations

import numpy as np

from skbayes.inspection import ImportanceDisplay, param_importances
from skbayes.search import GridSearchCV
from tests.inspection.conftest import Formula, additive, fitted
from tests.inspection.searches import conditional


def test_importance_display_has_bars_of_the_importances(bayes):
    """Bars have the lengths that `param_importances` gives."""
    display = ImportanceDisplay.from_search(bayes, random_state=0)
    numbers = param_importances(bayes, random_state=0)
    widths = [bar.get_width() for bar in display.total_bars_]
    np.testing.assert_allclose(widths, numbers.total_mean)
    assert "whole space" in display.ax_.get_xlabel()
    display = ImportanceDisplay(importances=numbers).plot()
    assert [t.get_text() for t in display.ax_.get_yticklabels()] == list(numbers.names)


def test_importance_display_says_what_never_varied_or_is_conditional():
    """Words beside the bars say it."""
    display = ImportanceDisplay.from_search(conditional(), random_state=0)
    notes = {t.get_text() for t in display.ax_.texts}
    assert notes == {"exists in 50% of the space"}
    space = {"a": [0.0, 0.5, 1.0], "b": [0.0, 1.0], "c": [3.0]}
    search = fitted(GridSearchCV(Formula(formula=additive), space, cv=2))
    display = ImportanceDisplay.from_search(search, near_optimum=0.3, random_state=0)
    assert [t.get_text() for t in display.ax_.texts] == ["never varied"]
    assert "best 30% of the space" in display.ax_.get_xlabel()

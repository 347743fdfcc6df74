"""Has GridSearchCV the candidates of scikit-learn's grid, and none twice to fit?"""

from __future__ import annotations

import gc

import numpy as np
import pytest
from sklearn.model_selection import ParameterGrid
from sklearn.svm import SVC

from skbayes.search import GridSearchCV
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y


@pytest.mark.parametrize(
    "grid",
    [
        {"C": [3, 1], "kernel": ["rbf", "linear"]},
        [{"kernel": ["linear"], "C": [1]}, {"gamma": np.array([0.1, 1.0])}],
        {"C": (1, 2)},
    ],
)
def test_grid_search_cv_has_the_candidates_of_parameter_grid(grid):
    """The candidates are in its order; the grid stays as it was given."""
    search = GridSearchCV(SVC(), grid, cv=FOLDS).fit(X, y)
    assert search.cv_results_["params"] == list(ParameterGrid(grid))
    assert search.param_grid is grid


def test_grid_search_cv_fits_a_candidate_that_stands_twice_once(tmp_path):
    """The search shows its results in both rows."""
    log = tmp_path / "log"
    estimator = Scripted(log=log)
    search = GridSearchCV(
        estimator, {"quality": [0.5, 0.7, 0.5]}, cv=FOLDS, refit=False
    )
    scores = search.fit(X, y).cv_results_["mean_test_score"]
    assert scores[0] == scores[2] < scores[1]
    assert len(fits(log)) == 2 * N_FOLDS


def test_grid_search_cv_raises_where_a_parameter_cannot_be_set():
    """scikit-learn's raises, too; our other searches score such a candidate failed."""

    class Stubborn(SVC):
        """Refuses to be set."""

        def set_params(self, **params):
            """Refuse one value."""
            if params.get("C") == 2:
                raise ValueError("not this one")
            return super().set_params(**params)

    with pytest.raises(ValueError, match="not this one"):
        GridSearchCV(Stubborn(), {"C": [1, 2]}, cv=FOLDS).fit(X, y)


@pytest.mark.parametrize(
    ("grid", "message"),
    [({"C": []}, "C"), ({"C": "abc"}, "C"), ({"C": (1, 2, "uniform")}, "C|param_grid")],
)
def test_grid_search_cv_refuses_what_is_no_list(grid, message):
    """The error comes before any fit, with the name."""
    with pytest.raises((ValueError, TypeError), match=message):
        GridSearchCV(SVC(), grid, cv=FOLDS).fit(X, y)


class Value:
    """A value of a candidate, so that Python's collector knows the dict."""


def test_grid_search_cv_makes_each_candidate_just_before_it_runs():
    """Of a large grid no more is in memory than what has begun."""
    grid = {"quality": [0.1, 0.2], "only_fold": [Value() for _ in range(50_000)]}
    n_alive = []

    def stop(progress):
        n_alive.append(
            sum(type(o) is dict and o.keys() == grid.keys() for o in gc.get_objects())
        )
        return len(n_alive) == 3

    search = GridSearchCV(Scripted(), grid, cv=FOLDS, refit=False, callbacks=[stop])
    search.fit(X, y)
    # The grid itself, and a candidate or two that were drawn and not run.
    assert len(search.cv_results_["params"]) == 3
    assert n_alive[-1] <= 3 + 4
    assert n_alive[-1] - n_alive[0] == 2

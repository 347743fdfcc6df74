"""Are settings that people write otherwise told with what to write?"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import KFold
from sklearn.svm import SVC

from skbayes.callbacks import NoImprovement
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.selection import Simplest
from tests.space.labels import label

X, y = load_iris(return_X_y=True)
SEARCHES = [GridSearchCV, RandomSearchCV, BayesSearchCV]


class NeverFitted(SVC):
    """An SVC that must not come to be fitted."""

    def fit(self, X, y, sample_weight=None):
        """Never."""
        raise AssertionError("a candidate was fitted before the settings were checked")


@pytest.mark.parametrize("kind", SEARCHES)
@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"error_score": "nan"}, ValueError, "`error_score`.*write np.nan"),
        (
            {"callbacks": NoImprovement(3)},
            TypeError,
            r"callbacks=\[NoImprovement",
        ),
        ({"callbacks": NoImprovement}, TypeError, r"=\[NoImprovement\(...\)\]"),
        ({"callbacks": print}, TypeError, r"write callbacks=\[print\]"),
        ({"time_budget": "10min"}, TypeError, "Got '10min' .*write time_budget=600"),
        ({"time_budget": "1.5 hours"}, TypeError, "write time_budget=5400"),
        ({"time_budget": "90 seconds"}, TypeError, "write time_budget=90"),
        ({"time_budget": "90"}, TypeError, "write time_budget=90"),
        ({"time_budget": timedelta(minutes=2)}, TypeError, "write time_budget=120"),
        ({"fit_timeout": timedelta(hours=1)}, TypeError, "write fit_timeout=3600"),
        ({"time_budget": np.timedelta64(2, "m")}, TypeError, "write time_budget=120"),
        ({"cv": KFold}, TypeError, r"Got the class KFold instead; write cv=KFold\("),
        ({"refit": Simplest}, TypeError, r"class Simplest .*write refit=Simplest\("),
        ({"refit": lambda a, b: 0}, TypeError, r"`refit` .* takes \(a, b\): missing"),
        ({"time_budget": "soon"}, ValueError, "'time_budget'.*Got 'soon'"),
        ({"n_jobs": 0}, ValueError, "`n_jobs`.*Got 0 .*n_jobs=-1 for all cores"),
        ({"pre_dispatch": "two"}, ValueError, r"`pre_dispatch`.*'two'.*'2\*n_jobs'"),
        ({"pre_dispatch": 0}, ValueError, "`pre_dispatch`.*Got 0 instead"),
        ({"n_repeats_finalists": True}, ValueError, "`n_repeats.*integer >= 0. Got T"),
        ({"min_resources": True}, ValueError, "`min_resources`.*Got True instead"),
        ({"scoring": []}, ValueError, r"`scoring`.*Got \[\] instead; write None"),
        ({"scoring": {}}, ValueError, r"`scoring`.*Got \{\} instead; write None"),
        ({"scoring": [SVC.score]}, ValueError, "`scoring`.*as in {'mine': scorer}"),
        ({"scoring": {1: "r2"}}, ValueError, "`scoring`.*write '1' in place of 1"),
        ({"scoring": ["r2", "r2"]}, ValueError, "`scoring`.*leave the second 'r2' out"),
    ],
    ids=label,
)
def test_check_settings_says_what_to_write(kind, settings, error, message):
    """The error comes before scikit-learn's validation, and before any fit."""
    with pytest.raises(error, match=message):
        kind(NeverFitted(), {"C": [1, 2]}, **settings).fit(X, y)


def test_check_settings_puts_a_single_point_into_a_list():
    """A dict in place of the list of dicts is refused with what to write."""
    search = BayesSearchCV(NeverFitted(), {"C": [1, 2]}, initial_params={"C": 1})
    with pytest.raises(TypeError, match=r"write initial_params=\[\{'C': 1\}\]"):
        search.fit(X, y)


@pytest.mark.parametrize("kind", [RandomSearchCV, BayesSearchCV])
@pytest.mark.parametrize("name", ["n_iter", "random_state"])
def test_check_settings_refuses_bools_as_numbers(kind, name):
    """True is not one candidate."""
    message = f"`{name}` parameter of {kind.__name__} must be an integer.*Got True"
    with pytest.raises(ValueError, match=message):
        kind(NeverFitted(), {"C": [1, 2]}, **{name: True}).fit(X, y)


@pytest.mark.parametrize("pre_dispatch", ["all", "2*n_jobs", "n_jobs + 1", "3", 2])
def test_check_settings_takes_what_joblib_takes(pre_dispatch):
    """joblib takes numbers, and texts that it computes."""
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=2, pre_dispatch=pre_dispatch)
    assert len(search.fit(X, y).trials_) == 2


@pytest.mark.parametrize("kind", [RandomSearchCV, BayesSearchCV])
def test_check_settings_knows_whole_floats(kind):
    """1e2 is a float; that it is 100 is said."""
    with pytest.raises(ValueError, match="`n_iter`.*Got 100.0 instead; write 100"):
        kind(NeverFitted(), {"C": [1, 2]}, n_iter=1e2).fit(X, y)


def test_check_settings_warns_of_an_initial_design_that_takes_all():
    """The model then proposes nothing, which nobody would see."""
    space = {"C": (1.0, 10.0, "uniform")}
    search = BayesSearchCV(SVC(), space, n_iter=3, cv=2, n_initial_points=3)
    with pytest.warns(UserWarning, match="is 3 and `n_iter` 3: every cand") as seen:
        search.fit(X, y)
    assert [w.filename for w in seen] == [__file__]
    search.set_params(n_initial_points=2).fit(X, y)


@pytest.mark.parametrize("n_iter", [None, "5", 2.5, [5]])
def test_check_settings_leaves_what_is_no_number_to_validation(n_iter):
    """A check that compares two settings does not fail at a wrong one."""
    search = BayesSearchCV(NeverFitted(), {"C": [1, 2]}, n_initial_points=3)
    with pytest.raises(ValueError, match="'n_iter' parameter of BayesSearchCV must"):
        search.set_params(n_iter=n_iter).fit(X, y)


def test_check_settings_says_how_to_make_points_of_a_table():
    """pandas has a method that lists the rows as dicts."""
    pandas = pytest.importorskip("pandas")
    points = pandas.DataFrame({"C": [1, 2]})
    search = BayesSearchCV(NeverFitted(), {"C": [1, 2]}, initial_params=points)
    with pytest.raises(TypeError, match=r"`initial_params` .*write frame.to_dict\('r"):
        search.fit(X, y)

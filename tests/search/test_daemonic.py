"""Searches in processes that may have no children of their own."""

from __future__ import annotations

import multiprocessing
import warnings

import pytest

from skbayes import BayesSearchCV, GridSearchCV
from tests.search.estimators import FOLDS, Scripted, X, y

pytestmark = pytest.mark.slow


def statuses(settings):
    """What comes of a search in which one candidate hangs, if it may not for long."""
    warnings.simplefilter("ignore")
    acts = ["fit", "sleep"] if "fit_timeout" in settings else ["fit", "raise"]
    grid = GridSearchCV(Scripted(), {"act": acts}, cv=FOLDS, **settings).fit(X, y)
    space = {"quality": (0.0, 1.0, "uniform")}
    bayes = BayesSearchCV(Scripted(), space, n_iter=3, cv=FOLDS, **settings).fit(X, y)
    return [[str(t.status) for t in search.trials_] for search in (grid, bayes)]


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_search_in_a_daemonic_process_runs_there(method):
    """The search has workers or none; an alarm stops a fit that takes too long."""
    settings = [
        {"n_jobs": 2},
        {"fit_timeout": 3.0},
        {"fit_timeout": 3.0, "n_jobs": 2},
        {"racing": True, "n_jobs": -1},
    ]
    with multiprocessing.get_context(method).Pool(1) as pool:
        found = pool.map_async(statuses, settings).get(500)
    assert found == [[["complete", "failed"], ["complete"] * 3]] * len(settings)

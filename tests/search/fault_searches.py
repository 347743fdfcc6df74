"""A grid with one candidate that misbehaves, and what must come of it."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from skbayes import GridSearchCV
from skbayes._protocol import Status
from tests.search.estimators import FOLDS, Scripted, X, mean_of, y

GOOD = [0.1, 0.5, 0.3]


def grid_of(act, *, quality=0.9, **more):
    """Good candidates around one that misbehaves, and would be the best."""
    bad = {"act": [act], "quality": [quality]}
    bad |= {name: [value] for name, value in more.items()}
    return [{"quality": GOOD[:1]}, bad, {"quality": GOOD[1:]}]


def fit_with(grid, estimator=None, *, warns=Warning, **settings):
    """A grid search that may warn of failed fits."""
    search = GridSearchCV(estimator or Scripted(), grid, cv=FOLDS, **settings)
    with warnings.catch_warnings():
        if warns is not None:
            warnings.simplefilter("ignore", warns)
        return search.fit(X, y)


def check_rest_went_on(search, cause, *, culprit=1):
    """All good candidates are complete, the best of them refitted, one is marked."""
    status = [trial.status for trial in search.trials_]
    expected = [Status.COMPLETE] * (len(GOOD) + 1)
    expected[culprit] = Status.FAILED
    assert status == expected
    assert search.best_score_ == pytest.approx(mean_of(0.5))
    assert search.best_params_["quality"] == 0.5
    assert search.best_estimator_.fold_ == -1
    trial = search.trials_[culprit]
    assert cause in trial.error
    assert np.isnan(search.cv_results_["mean_test_score"][culprit])
    assert search.cv_results_["rank_test_score"][culprit] == len(GOOD) + 1

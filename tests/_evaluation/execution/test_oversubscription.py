"""Is it said once, before the first fit, where workers and threads multiply?"""

from __future__ import annotations

import warnings

import joblib
import numpy as np
import pytest
from sklearn.base import BaseEstimator
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from skbayes import GridSearchCV
from skbayes._evaluation.execution.oversubscription import (
    OversubscriptionCheck,
    warn_if_oversubscribed,
)
from tests.search.estimators import FOLDS, Scripted, X, y

N_CORES = 4


@pytest.fixture(autouse=True)
def four_cores(monkeypatch):
    """A machine on which threads can compete, whatever the tests run on."""
    name = "skbayes._evaluation.execution.oversubscription.cpu_count"
    monkeypatch.setattr(name, lambda: N_CORES)


def booster(package, **params):
    """An estimator of a package of that name, with a number of threads."""

    class Booster(BaseEstimator):
        def __init__(self, n_jobs=None, thread_count=1, num_threads=1):
            self.n_jobs = n_jobs
            self.thread_count = thread_count
            self.num_threads = num_threads

    Booster.__module__ = package
    return Booster(**params)


OVERSUBSCRIBED = {
    "all cores": (RandomForestClassifier(n_jobs=-1), {}, "n_jobs=-1"),
    "a number": (RandomForestClassifier(n_jobs=N_CORES), {}, f"n_jobs={N_CORES}"),
    "a number of numpy": (
        RandomForestClassifier(n_jobs=np.int64(N_CORES)), {}, "n_jobs=",
    ),
    "inside": (
        make_pipeline(RandomForestClassifier(n_jobs=-1)),
        {},
        "randomforestclassifier__n_jobs=-1 of RandomForestClassifier",
    ),
    "of the candidate": (RandomForestClassifier(), {"n_jobs": -1}, "n_jobs=-1"),
    "by default": (booster("lightgbm.sklearn"), {}, "n_jobs=None of Booster"),
    "another name": (booster("x", thread_count=-1), {}, "thread_count=-1"),
    "yet another": (booster("x", num_threads=0), {}, "num_threads=0"),
}  # fmt: skip

QUIET = {
    "one thread": (RandomForestClassifier(n_jobs=1), {}),
    "none in scikit-learn": (RandomForestClassifier(), {}),
    "none elsewhere": (booster("xgboost.sklearn"), {}),
    "no such parameter": (Scripted(), {}),
    "no number": (booster("x", num_threads="auto"), {}),
    "set by the candidate": (RandomForestClassifier(n_jobs=-1), {"n_jobs": 1}),
    "replaced": (
        make_pipeline(RandomForestClassifier(n_jobs=-1)),
        {"randomforestclassifier": "passthrough"},
    ),
}


@pytest.mark.parametrize("case", OVERSUBSCRIBED)
def test_warn_if_oversubscribed_names_the_parameter(case):
    """The warning names the parameter and says what to set it to."""
    estimator, params, named = OVERSUBSCRIBED[case]
    with pytest.warns(UserWarning, match=r"Set \w+=1 in the estimator") as caught:
        assert warn_if_oversubscribed(estimator, params, N_CORES)
    assert len(caught) == 1
    assert named in str(caught[0].message)
    assert f"{N_CORES} fits at once" in str(caught[0].message)


@pytest.mark.parametrize("case", QUIET)
def test_warn_if_oversubscribed_is_quiet_where_they_are_not(case):
    """Warnings are errors in the tests."""
    assert not warn_if_oversubscribed(*QUIET[case], N_CORES)


@pytest.mark.parametrize(
    ("estimator", "n_workers"),
    [(RandomForestClassifier(n_jobs=-1), 1), (object(), N_CORES)],
    ids=["one worker", "no estimator of scikit-learn"],
)
def test_oversubscription_check_is_quiet_where_nothing_competes(estimator, n_workers):
    """With one worker all cores are the estimator's."""
    OversubscriptionCheck(estimator).look_at({}, n_workers)


def test_oversubscription_check_warns_of_a_later_candidate_and_once():
    """`look_at` warns of the first candidate that sets threads or a new estimator."""
    check = OversubscriptionCheck(Pipeline([("model", LogisticRegression())]))
    forest = RandomForestClassifier(n_jobs=-1)
    check.look_at({"model__C": 1.0}, N_CORES)
    check.look_at({"model": forest, "model__n_jobs": 1}, N_CORES)
    with pytest.warns(UserWarning, match="model__n_jobs=-1 of RandomForest") as caught:
        check.look_at({"model": forest, "model__max_depth": 3}, N_CORES)
    check.look_at({"model__n_jobs": N_CORES}, N_CORES)
    assert len(caught) == 1


def test_oversubscription_check_warns_once_a_search_before_the_first_fit():
    """A search warns once, not once a fold, and not where it runs one fit at a time."""
    forest = RandomForestClassifier(2, n_jobs=-1, random_state=0)
    search = GridSearchCV(forest, {"max_depth": [1, 2]}, cv=FOLDS, refit=False)
    search.fit(X, y)
    with (
        joblib.parallel_config("threading", n_jobs=N_CORES),
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        search.fit(X, y)
    told = [w for w in caught if "cores there are" in str(w.message)]
    assert len(told) == 1


def test_warn_if_oversubscribed_is_quiet_for_linear_models():
    """Without a number linear models have one thread, and nothing is said."""
    assert not warn_if_oversubscribed(LogisticRegression(), {}, N_CORES)

"""Fits that hang are stopped at `fit_timeout`, and cost their candidate only."""

from __future__ import annotations

import pickle
import warnings

import joblib
import numpy as np
import pytest

from skbayes import GridSearchCV
from skbayes._protocol import Status
from skbayes.exceptions import FitTimeout
from tests.search.estimators import FOLDS, Scripted, X, fits, y
from tests.search.fault_searches import GOOD, check_rest_went_on, fit_with, grid_of


def timed_out(act, *, n_jobs, seconds=3.0):
    """A search with a candidate that hangs, on the usual grid."""
    return fit_with(grid_of(act), n_jobs=n_jobs, fit_timeout=seconds)


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("act", ["sleep", "stubborn"])
def test_a_fit_that_hangs_is_stopped(act, n_jobs):
    """The fit is stopped even if it swallows the exception it is stopped with."""
    search = timed_out(act, n_jobs=n_jobs)
    check_rest_went_on(search, "FitTimeout")
    assert "FitTimeout" in search.cv_results_["error"][1]


@pytest.mark.slow
@pytest.mark.parametrize("act", ["sleep", "stubborn"])
def test_a_fit_that_hangs_raises_one_kind_of_error(act):
    """The fit is stopped or its process ended, with ``error_score="raise"``."""
    with pytest.raises(FitTimeout, match=r"fit_timeout=0\.5 seconds"):
        fit_with({"act": [act]}, fit_timeout=0.5, error_score="raise")


def test_the_error_of_a_fit_that_hangs_in_a_thread_has_a_message():
    """The interpreter raises it there, and gives it no message."""
    error = FitTimeout("The fit took longer.")
    assert pickle.loads(pickle.dumps(error)).args == error.args
    with (
        joblib.parallel_config("threading"),
        pytest.raises(FitTimeout, match=r"fit_timeout=0\.5 seconds"),
    ):
        fit_with(
            {"act": ["busy"]},
            BusyOrScripted(),
            n_jobs=2,
            fit_timeout=0.5,
            error_score="raise",
        )


@pytest.mark.slow
def test_a_fit_that_hangs_in_a_nested_search_is_stopped():
    """A worker of loky starts one for the fits of a search that it runs."""
    search = GridSearchCV(Scripted(), grid_of("stubborn"), cv=FOLDS, fit_timeout=1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        (trials,) = joblib.Parallel(n_jobs=2)([joblib.delayed(trials_of)(search)])
    assert [t.status for t in trials].count(Status.FAILED) == 1
    assert "FitTimeout" in trials[1].error


def trials_of(search):
    """Fit, in a worker."""
    warnings.simplefilter("ignore")
    return search.fit(X, y).trials_


@pytest.mark.slow
def test_a_fit_that_hangs_in_multiprocessing_is_stopped():
    """The process of the fit is ended and replaced, as one of loky is."""
    with joblib.parallel_config("multiprocessing"):
        search = timed_out("stubborn", n_jobs=2, seconds=1.0)
    check_rest_went_on(search, "FitTimeout")


@pytest.mark.parametrize("limit", [1e9, 1e12])
def test_a_limit_of_centuries_is_none(limit):
    """No timer is asked for more than it can wait."""
    with joblib.parallel_config("threading"):
        search = fit_with(grid_of("fit"), n_jobs=2, fit_timeout=limit)
    assert {str(t.status) for t in search.trials_} == {"complete"}


@pytest.mark.slow
def test_a_candidate_that_hangs_is_not_tried_on_other_folds(tmp_path):
    """A fold that took too long is waited for once, not once a fold."""
    log = str(tmp_path / "log")
    fit_with(grid_of("sleep"), Scripted(log=log), fit_timeout=3.0)
    assert sum(n for line, n in fits(log).items() if line.startswith("sleep")) == 1


@pytest.mark.slow
def test_a_timeout_does_not_harm_those_that_waited_in_line():
    """Time spent in the queue is not time spent in the fit."""
    grid = [{"act": ["fit"], "quality": GOOD}, {"act": ["_exit"], "quality": [0.9]}]
    search = fit_with(grid, Scripted(seconds=2.5), n_jobs=2, fit_timeout=4.0)
    assert [str(t.status) for t in search.trials_] == ["complete"] * 3 + ["failed"]
    assert "The worker died" in search.trials_[3].error


def test_threads_stop_at_an_exception():
    """On a threading backend a fit that hangs in Python is stopped too."""
    grid = [{"act": ["busy"], "quality": [0.9]}, {"quality": GOOD}]
    with joblib.parallel_config("threading"):
        search = fit_with(grid, BusyOrScripted(), n_jobs=2, fit_timeout=2.0)
    check_rest_went_on(search, "FitTimeout", culprit=0)


@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("seconds", [1e12, np.float32(60)])
def test_any_number_of_seconds_is_a_limit(backend, seconds):
    """The limit may be longer than timers can be set to, or of another type."""
    from joblib import parallel_config

    with parallel_config(backend):
        search = fit_with({"quality": GOOD}, n_jobs=2, fit_timeout=seconds)
    assert [str(t.status) for t in search.trials_] == ["complete"] * len(GOOD)


class BusyOrScripted(Scripted):
    """Its act "busy" computes for a minute."""

    def fit(self, X, y):
        """Compute, or fit."""
        import time

        end = time.monotonic() + (60 if self.act == "busy" else 0)
        while time.monotonic() < end:
            sum(range(1000))
        act, self.act = self.act, "fit"
        super().fit(X, y)
        self.act = act
        return self

"""What cannot be sent to a worker, loaded there or sent back is told as what it is."""

from __future__ import annotations

import os
import pickle
import threading
import warnings

import joblib
import numpy as np
import pytest

from skbayes import BayesSearchCV, GridSearchCV
from skbayes._protocol import Status
from tests.search.estimators import FOLDS, Scripted, X, fits, y

pytestmark = pytest.mark.slow

BACKENDS = ["loky", "multiprocessing"]


class NotLoaded(Scripted):
    """Its state can be read again only after a fit."""

    def __getstate__(self):
        return {"quality": self.quality}

    def __setstate__(self, state):
        self.__dict__.update(state)
        self.weights = state["saved_weights"]


def causes_of(error):
    """Texts of an error and of what it came from."""
    while error is not None:
        yield str(error)
        error = error.__cause__ or error.__context__


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["grid", "bayes"])
def test_an_estimator_that_workers_cannot_load_ends_the_search_at_once(backend, kind):
    """The error there is the cause; no worker is said to have died."""
    grid = {"quality": [0.1, 0.2, 0.3]}
    search = {
        "grid": GridSearchCV(NotLoaded(), grid, cv=FOLDS),
        "bayes": BayesSearchCV(NotLoaded(), grid, cv=FOLDS, n_iter=3),
    }[kind]
    with (
        joblib.parallel_config(backend, n_jobs=2),
        pytest.raises(RuntimeError, match="could not load the estimator") as raised,
    ):
        search.fit(X, y)
    told = "\n".join(causes_of(raised.value))
    assert "KeyError: 'saved_weights'" in told
    assert "__setstate__" in told
    assert "died" not in told


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_candidate_that_workers_cannot_load_fails_alone(backend):
    """The parameters are the candidate's own fault; no worker is lost."""
    grid = {"once": [None, NotLoadedValue()], "quality": [0.1]}
    search = GridSearchCV(Scripted(), grid, cv=FOLDS, refit=False)
    with joblib.parallel_config(backend, n_jobs=2), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, y)
    assert [t.status for t in search.trials_] == [Status.COMPLETE, Status.FAILED]
    assert "told not to be loaded" in search.trials_[1].error
    assert "died" not in search.trials_[1].error


class NotLoadedValue:
    """Can be pickled and copied, and not be read again."""

    def __reduce__(self):
        return _refuse, ()

    def __deepcopy__(self, memo):
        return self


def _refuse():
    raise RuntimeError("told not to be loaded")


class NeedsTwo(Exception):
    """Is pickled, and cannot be read: its constructor wants another argument."""

    def __init__(self, first, second):
        super().__init__(first)


class NoPickle(Exception):
    """Cannot be pickled."""

    def __reduce__(self):
        raise TypeError("told not to be pickled")


ERRORS = {
    "two arguments": lambda: NeedsTwo("told to fail", 2),
    "no pickle": lambda: NoPickle("told to fail"),
    "with a lock": lambda: RuntimeError("told to fail", threading.Lock()),
}


class RaisesOdd(Scripted):
    """Raises an error that cannot be sent, when fitted or when scored."""

    def fit(self, X, y):
        """Raise, or fit."""
        if self.act in ERRORS:
            raise ERRORS[self.act]()
        act, self.act = self.act, "fit"
        super().fit(X, y)
        self.act = act
        return self

    def score(self, X, y):
        """Raise, or score."""
        if self.act.removeprefix("score ") in ERRORS:
            raise ERRORS[self.act.removeprefix("score ")]()
        return super().score(X, y)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_error_that_cannot_be_sent_back_arrives_as_text(backend):
    """Its candidate has failed in a fit or in the scorer, and no worker is lost."""
    acts = ["fit", *ERRORS, *(f"score {name}" for name in ERRORS)]
    search = GridSearchCV(RaisesOdd(), {"act": acts}, cv=FOLDS, refit=False)
    with joblib.parallel_config(backend, n_jobs=2), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, y)
    for trial in search.trials_[1:]:
        assert trial.status is Status.FAILED
        assert "told to fail" in trial.error
        assert "died" not in trial.error
    assert search.trials_[0].status is Status.COMPLETE


@pytest.mark.parametrize("act", ERRORS)
def test_an_error_that_cannot_be_sent_ends_the_search_with_error_score_raise(act):
    """The error's text and traceback come out, whatever its class is."""
    search = GridSearchCV(
        RaisesOdd(), {"act": [act]}, cv=FOLDS, n_jobs=2, error_score="raise"
    )
    with pytest.raises(Exception, match="told to fail") as raised:
        search.fit(X, y)
    assert "told to fail" in str(raised.value.__cause__)
    assert "in fit" in str(raised.value.__cause__)


def test_a_warning_that_cannot_be_sent_back_arrives_as_text():
    """Its class is one that pickle does not find, in the worker or in the parent."""
    search = GridSearchCV(WarnsOdd(), {"quality": [0.1]}, cv=FOLDS, n_jobs=2)
    with pytest.warns(UserWarning, match="told to warn oddly"):
        search.fit(X, y)
    assert [t.status for t in search.trials_] == [Status.COMPLETE]


class WarnsOdd(Scripted):
    """Warns with a class that refuses to be pickled."""

    def fit(self, X, y):
        """Warn, and fit."""

        class Meta(type):
            def __reduce__(cls):
                raise TypeError("told not to be pickled")

        class Odd(UserWarning, metaclass=Meta):
            pass

        warnings.warn("told to warn oddly", Odd, stacklevel=2)
        return super().fit(X, y)


class Unpicklable:
    """Cannot be pickled, but copied, as a handle to something open."""

    def __reduce__(self):
        raise TypeError("told not to be pickled")

    def __deepcopy__(self, memo):
        return self


@pytest.mark.parametrize("place", ["estimator", "candidate"])
def test_with_one_job_and_a_limit_what_cannot_be_pickled_runs_here(place, tmp_path):
    """The fits run under an alarm: a fit that hangs is stopped."""
    log = str(tmp_path / "log")
    handle = [Unpicklable()]
    estimator = Scripted(log=log, only_fold=None)
    grid = {"act": ["fit", "sleep"], "quality": [0.5]}
    if place == "estimator":
        estimator.set_params(once=None, is_random=handle[0])
    else:
        grid["is_random"] = handle
    search = GridSearchCV(estimator, grid, cv=FOLDS, fit_timeout=2.0, refit=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, y)
    assert [str(t.status) for t in search.trials_] == ["complete", "failed"]
    assert "FitTimeout" in search.trials_[1].error
    workers = {fold.worker for fold in search.trials_[0].folds}
    assert workers == {f"{os.getpid()}-MainThread"}
    assert sum(fits(log).values()) == 4


def test_with_one_job_and_a_limit_what_cannot_be_loaded_runs_here():
    """Nobody asked for another process but the limit."""
    search = GridSearchCV(
        NotLoaded(), {"quality": [0.1, 0.2]}, cv=FOLDS, fit_timeout=60, refit=False
    ).fit(X, y)
    assert {str(t.status) for t in search.trials_} == {"complete"}


def test_with_two_jobs_what_cannot_be_pickled_is_named():
    """The error comes before any fit, with the cause and the remedy."""
    search = GridSearchCV(
        Scripted(is_random=Unpicklable()), {"quality": [0.1]}, cv=FOLDS, n_jobs=2
    )
    with pytest.raises(pickle.PicklingError, match="told not to be") as raised:
        search.fit(X, y)
    assert 'parallel_config("threading")' in "".join(raised.value.__notes__)


def test_data_that_cannot_be_loaded_end_the_search_at_once():
    """The error names the data, with the cause."""
    search = GridSearchCV(Scripted(), {"quality": [0.1]}, cv=FOLDS, n_jobs=2)
    with pytest.raises(RuntimeError, match=r"could not load the data: RuntimeError"):
        search.fit(NotLoadedData(X), y)


class NotLoadedData:
    """An array that can be pickled, and not be read again."""

    def __init__(self, values):
        self.values = values
        self.shape = values.shape

    def __len__(self):
        return len(self.values)

    def __getitem__(self, rows):
        return self.values[np.asarray(rows)]

    def __reduce__(self):
        return _refuse, ()

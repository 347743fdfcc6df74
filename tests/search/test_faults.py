"""Each fault is really caused: the search goes on, and the culprit is marked."""

from __future__ import annotations

import signal
import warnings
from typing import ClassVar

import numpy as np
import pytest
from sklearn.exceptions import FitFailedWarning

from skbayes import BayesSearchCV, GridSearchCV
from skbayes._protocol import Status
from tests.search import drivers
from tests.search.estimators import (
    _ACTS,
    FOLDS,
    Scripted,
    X,
    failing_score,
    fits,
    not_finite_score,
    y,
)
from tests.search.fault_searches import GOOD, check_rest_went_on, fit_with, grid_of

# ------------------------------------------------------------ errors in this process


@pytest.mark.parametrize(
    ("act", "cause"),
    [
        ("raise", "RuntimeError: told to fail"),
        ("memory", "MemoryError: told to be too large"),
        ("exit", "SystemExit: 3"),
    ],
)
def test_an_error_in_a_fit_costs_its_candidate_only(act, cause):
    """The others are run and the best of them is refitted."""
    search = fit_with(grid_of(act))
    check_rest_went_on(search, cause)
    assert search.trials_[1].folds[0].error.startswith("Traceback")


def test_a_panic_in_a_fit_costs_its_candidate_only(monkeypatch):
    """A panic is no Exception, and its class cannot be imported."""
    panic = type("PanicException", (BaseException,), {"__module__": "pyo3_runtime"})

    def act():
        raise panic("index out of bounds")

    monkeypatch.setitem(_ACTS, "raise", act)
    check_rest_went_on(fit_with(grid_of("raise")), "PanicException: index out of")
    with pytest.raises(panic, match="index out"):
        fit_with(grid_of("raise"), error_score="raise")


def test_a_failure_in_one_fold_fails_the_candidate():
    """A mean over the other folds would not be a mean over all."""
    search = fit_with(grid_of("raise", only_fold=1))
    check_rest_went_on(search, "RuntimeError")
    assert np.isnan(search.cv_results_["split1_test_score"][1])
    assert search.cv_results_["split0_test_score"][1] == pytest.approx(0.9)


def test_the_table_says_which_candidates_failed_and_why():
    """The table says it as for candidates that took their worker with them."""
    search = fit_with(grid_of("raise", only_fold=1))
    assert list(search.cv_results_["status"]) == [
        "complete",
        "failed",
        *["complete"] * (len(GOOD) - 1),
    ]
    assert search.cv_results_["error"][1] == "RuntimeError: told to fail"
    assert search.cv_results_["error"][0] is None


def test_bayesian_search_never_chooses_a_failure():
    """A failure does not win even if `error_score` is the best score of all."""
    search = BayesSearchCV(
        Scripted(quality=-1.0),
        {"quality": [-1.0, -2.0], "act": ["fit", "raise"]},
        n_iter=4,
        cv=FOLDS,
        error_score=0.0,
    )
    with pytest.warns(FitFailedWarning, match="fits failed"):
        search.fit(X, y)
    assert search.best_params_ == {"quality": -1.0, "act": "fit"}


@pytest.mark.parametrize("act", ["memory", "exit"])
def test_what_harms_everything_else_is_done_once(act, tmp_path):
    """A fit that asks for too much memory, or to exit, is not tried on other folds."""
    log = str(tmp_path / "log")
    fit_with(grid_of(act), Scripted(log=log))
    assert sum(n for line, n in fits(log).items() if line.startswith(act)) == 1


def test_a_memory_error_of_numpy_is_one():
    """The class of the error is numpy's own."""
    AsksForMuch.folds.clear()
    search = GridSearchCV(AsksForMuch(), {"quality": [0.1]}, cv=FOLDS, refit=False)
    with pytest.raises(ValueError, match="All the 3 fits failed"):
        search.fit(X, y)
    with pytest.raises(MemoryError, match=r"Unable to allocate"):
        search.set_params(error_score="raise").fit(X, y)
    assert len(AsksForMuch.folds) == 2


class AsksForMuch(Scripted):
    """Asks for an exabyte, and notes how often."""

    folds: ClassVar[list[int]] = []

    def fit(self, X, y):
        """Ask."""
        self.folds.append(len(X))
        np.empty(2**57)


def test_equal_failures_are_warned_about_once_with_their_count():
    """All fits that failed alike have one warning."""
    search = GridSearchCV(Scripted(), grid_of("raise"), cv=FOLDS)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, y)
    failed = [w for w in caught if w.category is FitFailedWarning]
    assert len(failed) == 1
    assert "3 fits failed out of a total of 12" in str(failed[0].message)
    assert str(failed[0].message).count("RuntimeError: told to fail") == 1


def test_a_search_in_which_all_fails_says_why():
    """There is nothing to choose, and the cause is in the message."""
    with pytest.raises(ValueError, match="All the 3 fits failed.*told to fail"):
        _dotall_fit({"act": ["raise"]})


def _dotall_fit(grid):
    """Fit; the message of an error on one line, so that a pattern may span it."""
    try:
        fit_with(grid)
    except ValueError as error:
        raise ValueError(" ".join(str(error).split())) from error


@pytest.mark.parametrize("act", ["raise", "exit"])
def test_error_score_raise_ends_the_search(act):
    """The error itself comes out, as with scikit-learn."""
    error = {"raise": RuntimeError, "exit": SystemExit}[act]
    with pytest.raises(error, match="told to fail|3"):
        fit_with(grid_of(act), error_score="raise")


@pytest.mark.parametrize("score", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("n_jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_scores_that_are_no_numbers_never_win(score, n_jobs):
    """A candidate with such a score has failed, also where it is infinitely good."""
    search = BayesSearchCV(
        Scripted(),
        {"quality": [0.1, score, 0.5]},
        n_iter=3,
        cv=FOLDS,
        scoring=not_finite_score,
        n_jobs=n_jobs,
        random_state=0,
    )
    with pytest.warns(UserWarning, match="non-finite"):
        search.fit(X, y)
    failed = [t for t in search.trials_ if t.status is Status.FAILED]
    assert [t.params["quality"] for t in failed] == [score]
    assert failed[0].error == f"The test score 'score' is {score}."
    assert failed[0].error in search.cv_results_["error"]
    assert search.best_params_ == {"quality": 0.5}


def test_scoring_that_fails_marks_its_candidate():
    """The fit was good; the cause is the scorer's."""
    search = GridSearchCV(
        Scripted(), {"quality": [0.1, 0.9]}, cv=FOLDS, scoring=failing_score
    )
    with pytest.warns(UserWarning, match=r"Scoring failed|non-finite"):
        search.fit(X, y)
    assert [t.status for t in search.trials_] == [Status.COMPLETE, Status.FAILED]
    assert "told to fail in scoring" in search.trials_[1].error
    assert search.best_params_ == {"quality": 0.1}


def test_bayesian_search_stays_away_from_failures():
    """The search learns from failures: fewer candidates fail than at random."""
    search = BayesSearchCV(
        FailsAbove(), {"quality": (0.0, 1.0, "uniform")}, n_iter=20, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, y)
    failed = [t.status is Status.FAILED for t in search.trials_]
    assert sum(failed) < 10
    assert failed[1:] != [False] * 19
    assert search.best_params_["quality"] < 0.5


class FailsAbove(Scripted):
    """Fails for half of the space."""

    def fit(self, X, y):
        """Fail, or fit."""
        if self.quality > 0.5:
            raise RuntimeError("told to fail")
        return super().fit(X, y)


# -------------------------------------------------------------------------- Ctrl-C

INTERRUPTED = """
search = {search}
try:
    search.fit(X, y)
except KeyboardInterrupt:
    print("interrupted", len(search.trials_), len(search.cv_results_["params"]))
    print(search.best_params_["quality"], search.best_index_, round(search.best_score_, 4))
    print(hasattr(search, "best_estimator_"), {{str(t.status) for t in search.trials_}})
    search.best_estimator_ = search.estimator.set_params(**search.best_params_).fit(X, y)
    print(search.predict(X).shape)
    raise
"""  # noqa: E501


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("kind", ["grid", "bayes"])
def test_ctrl_c_leaves_what_is_complete(n_jobs, kind):
    """Results and the best of them are there, nothing is refitted, and it goes on."""
    space = """[{"quality": [0.1, 0.5, 0.3]},
        {"act": ["interrupt driver"], "quality": [0.9]}, {"quality": [0.7]}]"""
    # Long enough that no fold shares a batch with the one that interrupts.
    fit = f"Scripted(seconds={0.2 if n_jobs == 2 else 0.0})"
    search = {
        "grid": f"GridSearchCV({fit}, {space}, cv=FOLDS, n_jobs={n_jobs})",
        "bayes": f"BayesSearchCV({fit}, {space}, cv=FOLDS, n_jobs={n_jobs}, "
        "n_iter=5, random_state=0)",
    }[kind]
    out, err = drivers.run(INTERRUPTED.format(search=search), returncode=-signal.SIGINT)
    first, best, state, shape = out.splitlines()
    _, n_trials, n_rows = first.split()
    assert n_trials == n_rows
    assert int(n_trials) >= 3
    assert best.startswith(("0.5 1 ", "0.7 "))
    assert state.startswith("False {'complete'")
    assert shape == "(30,)"
    assert "\nKeyboardInterrupt\n" in err
    assert "FitFailed" not in err


@pytest.mark.slow
def test_ctrl_c_in_a_terminal_reaches_the_workers_too():
    """The whole process group gets the signal, as from a terminal."""
    import os
    import time

    code = INTERRUPTED.format(
        search="GridSearchCV(Scripted(seconds=0.3), {'quality': "
        "list(range(300))}, cv=FOLDS, n_jobs=2, verbose=2)"
    )
    process = drivers.start("sys.stdout.reconfigure(line_buffering=True)\n" + code)
    for line in process.stdout:
        if line.startswith("[3/"):
            break
    time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == -signal.SIGINT, err
    assert "interrupted" in out
    assert "\nKeyboardInterrupt\n" in err


def test_ctrl_c_before_anything_is_complete_just_interrupts():
    """The interrupt has no results to leave behind."""
    search = GridSearchCV(Scripted(), {"act": ["interrupt"]}, cv=FOLDS)
    with pytest.raises(KeyboardInterrupt, match="^$"):
        search.fit(X, y)
    assert not hasattr(search, "cv_results_")


# ------------------------------------------------------------------------ bad input


@pytest.mark.parametrize("name", ["time_budget", "fit_timeout"])
@pytest.mark.parametrize("value", [0, -1.0, True, float("nan")])
def test_budgets_that_are_no_time_are_refused(name, value):
    """The message names the parameter."""
    with pytest.raises(ValueError, match=f"The '{name}' parameter of GridSearchCV"):
        fit_with({"quality": GOOD}, **{name: value})


@pytest.mark.slow
def test_an_estimator_that_cannot_be_pickled_is_named():
    """joblib's error says what could not be sent to a worker."""
    out, _ = drivers.run("""
import pickle
class Stubborn:
    def __reduce__(self):
        raise TypeError("told not to be pickled")
    def __deepcopy__(self, memo):
        return self
    def __repr__(self):
        return "Stubborn()"
estimator = Scripted(only_fold=Stubborn())
try:
    GridSearchCV(estimator, {"quality": [0.1, 0.5]}, cv=FOLDS, n_jobs=2).fit(X, y)
except pickle.PicklingError as error:
    print(error, *error.__notes__)
""")
    assert "Could not pickle the task" in out
    assert "the estimator Scripted(only_fold=Stubborn())" in out
    assert 'joblib.parallel_config("threading")' in out

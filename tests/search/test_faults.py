"""Each fault is really caused: the search goes on, and the guilty one is marked."""

from __future__ import annotations

import signal
import warnings

import numpy as np
import pytest
from sklearn.exceptions import FitFailedWarning

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._protocol import Status
from tests.search import drivers
from tests.search.estimators import (
    FOLDS,
    N_FOLDS,
    Scripted,
    X,
    failing_score,
    fits,
    mean_of,
    not_finite_score,
    y,
)

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


def check_rest_went_on(search, cause, *, guilty=1):
    """All good candidates are complete, the best of them refitted, one is marked."""
    status = [trial.status for trial in search.trials_]
    expected = [Status.COMPLETE] * (len(GOOD) + 1)
    expected[guilty] = Status.FAILED
    assert status == expected
    assert search.best_score_ == pytest.approx(mean_of(0.5))
    assert search.best_params_["quality"] == 0.5
    assert search.best_estimator_.fold_ == -1
    trial = search.trials_[guilty]
    assert cause in trial.error
    assert np.isnan(search.cv_results_["mean_test_score"][guilty])
    assert search.cv_results_["rank_test_score"][guilty] == len(GOOD) + 1


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


def test_a_failure_in_one_fold_fails_the_candidate():
    """A mean over the other folds would not be a mean over all."""
    search = fit_with(grid_of("raise", only_fold=1))
    check_rest_went_on(search, "RuntimeError")
    assert np.isnan(search.cv_results_["split1_test_score"][1])
    assert search.cv_results_["split0_test_score"][1] == pytest.approx(0.9)


def test_the_table_says_which_candidates_failed_and_why():
    """As it does of those that took their worker with them."""
    search = fit_with(grid_of("raise", only_fold=1))
    assert list(search.cv_results_["status"]) == [
        "complete",
        "failed",
        *["complete"] * (len(GOOD) - 1),
    ]
    assert search.cv_results_["error"][1] == "RuntimeError: told to fail"
    assert search.cv_results_["error"][0] is None


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["grid", "bayes", "racing"])
def test_a_deadly_candidate_never_wins(kind, tmp_path):
    """Its `error_score` beats every score, but the refit would kill this process."""
    space = [{"quality": [-1.0, -2.0, -3.0]}, {"act": ["_exit"]}]
    settings = {"cv": FOLDS, "error_score": 0.0, "n_jobs": 2}
    search = {
        "grid": lambda: GridSearchCV(Scripted(), space, **settings),
        "racing": lambda: GridSearchCV(Scripted(), space, racing=True, **settings),
        "bayes": lambda: BayesSearchCV(
            Scripted(), space, n_iter=4, random_state=0, **settings
        ),
    }[kind]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, y)
    assert search.best_params_ == {"quality": -1.0}
    means = search.cv_results_["mean_test_score"]
    assert means[search.trials_.index(deadly(search))] == 0.0


def deadly(search):
    """The trial that took its worker with it."""
    return next(t for t in search.trials_ if t.params.get("act") == "_exit")


def test_bayesian_search_never_chooses_a_failure():
    """Not even if `error_score` is the best score of all."""
    search = BayesSearchCV(
        Scripted(),
        {"quality": [-1.0, -2.0], "act": ["fit", "raise"]},
        n_iter=4,
        cv=FOLDS,
        error_score=0.0,
    )
    with pytest.warns(FitFailedWarning, match="fits failed"):
        search.fit(X, y)
    assert search.best_params_ == {"quality": -1.0, "act": "fit"}


def test_equal_failures_are_warned_about_once_with_their_count():
    """One warning for all fits that failed alike."""
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
    """It is told of them: more good candidates are tried than lie in the space."""
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


# -------------------------------------------------------------------- dead workers

DEATHS = ["kill", "_exit", "segfault"]


@pytest.mark.slow
@pytest.mark.parametrize("act", DEATHS)
def test_a_worker_that_dies_costs_the_guilty_candidate_only(act, tmp_path):
    """The pool is rebuilt; the candidate is found, marked, and not tried again."""
    log = str(tmp_path / "log")
    search = fit_with(grid_of(act), Scripted(log=log), n_jobs=2)
    check_rest_went_on(search, "The worker died")
    assert search.cv_results_["status"].tolist() == [
        "complete", "failed", "complete", "complete"
    ]  # fmt: skip
    assert "The worker died" in search.cv_results_["error"][1]
    counts = fits(log)
    guilty = sum(n for line, n in counts.items() if line.startswith(act))
    # Up to three of its folds may have been in flight when the first one died.
    assert guilty <= N_FOLDS + 1
    # Every fold of the others was run, and again only if it was in flight.
    assert all(n <= 3 for n in counts.values())
    good = {f"fit {q} {k}" for q in GOOD for k in range(N_FOLDS)}
    assert good <= set(counts)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["random", "bayes"])
def test_dead_workers_in_other_searches(kind):
    """Random and Bayesian search are as robust as grid search."""
    space = {"quality": GOOD, "act": ["fit", "_exit"]}
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    search = make(Scripted(), space, n_iter=6, cv=FOLDS, n_jobs=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        search.fit(X, y)
    for trial in search.trials_:
        is_good = trial.params["act"] == "fit"
        assert trial.status == (Status.COMPLETE if is_good else Status.FAILED)
    assert search.best_params_ == {"quality": 0.5, "act": "fit"}


@pytest.mark.slow
def test_an_innocent_candidate_whose_worker_is_killed_is_run_again(tmp_path):
    """One death from outside costs nothing but time."""
    once = str(tmp_path / "killed")
    search = fit_with(grid_of("kill", quality=0.4, once=once), n_jobs=2, warns=None)
    assert [t.status for t in search.trials_] == [Status.COMPLETE] * 4
    assert search.best_params_["quality"] == 0.5


@pytest.mark.slow
def test_a_dead_worker_with_error_score_raise_ends_the_search():
    """As any failure does then; the message says what happened."""
    with pytest.raises(RuntimeError, match="The worker died"):
        fit_with(grid_of("_exit"), n_jobs=2, error_score="raise")


@pytest.mark.slow
def test_two_guilty_candidates_are_both_found():
    """Also when both were running at once."""
    grid = {"act": ["_exit", "kill", "fit"], "quality": [0.5]}
    search = fit_with(grid, n_jobs=2)
    assert [str(t.status) for t in search.trials_] == ["failed", "failed", "complete"]


# ------------------------------------------------------------------------- hanging


def timed_out(act, *, n_jobs, seconds=3.0):
    """A search with a candidate that hangs, on the usual grid."""
    return fit_with(grid_of(act), n_jobs=n_jobs, fit_timeout=seconds)


@pytest.mark.slow
@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("act", ["sleep", "stubborn"])
def test_a_fit_that_hangs_is_stopped(act, n_jobs):
    """Also one that swallows the exception it is stopped with."""
    search = timed_out(act, n_jobs=n_jobs)
    check_rest_went_on(search, "FitTimeout")
    assert "FitTimeout" in search.cv_results_["error"][1]


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


def test_threads_can_be_stopped_kindly():
    """On a threading backend a fit that hangs in Python is stopped too."""
    from joblib import parallel_config

    grid = [{"act": ["busy"], "quality": [0.9]}, {"quality": GOOD}]
    with parallel_config("threading"):
        search = fit_with(grid, BusyOrScripted(), n_jobs=2, fit_timeout=2.0)
    check_rest_went_on(search, "FitTimeout", guilty=0)


@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("seconds", [1e12, np.float32(60)])
def test_any_number_of_seconds_is_a_limit(backend, seconds):
    """Also one longer than timers can be set to, or of another type."""
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
    assert err.rstrip().endswith("KeyboardInterrupt")
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
    assert err.rstrip().endswith("KeyboardInterrupt")


def test_ctrl_c_before_anything_is_complete_just_interrupts():
    """There is nothing to leave behind."""
    search = GridSearchCV(Scripted(), {"act": ["interrupt"]}, cv=FOLDS)
    with pytest.raises(KeyboardInterrupt, match="^$"):
        search.fit(X, y)
    assert not hasattr(search, "cv_results_")


# ------------------------------------------------------------------------ bad input


@pytest.mark.parametrize("name", ["time_budget", "fit_timeout"])
@pytest.mark.parametrize("value", [0, -1.0, "1 h", True, float("nan")])
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

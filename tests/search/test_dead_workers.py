"""Workers are really killed: the culprit is found, and the rest goes on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import warnings

import joblib
import pytest

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes._protocol import Status
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y
from tests.search.fault_searches import GOOD, check_rest_went_on, fit_with, grid_of

DEATHS = ["kill", "_exit", "segfault"]


@pytest.mark.slow
@pytest.mark.parametrize("act", DEATHS)
def test_a_worker_that_dies_costs_its_own_candidate_only(act, tmp_path):
    """The pool is rebuilt; the candidate is found, marked, and not tried again."""
    log = str(tmp_path / "log")
    search = fit_with(grid_of(act), Scripted(log=log), n_jobs=2)
    check_rest_went_on(search, "The worker died")
    assert search.cv_results_["status"].tolist() == [
        "complete", "failed", "complete", "complete"
    ]  # fmt: skip
    assert "The worker died" in search.cv_results_["error"][1]
    counts = fits(log)
    culprit = sum(n for line, n in counts.items() if line.startswith(act))
    # Up to three of its folds may have been in flight when the first one died.
    assert culprit <= N_FOLDS + 1
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
    """The search ends as at any failure; the message says what happened."""
    with pytest.raises(RuntimeError, match="The worker died"):
        fit_with(grid_of("_exit"), n_jobs=2, error_score="raise")


@pytest.mark.slow
def test_two_candidates_that_kill_workers_are_both_found():
    """The search finds both even if both were running at once."""
    grid = {"act": ["_exit", "kill", "fit"], "quality": [0.5]}
    search = fit_with(grid, n_jobs=2)
    assert [str(t.status) for t in search.trials_] == ["failed", "failed", "complete"]


@pytest.mark.slow
def test_a_dead_worker_is_printed_with_every_metric(capfd):
    """A fold without scores of its own has one of each metric nevertheless."""
    search = fit_with(
        {"act": ["fit", "_exit"]}, n_jobs=2, scoring=["accuracy", "f1"],
        refit="accuracy", verbose=3,
    )  # fmt: skip
    assert [str(t.status) for t in search.trials_] == ["complete", "failed"]
    assert "act=_exit; accuracy: (test=nan) f1: (test=nan)" in capfd.readouterr().out


# ------------------------------------------------------------------ multiprocessing


@pytest.mark.slow
@pytest.mark.parametrize("act", ["kill", "_exit"])
def test_a_worker_of_multiprocessing_that_dies(act):
    """Its pool replaces it and says nothing; the search finds out."""
    with joblib.parallel_config("multiprocessing", n_jobs=2):
        search = fit_with(grid_of(act))
    check_rest_went_on(search, "The worker died")


@pytest.mark.slow
def test_a_worker_of_multiprocessing_that_is_killed_from_outside():
    """The fold it ran is run again, and no candidate is at fault."""
    killer = threading.Timer(1.0, kill_a_child)
    killer.start()
    with joblib.parallel_config("multiprocessing", n_jobs=2):
        search = fit_with({"quality": GOOD}, Scripted(seconds=0.5), warns=None)
    killer.join()
    assert [t.status for t in search.trials_] == [Status.COMPLETE] * len(GOOD)


def kill_a_child():
    """Kill a process of the pool, as soon as there is one."""
    children = []
    while not children:
        time.sleep(0.1)
        children = [p for p in multiprocessing.active_children() if "Pool" in p.name]
    os.kill(children[0].pid, signal.SIGKILL)


@pytest.mark.slow
def test_a_worker_of_multiprocessing_that_dies_with_error_score_raise():
    """The search ends, and does not wait for what will not come."""
    with (
        joblib.parallel_config("multiprocessing", n_jobs=2),
        pytest.raises(RuntimeError, match="The worker died"),
    ):
        fit_with(grid_of("_exit"), error_score="raise")


@pytest.mark.slow
def test_workers_of_multiprocessing_that_are_replaced_as_planned_are_not_missed():
    """A pool may give each process a number of tasks, and then another one."""
    pytest.importorskip("joblib", minversion="1.5")  # older ones refuse the setting
    with joblib.parallel_config("multiprocessing", n_jobs=2, maxtasksperchild=2):
        search = fit_with({"quality": GOOD}, Scripted(seconds=0.1), warns=None)
    workers = {fold.worker for trial in search.trials_ for fold in trial.folds}
    assert len(workers) > 2
    # None was run twice, as it would be after a death.
    assert [t.status for t in search.trials_] == [Status.COMPLETE] * len(GOOD)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["grid", "bayes", "racing"])
def test_a_deadly_candidate_never_wins(kind):
    """The `error_score` beats every score, but a refit would kill this process."""
    space = [{"quality": [-1.0, -2.0, -3.0]}, {"act": ["_exit"]}]
    settings = {"cv": FOLDS, "error_score": 0.0, "n_jobs": 2}
    search = {
        "grid": lambda: GridSearchCV(Scripted(), space, **settings),
        "racing": lambda: GridSearchCV(Scripted(), space, racing=True, **settings),
        "bayes": lambda: BayesSearchCV(
            Scripted(),
            space,
            n_iter=4,
            include_current=False,
            random_state=0,
            **settings,
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

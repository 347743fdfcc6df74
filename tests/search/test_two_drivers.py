"""Several processes work at one search: each fold is run by one, and all end equal."""

from __future__ import annotations

import json
import random
import signal
import threading
import time
import warnings
from collections import Counter

import numpy as np
import pytest
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.datasets import make_classification
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

import skbayes.journal
from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.search import drivers, test_repeats
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y

SPACE = {"quality": (0.0, 1.0, "uniform")}
QUALITIES = [round(q, 3) for q in np.linspace(0, 1, 12).tolist()]


def make_search(kind, tmp_path, *, seconds=0.004, log="log", n_iter=10, **settings):
    """A search with a journal, a log of its fits and fits that take a while."""
    estimator = Scripted(log=str(tmp_path / log), seconds=seconds, is_random=True)
    settings = {
        "cv": FOLDS, "journal": tmp_path / "j.sqlite", "random_state": 0,
        "refit": False,
    } | settings  # fmt: skip
    if kind == "grid":
        del settings["random_state"]
        return GridSearchCV(estimator, {"quality": QUALITIES}, **settings)
    if kind == "repeats":
        few = {"quality": [0.1, 0.4, 0.4, 0.9], "only_fold": [None, None]}
        del settings["random_state"]
        return GridSearchCV(estimator, few, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(estimator, SPACE, n_iter=n_iter, **settings)


def fit_together(*searches, data=(X, y)):
    """Fit in a thread each, all at once."""
    errors = []

    def fit(search):
        try:
            search.fit(*data)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=fit, args=(search,)) for search in searches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not any(thread.is_alive() for thread in threads)
    assert errors == []


def check_equal(first, second):
    """Two searches came to the same."""
    assert first.cv_results_["params"] == second.cv_results_["params"]
    for name, column in first.cv_results_.items():
        if "score" in name and "time" not in name:
            np.testing.assert_array_equal(column, second.cv_results_[name])
    assert first.best_params_ == second.best_params_


# ------------------------------------------------------------- in one process, threads


@pytest.mark.parametrize("racing", [False, True])
@pytest.mark.parametrize("kind", ["grid", "random", "bayes", "repeats"])
def test_drivers_come_to_what_one_comes_to_alone(kind, racing, tmp_path):
    """The candidates and scores are the same, and no fold is run twice."""
    both = [make_search(kind, tmp_path, racing=racing) for _ in range(2)]
    fit_together(*both)
    alone = make_search(kind, tmp_path, racing=racing, journal=None, log="alone")
    alone.fit(X, y)
    for search in both:
        check_equal(search, alone)
    assert set(fits(tmp_path / "log").values()) == {1}
    assert fits(tmp_path / "log") == fits(tmp_path / "alone")


@pytest.mark.parametrize("kind", ["random", "bayes"])
def test_drivers_without_a_seed_share_their_candidates(kind, tmp_path):
    """The number of candidates is that of one driver."""
    both = [make_search(kind, tmp_path, random_state=None) for _ in range(2)]
    fit_together(*both)
    check_equal(*both)
    counts = fits(tmp_path / "log")
    assert len(counts) == 10 * N_FOLDS
    assert set(counts.values()) == {1}


def test_drivers_share_the_repeats_of_finalists(tmp_path):
    """Each fold of the repeats is run by one driver, too."""
    log = tmp_path / "log"

    def search(**settings):
        estimator = test_repeats.Lucky(log=log, seconds=0.005)
        return test_repeats.make_search("grid", estimator, refit=False, **settings)

    both = [search(journal=tmp_path / "j.sqlite") for _ in range(2)]
    fit_together(*both, data=(test_repeats.X, test_repeats.y))
    lines = log.read_text().splitlines()
    assert len(lines) == len(set(lines))
    log.unlink()
    alone = search().fit(test_repeats.X, test_repeats.y)
    assert sorted(log.read_text().splitlines()) == sorted(lines)
    assert alone.cv_results_["n_repeats"].max() == 2
    for one in both:
        check_equal(one, alone)


@pytest.mark.slow
def test_drivers_with_other_numbers_of_workers_share_their_candidates(tmp_path):
    """What is proposed depends on the workers; whoever is first proposes."""
    both = [
        make_search("bayes", tmp_path, n_jobs=n_jobs, seconds=0.01) for n_jobs in (1, 2)
    ]
    fit_together(*both)
    check_equal(*both)
    assert set(fits(tmp_path / "log").values()) == {1}


def test_a_driver_that_joins_late_finds_what_is_there(tmp_path):
    """The driver helps with the rest."""
    first = make_search("grid", tmp_path, seconds=0.1)
    thread = threading.Thread(target=first.fit, args=(X, y))
    thread.start()
    while sum(fits(tmp_path / "log").values()) < 6:
        time.sleep(0.01)
    second = make_search("grid", tmp_path, seconds=0.1).fit(X, y)
    thread.join(60)
    check_equal(first, second)
    assert set(fits(tmp_path / "log").values()) == {1}


def test_a_fold_that_fails_is_tried_by_one_driver(tmp_path):
    """The other takes its error over."""
    estimator = Scripted(log=str(tmp_path / "log"), seconds=0.02)
    grid = {"quality": [0.1, 0.5, 0.9], "act": ["fit", "raise"]}
    both = [
        GridSearchCV(estimator, grid, cv=FOLDS, journal=tmp_path / "j", refit=False)
        for _ in range(2)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit_together(*both)
    check_equal(*both)
    statuses = {(t.params["act"], str(t.status)) for t in both[0].trials_}
    assert statuses == {("fit", "complete"), ("raise", "failed")}
    assert fits(tmp_path / "log") == Counter(
        f"{act} {q} {k}"
        for q in grid["quality"]
        for act in grid["act"]
        for k in range(3)
    )


class FailsInOne(TransformerMixin, BaseEstimator):
    """Notes its fits in a file; may fail in all folds or in one."""

    def __init__(self, log="", fails="no"):
        self.log = log
        self.fails = fails

    def fit(self, X, y):
        """Note, wait and perhaps fail."""
        with open(self.log, "a") as file:
            file.write(f"{self.fails} {X.sum()}\n")
        time.sleep(0.02)
        if self.fails == "all" or (self.fails == "one" and X[0, 0] == BOOSTED[0][0, 0]):
            raise ValueError("planned")
        return self

    def transform(self, X):
        """Change nothing."""
        return X


BOOSTED = make_classification(120, random_state=0)


@pytest.mark.parametrize("racing", [False, True])
def test_a_path_that_fails_is_tried_by_one_driver(tmp_path, racing):
    """The path has no values after the first, which the other does not wait for."""
    model = HistGradientBoostingClassifier(max_iter=8, random_state=0)
    pipeline = Pipeline([("head", FailsInOne()), ("model", model)])
    space = {
        "head__fails": ["no", "one", "all"],
        "model__max_iter": (2, 20, "log-uniform"),
        "model__learning_rate": (0.05, 1.0, "log-uniform"),
    }

    def search(log, **settings):
        estimator = clone(pipeline).set_params(head__log=str(tmp_path / log))
        settings |= {"n_iter": 6, "cv": 3, "random_state": 0, "refit": False}
        return BayesSearchCV(estimator, space, racing=racing, **settings)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        both = [search("log", journal=tmp_path / "j") for _ in range(2)]
        fit_together(*both, data=BOOSTED)
        alone = search("alone").fit(*BOOSTED)

    def failed(log):
        lines = (tmp_path / log).read_text().splitlines()
        return Counter(line for line in lines if line.startswith("all"))

    assert failed("log") == failed("alone") != {}
    for one in both:
        check_equal(one, alone)


def test_a_driver_that_is_stopped_lets_go(tmp_path):
    """Another driver runs what it had claimed, without waiting for anything."""
    stopped = make_search("grid", tmp_path, callbacks=[lambda progress: True])
    whole = make_search("grid", tmp_path)
    began = time.monotonic()
    fit_together(stopped, whole)
    assert time.monotonic() - began < 10
    assert {trial.status for trial in whole.trials_} == {"complete"}
    assert set(fits(tmp_path / "log").values()) == {1}


# -------------------------------------------------------------- in processes, killed


GRID = 'GridSearchCV(estimator, {{"quality": {qualities}}}, '
BAYES = "BayesSearchCV(estimator, {space}, n_iter=12, random_state=0, "
RUN = """cv=FOLDS, n_jobs={n_jobs}, racing={racing}, journal={journal!r}, refit=False)
search.fit(X, y)
print(json.dumps([
    [t.params["quality"], [f.test_scores["score"] for f in t.folds]]
    for t in search.trials_
]))
"""
START = """
import json
{before}
estimator = Scripted(log={log!r}, seconds={seconds}, is_random=True)
search = """
#: What makes processes look as if they ran on machines of their own.
ELSEWHERE = """
from skbayes._journal import drivers, processes
processes._this_machine = lambda: f"machine of {os.getpid()}"
drivers.BEAT_SECONDS, drivers.LEASE_SECONDS = 0.2, 4.0
"""


def code_of(kind, tmp_path, *, n_jobs=1, racing=False, before="", seconds=0.15):
    """What a driver runs."""
    search = {"grid": GRID, "bayes": BAYES}[kind]
    return (START + search + RUN).format(
        log=str(tmp_path / "log"),
        journal=str(tmp_path / "j.sqlite"),
        qualities=QUALITIES,
        space=SPACE,
        n_jobs=n_jobs,
        racing=racing,
        before=before,
        seconds=seconds,
    )


def written(tmp_path):
    """Folds in the journal, as `fits` names them."""
    path = tmp_path / "j.sqlite"
    if not path.exists():
        return set()
    frame = skbayes.journal.read(path)
    return {
        f"fit {row.param_quality} {k}"
        for row in frame.itertuples()
        for k in range(N_FOLDS)
        if not np.isnan(getattr(row, f"split{k}_test_score", np.nan))
    }


def alone(kind, racing):
    """What a single search on one worker comes to."""
    settings = {"cv": FOLDS, "racing": racing, "refit": False}
    if kind == "grid":
        search = GridSearchCV(Scripted(), {"quality": QUALITIES}, **settings)
    else:
        settings |= {"n_iter": 12, "random_state": 0}
        search = BayesSearchCV(Scripted(), SPACE, **settings)
    return trials_of(search.fit(X, y).trials_)


def trials_of(trials):
    """Candidates with their scores, as a driver prints them."""
    return [
        [t.params["quality"], [f.test_scores["score"] for f in t.folds]] for t in trials
    ]


def wait_for_fits(tmp_path, n_fits):
    """Wait until so many have been begun."""
    deadline = time.monotonic() + 120
    while sum(fits(tmp_path / "log").values()) < n_fits:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def check_killed(kind, tmp_path, seed, *, n_jobs=1, racing=False, before=""):
    """Two drivers, one of which is killed at a random moment: the other ends alone."""
    rng = random.Random(seed)
    code = code_of(kind, tmp_path, n_jobs=n_jobs, racing=racing, before=before)
    pair = [drivers.start(code) for _ in range(2)]
    wait_for_fits(tmp_path, rng.randint(3, 20))
    time.sleep(0.1 * rng.random())
    victim = pair.pop(rng.randrange(2))
    with victim:
        # Held first, so that nobody takes over its folds while they are looked up.
        drivers.hold(victim)
        safe = written(tmp_path)
        begun = set(fits(tmp_path / "log"))
        drivers.kill(victim)
        victim.wait()
    with pair[0] as survivor:
        out, err = drivers.texts(survivor, 240)
    assert victim.returncode == -signal.SIGKILL
    assert survivor.returncode == 0, err
    counts = fits(tmp_path / "log")
    # What the dead one had under way is run again, and nothing else.
    twice = {fit for fit, n in counts.items() if n > 1}
    assert max(counts.values()) <= 2
    assert not twice & safe
    assert twice <= begun
    assert len(twice) <= n_jobs
    expected = alone(kind, racing)
    if n_jobs == 1 or kind == "grid":
        assert json.loads(out) == expected
        assert len(counts) == sum(len(scores) for _, scores in expected)
    # Another one finds everything there.
    again, _ = drivers.run(code)
    assert json.loads(again) == json.loads(out)
    assert fits(tmp_path / "log") == counts


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_driver_takes_over_what_a_killed_one_ran(seed, tmp_path):
    """No finished fold is lost or run twice, and the end is that of one driver."""
    kind = ["grid", "bayes"][seed % 2]
    check_killed(kind, tmp_path, seed, n_jobs=1 + seed // 2)


@pytest.mark.slow
def test_a_race_goes_on_when_a_driver_is_killed(tmp_path):
    """The race stops the candidates that one driver alone stops."""
    check_killed("bayes", tmp_path, 7, racing=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_driver_of_another_machine_is_taken_over_after_a_lease(seed, tmp_path):
    """Nobody can look at its process: it has been silent for long enough."""
    check_killed(["grid", "bayes"][seed], tmp_path, seed, before=ELSEWHERE)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_a_driver_started_elsewhere_takes_over_from_one_that_is_gone(seed, tmp_path):
    """The claims of the dead are found by their silence, and only they are rerun."""
    rng = random.Random(100 + seed)
    # Each process is on a machine of its own, and cannot look at the other.
    before = ELSEWHERE.replace("4.0", "1.5")
    kind = ["grid", "bayes"][seed]
    code = code_of(kind, tmp_path, before=before, seconds=0.08)
    with drivers.start(code) as first:
        wait_for_fits(tmp_path, rng.randint(1, 30))
        time.sleep(0.1 * rng.random())
        drivers.kill(first)
        first.wait()
        safe, begun = written(tmp_path), set(fits(tmp_path / "log"))
    out, _ = drivers.run(code)
    assert json.loads(out) == alone(kind, racing=False)
    counts = fits(tmp_path / "log")
    twice = {fit for fit, n in counts.items() if n > 1}
    assert max(counts.values()) <= 2
    assert twice == begun - safe
    assert len(twice) <= 1


#: What makes a folder look as if it were on object storage, whose locks nobody sees.
ON_OBJECT_STORAGE = """
from pathlib import Path
from skbayes._journal import file_systems, machine_mark
file_systems.MOUNTS = Path({table!r})
machine_mark.REWRITE_SECONDS, machine_mark.SILENT_SECONDS = 0.1, 1.0
drivers.LEASE_SECONDS = 1.0
"""


@pytest.mark.slow
def test_a_driver_of_another_machine_is_refused_where_locks_are_local(tmp_path):
    """It is told why, harms nothing, and goes on when the first one has been killed."""
    table = tmp_path / "mounts"
    table.write_text(f"bucket {tmp_path} fuse.s3fs rw 0 0\n")
    before = ELSEWHERE + ON_OBJECT_STORAGE.format(table=str(table))
    code = code_of("grid", tmp_path, before=before, seconds=0.5)
    with drivers.start(code) as first:
        wait_for_fits(tmp_path, 3)
        _, err = drivers.run(code, returncode=1)
        assert "JournalError: The journal" in err
        assert "(fuse.s3fs) whose locks hold on one machine only" in err
        assert first.poll() is None
        assert set(fits(tmp_path / "log").values()) == {1}
        drivers.kill(first)
        first.wait()
        safe = written(tmp_path)
    out, _ = drivers.run(code)
    assert json.loads(out) == alone("grid", racing=False)
    twice = {fit for fit, n in fits(tmp_path / "log").items() if n > 1}
    assert len(twice) <= 1
    assert not twice & safe

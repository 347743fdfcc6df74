"""Several processes work at one search: each fold is run by one, and all end equal."""

from __future__ import annotations

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

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from tests.search import test_repeats
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

"""Searches on every backend of joblib: the same results, whatever finishes first."""

from __future__ import annotations

import os
import threading
import time
import uuid
import warnings
from pathlib import Path
from typing import ClassVar

import joblib
import numpy as np
import pytest
from joblib.externals.loky import reusable_executor
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import cross_val_score

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV
from skbayes.callbacks import ProgressBar
from tests.search import drivers
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y

SPACE = {"quality": (0.0, 1.0, "uniform"), "act": ["fit", "warn"]}
GRID = {"quality": np.linspace(0, 1, 12).tolist()}
KINDS = ["grid", "random", "bayes"]
BACKENDS = ["loky", "threading", "multiprocessing"]

pytestmark = pytest.mark.filterwarnings("ignore:told to warn")


def make_search(kind, estimator=None, **settings):
    """A search of each kind, seeded."""
    estimator = estimator or Scripted()
    settings = {"cv": FOLDS} | settings
    if kind == "grid":
        return GridSearchCV(estimator, GRID, **settings)
    make = {"random": RandomSearchCV, "bayes": BayesSearchCV}[kind]
    return make(estimator, SPACE, n_iter=12, random_state=0, **settings)


def check_equal(first, second):
    """Two searches tried the same and came to the same."""
    assert first.cv_results_["params"] == second.cv_results_["params"]
    np.testing.assert_array_equal(
        first.cv_results_["mean_test_score"], second.cv_results_["mean_test_score"]
    )
    assert first.best_index_ == second.best_index_


# ------------------------------------------------------------------------- backends


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("kind", ["grid", "random"])
def test_results_are_the_same_on_every_backend(kind, backend):
    """Results of grid and random search are so for any number of workers."""
    plain = make_search(kind).fit(X, y)
    with joblib.parallel_config(backend, n_jobs=2):
        check_equal(plain, make_search(kind).fit(X, y))


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("racing", [False, True])
def test_a_seed_repeats_a_search_whatever_finishes_first(backend, racing):
    """Fits take random times; candidates, results and the winner are the same."""
    estimator = Scripted(seconds=0.03, is_random=True)
    searches = []
    for _ in range(2):
        with joblib.parallel_config(backend, n_jobs=2):
            search = make_search("bayes", estimator, racing=racing)
            searches.append(search.fit(X, y))
    check_equal(*searches)
    if racing:
        first, second = (s.cv_results_["status"].tolist() for s in searches)
        assert first == second


@pytest.mark.slow
def test_every_worker_is_used():
    """Each fold is run by a worker, not by this process."""
    import os

    search = make_search("grid", Scripted(seconds=0.05), n_jobs=2).fit(X, y)
    workers = {f.worker for t in search.trials_ for f in t.folds}
    assert len(workers) == 2
    assert not any(worker.startswith(f"{os.getpid()}-") for worker in workers)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_large_data_is_mapped_into_memory_not_sent(kind):
    """Workers see a memory map, as in joblib."""
    big = np.tile(X, (1, 10_000))
    search = make_search(kind, NotesMaps(), n_jobs=2, scoring=map_score)
    with pytest.warns(UserWarning, match="have the same score 1 on every fold"):
        search.fit(big, y)
    assert search.best_score_ == 1.0


class NotesMaps(Scripted):
    """Notes whether its data come from a memory map."""

    def fit(self, X, y):
        """Fit, and look where the data lie."""
        import gc

        super().fit(X[:, :1], y)
        maps = [o for o in gc.get_objects() if isinstance(o, np.memmap)]
        self.is_mapped_ = any(m.size == 300_000 for m in maps)
        return self


def map_score(estimator, X, y):
    """1 for a model fitted on a memory map."""
    return float(estimator.is_mapped_)


@pytest.mark.parametrize("form", ["sparse", "frame", "arrow"])
def test_large_parts_of_tables_are_mapped_into_memory(form):
    """Workers see memory maps of the numbers of a sparse matrix or a data frame."""
    values = np.random.default_rng(0).normal(size=(200_000, 2))
    if form == "sparse":
        big = sparse.csr_array(values)
    else:
        big = pytest.importorskip("pandas").DataFrame(values, columns=["a", "b"])
    if form == "arrow":
        pytest.importorskip("pyarrow")
        big = big.astype("float64[pyarrow]")
    target = np.arange(len(values)) % 2
    grid = {"constant": [0, 1]}
    search = GridSearchCV(NotesTables(), grid, cv=2, n_jobs=2, scoring=map_score)
    assert search.fit(big, target).best_score_ == 1.0


class NotesTables(ClassifierMixin, BaseEstimator):
    """Notes whether parts of a table come from memory maps."""

    def __init__(self, constant=0):
        self.constant = constant

    def fit(self, X, y):
        """Look for large memory maps."""
        import gc

        self.classes_ = np.unique(y)
        maps = [o for o in gc.get_objects() if isinstance(o, np.memmap)]
        self.is_mapped_ = any(m.nbytes >= 1_000_000 for m in maps)
        return self

    def predict(self, X):
        """The constant."""
        return np.full(X.shape[0], self.constant)


# ---------------------------------------------------------------------- one worker


@pytest.mark.parametrize("kind", KINDS)
def test_one_worker_needs_no_pool_and_no_thread(kind):
    """Fits run in this process, in the thread that called `fit`."""
    out, _ = drivers.run(f"""
import threading
from tests.search.test_asynchronous import make_search
from joblib.externals.loky import reusable_executor
warnings.simplefilter("ignore")
n_before = threading.active_count()
search = make_search("{kind}", Scripted(act="no threads") , n_jobs=1)
if "{kind}" != "grid":
    search.set_params(param_distributions={{"quality": (0.0, 1.0, "uniform")}})
search.set_params(error_score="raise").fit(X, y)
assert threading.active_count() == n_before == 1
assert reusable_executor._executor is None
workers = {{f.worker for t in search.trials_ for f in t.folds}}
assert workers == {{f"{{os.getpid()}}-MainThread"}}, workers
print("alone")
""")
    assert out.split() == ["alone"]


def test_the_default_is_one_worker():
    """`n_jobs=None` means one worker, unless a context says otherwise."""
    n_before = threading.active_count()
    executor = reusable_executor._executor
    make_search("grid").fit(X, y)
    # Threads that earlier tests left may end meanwhile.
    assert threading.active_count() <= n_before
    assert reusable_executor._executor is executor


# --------------------------------------------------------------------------- nested


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "threading"])
@pytest.mark.parametrize("n_jobs", [None, 2])
def test_nested_use_does_not_oversubscribe(backend, n_jobs, tmp_path):
    """A search in a worker has no processes, and no more threads than were asked for.

    Without `n_jobs` of its own it has none: as many fits run at once as outer workers.
    """
    search = make_search("grid", NotesCrowds(log=str(tmp_path)), n_jobs=n_jobs)
    with joblib.parallel_config(backend, n_jobs=2):
        scores = cross_val_score(search, X, y, cv=2, error_score="raise")
    assert len(scores) == 2
    crowds = [int(file.read_text()) for file in tmp_path.iterdir()]
    assert len(crowds) == 2 * (12 * N_FOLDS + 1)
    # Fits are counted in each process: outer workers are processes or threads.
    n_inner = n_jobs or 1
    assert max(crowds) <= (n_inner if backend == "loky" else 2 * n_inner)
    processes = {int(file.name.split("-")[0]) for file in tmp_path.iterdir()}
    assert len(processes) <= 2
    assert (processes == {os.getpid()}) == (backend == "threading")


class NotesCrowds(Scripted):
    """Notes how many fits run at once in its process: a file each, in `log`."""

    running: ClassVar[list[None]] = []

    def fit(self, X, y):
        """Fit, and look around."""
        self.running.append(None)
        time.sleep(0.02)
        name = f"{os.getpid()}-{uuid.uuid4().hex}"
        (Path(self.log) / name).write_text(str(len(self.running)))
        self.running.pop()
        self.classes_ = np.unique(y)
        self.fold_ = 0
        return self


@pytest.mark.slow
def test_workers_use_one_thread_each():
    """BLAS is limited in workers as joblib limits it."""
    search = make_search("grid", n_jobs=2, scoring=blas_threads)
    with pytest.warns(UserWarning, match="have the same score 1 on every fold"):
        search.fit(X, y)
    limit = max(1, joblib.cpu_count() // 2)
    assert (search.cv_results_["mean_test_score"] <= limit).all()


def blas_threads(estimator, X, y):
    """Threads that the linear algebra of this process would use."""
    from threadpoolctl import threadpool_info

    return max((pool["num_threads"] for pool in threadpool_info()), default=1)


# ---------------------------------------------------------- warnings, output, progress


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "multiprocessing"])
def test_equal_warnings_of_workers_come_at_once_and_with_a_count(backend):
    """The first comes when its fold is back, rather than once for each worker."""
    search = GridSearchCV(
        Scripted(act="warn"), {"quality": [0.1, 0.2, 0.3]}, cv=FOLDS, refit=False
    )
    with (
        joblib.parallel_config(backend, n_jobs=2),
        pytest.warns(UserWarning, match="told to warn") as caught,
    ):
        search.fit(X, y)
    told = [str(w.message) for w in caught if "told to warn" in str(w.message)]
    assert told == ["told to warn", "told to warn\n(warned of by 9 of 9 fits)"]


def test_equal_warnings_in_this_process_come_at_once_and_with_a_count():
    """Filters that show every warning, as scikit-learn's own do, change nothing."""
    search = GridSearchCV(
        Scripted(act="warn"), {"quality": [0.1, 0.2, 0.3]}, cv=FOLDS, refit=False
    )
    filters = [*warnings.filters]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, y)
    assert [str(w.message) for w in caught] == [
        "told to warn",
        "told to warn\n(warned of by 9 of 9 fits)",
    ]
    assert warnings.filters == filters


def test_warnings_that_are_errors_fail_the_fit():
    """The user's filters hold while warnings are gathered."""
    search = GridSearchCV(Scripted(), {"act": ["warn", "fit"]}, cv=FOLDS, refit=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="told to warn")
        search.fit(X, y)
    assert "told to warn" in search.trials_[0].error


@pytest.mark.slow
def test_warnings_in_threads_come_as_they_are():
    """What gathers warnings belongs to the process, and would mix them up."""
    search = GridSearchCV(Scripted(act="warn"), {"quality": [0.1]}, cv=FOLDS, n_jobs=2)
    with (
        joblib.parallel_config("threading"),
        pytest.warns(UserWarning, match="^told to warn$"),
    ):
        search.fit(X, y)
    assert not any(fold.warnings for fold in search.trials_[0].folds)


@pytest.mark.slow
def test_ignored_warnings_of_workers_stay_ignored():
    """The filters of the parent hold for its workers."""
    search = GridSearchCV(Scripted(act="warn"), {"quality": [0.1]}, cv=FOLDS, n_jobs=2)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        search.fit(X, y)
    assert caught == []


@pytest.mark.slow
def test_scoring_that_fails_in_workers_is_counted():
    """The first error comes at once, then all with the traceback, not once a fold."""
    from tests.search.estimators import failing_score

    search = GridSearchCV(
        Scripted(), {"quality": [0.1, 0.8, 0.9]}, cv=FOLDS, scoring=failing_score,
        n_jobs=2,
    )  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(X, y)
    told = [str(w.message) for w in caught if "Scoring failed" in str(w.message)]
    assert len(told) == 2
    assert "fits)" not in told[0]
    assert "6 of 9 fits" in told[1]


@pytest.mark.slow
@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_verbose_is_printed_by_the_parent_alike_for_all_backends(backend, capfd):
    """Each trial has a line, whoever ran it."""
    search = make_search("grid", verbose=2)
    if backend is None:
        search.fit(X, y)
    else:
        with joblib.parallel_config(backend, n_jobs=2):
            search.fit(X, y)
    lines = capfd.readouterr().out.splitlines()
    assert lines[0] == "Fitting 3 folds for each of 12 candidates, totalling 36 fits"
    numbers = [line.split("]")[0].strip("[") for line in lines[1:]]
    assert numbers == [f"{k + 1}/12" for k in range(12)]
    assert all("complete, mean" in line for line in lines[1:])


@pytest.mark.slow
def test_the_progress_bar_works_with_workers(capfd):
    """The parent draws the bar."""
    make_search("bayes", n_jobs=2, callbacks=[ProgressBar("tuning")]).fit(X, y)
    assert "tuning" in capfd.readouterr().err


@pytest.mark.slow
def test_each_fold_is_run_once_on_workers(tmp_path):
    """No fold is lost and none is run twice."""
    log = str(tmp_path / "log")
    make_search("grid", Scripted(log=log, is_random=True, seconds=0.02), n_jobs=2).fit(
        X, y
    )
    counts = fits(log)
    assert set(counts.values()) == {1}
    assert len(counts) == 12 * N_FOLDS

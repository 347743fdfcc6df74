"""Is the pool of a search that of joblib's active backend?"""

from __future__ import annotations

import os
import threading
from types import SimpleNamespace

import joblib
import pytest

from skbayes._joblib import active_backend
from skbayes._joblib.active_backend import (
    evaluate_pre_dispatch,
    is_single_default,
    may_start_processes,
    open_pool,
    runs_here,
    worker_name,
)
from skbayes._joblib.dask_pool import DaskPool
from skbayes._joblib.loky_pool import LokyPool
from skbayes._joblib.pool import JoblibPool

BACKENDS = ["loky", "multiprocessing", "threading", "sequential"]


@pytest.mark.parametrize(
    ("backend", "n_jobs", "kind"),
    [
        ("loky", 2, LokyPool),
        ("loky", 1, LokyPool),
        ("sequential", None, LokyPool),
        ("threading", 2, JoblibPool),
        ("threading", 1, JoblibPool),
        ("multiprocessing", 2, JoblibPool),
    ],
)
def test_open_pool_takes_the_pool_of_the_backend(backend, n_jobs, kind):
    """A single worker that nobody has chosen a backend for is one of loky."""
    with joblib.parallel_config(backend):
        assert type(open_pool(n_jobs)) is kind


@pytest.fixture
def dask_backend(monkeypatch):
    """The active backend stands for that of dask."""
    client = SimpleNamespace(status="running", nthreads=dict)
    backend = SimpleNamespace(
        client=client, submit_kwargs={}, effective_n_jobs=lambda n_jobs: 1
    )
    monkeypatch.setattr(active_backend, "get_active_backend", lambda: (backend, 1))
    monkeypatch.setattr(active_backend, "is_dask", lambda found: found is backend)
    return backend


def test_open_pool_of_dask_is_no_worker_of_this_process(dask_backend):
    """Even a cluster of one worker may grow."""
    assert type(open_pool(1)) is DaskPool
    assert not runs_here(1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_runs_here_with_a_single_worker(backend):
    """The active setting counts where there is no other."""
    with joblib.parallel_config(backend, n_jobs=2):
        assert runs_here(1)
        is_parallel = backend != "sequential"
        assert runs_here(2) is not is_parallel
        assert runs_here(None) is not is_parallel


@pytest.mark.parametrize("backend", BACKENDS)
def test_is_single_default_unless_a_backend_was_chosen(backend):
    """Threads and processes of multiprocessing are a choice."""
    with joblib.parallel_config(backend):
        assert is_single_default(1) is (backend in {"loky", "sequential"})
    with joblib.parallel_config(backend="loky"):
        assert not is_single_default(2)


@pytest.mark.parametrize("in_main_thread", [True, False])
def test_is_single_default_inside_a_worker_of_loky(monkeypatch, in_main_thread):
    """joblib sets threads in a worker's main thread, not in one started there."""
    monkeypatch.setattr(active_backend, "is_inside_loky", lambda: True)
    found = []

    def ask():
        with joblib.parallel_config("threading"):
            found.append(is_single_default(1))

    if in_main_thread:
        ask()
    else:
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert found == [in_main_thread]


@pytest.mark.parametrize("is_daemon", [True, False])
def test_may_start_processes_unless_this_one_is_daemonic(monkeypatch, is_daemon):
    """Python refuses children of a daemonic process."""
    monkeypatch.setattr(
        active_backend.multiprocessing,
        "current_process",
        lambda: SimpleNamespace(daemon=is_daemon),
    )
    assert may_start_processes() is not is_daemon


def test_worker_name_has_process_and_thread():
    """All folds of a worker have one text."""
    found = []
    thread = threading.Thread(target=lambda: found.append(worker_name()), name="T")
    thread.start()
    thread.join()
    assert found == [f"{os.getpid()}-T"]
    assert worker_name() is worker_name()


@pytest.mark.parametrize(
    ("pre_dispatch", "n_tasks"),
    [
        ("all", 2**31),
        ("2*n_jobs", 8),
        ("1.4*n_jobs", 5),
        ("n_jobs", 4),
        ("7", 7),
        (3, 3),
    ],
)
def test_evaluate_pre_dispatch_is_arithmetic_on_n_jobs(pre_dispatch, n_tasks):
    """Four workers give joblib's numbers; fractions are cut."""
    found = evaluate_pre_dispatch(pre_dispatch, 4)
    assert found == n_tasks
    assert type(found) is int

"""Does joblib, in this version, have each private name that the pools take?

Run on the oldest and on the newest version: a name that has gone is a line here.
"""

from __future__ import annotations

import inspect
import os

import joblib
import pytest
from joblib.parallel import BACKENDS

from skbayes._joblib import private


@pytest.fixture
def parallel():
    """A `Parallel` that has been entered, on threads."""
    with joblib.parallel_config("threading", n_jobs=2), joblib.Parallel() as entered:
        yield entered


@pytest.mark.parametrize("name", private.__all__)
def test_private_has_what_it_says(name):
    """Each name of the list is there."""
    assert hasattr(private, name)


def test_backend_of_is_the_backend(parallel):
    """`backend_of` reads `Parallel._backend`."""
    assert isinstance(private.backend_of(parallel), private.ThreadingBackend)


def test_n_workers_of_is_n_jobs(parallel):
    """`n_workers_of` reads `Parallel._effective_n_jobs`."""
    assert private.n_workers_of(parallel) == 2


@pytest.mark.parametrize("name", ["nesting_level", "inner_max_num_threads"])
def test_settings_of_has_what_a_backend_is_made_with(name):
    """`LokyBackend.nesting_level` and `inner_max_num_threads` survive."""
    backend = private.LokyBackend(**{name: 3})
    assert private.settings_of(backend)[name] == 3
    assert getattr(private.LokyBackend(**private.settings_of(backend)), name) == 3


def test_worker_environment_limits_threads():
    """`worker_environment` calls `LokyBackend._prepare_worker_env`."""
    backend = private.LokyBackend(inner_max_num_threads=3)
    assert private.worker_environment(backend, 2)["OMP_NUM_THREADS"] == "3"


def test_loky_backend_takes_what_the_own_one_is_passed():
    """`LokyBackend` has `configure`, `effective_n_jobs` and `reset_batch_stats`."""
    names = inspect.signature(private.LokyBackend.configure).parameters
    assert {"n_jobs", "parallel", "prefer", "require", "idle_worker_timeout"} <= {
        *names
    }
    assert private.LokyBackend(nesting_level=0).effective_n_jobs(2) == 2
    private.LokyBackend().reset_batch_stats()


def test_remove_memory_maps_removes_their_folder(tmp_path):
    """`TemporaryResourcesManager` has contexts and `_clean_temporary_resources`."""
    manager = private.TemporaryResourcesManager(str(tmp_path))
    manager.set_current_context("search")
    folder = manager.resolve_temp_folder_name()
    assert folder.startswith(str(tmp_path))
    os.mkdir(folder)
    private.remove_memory_maps(manager, "search", by_force=False)
    assert not os.path.exists(folder)
    private.remove_memory_maps(manager, None, by_force=True)


def test_get_memmapping_reducers_takes_the_settings_of_joblib():
    """One set of reducers is for what is sent, and one for what comes back."""
    job, result = private.get_memmapping_reducers(
        unlink_on_gc_collect=True,
        temp_folder_resolver=lambda: "",
        max_nbytes=10,
        mmap_mode="r",
        verbose=0,
    )
    assert job
    assert result


def test_process_pool_executor_takes_what_it_is_passed():
    """loky's `ProcessPoolExecutor` has these arguments, and those of its end."""
    names = inspect.signature(private.ProcessPoolExecutor).parameters
    assert {"job_reducers", "result_reducers", "timeout", "initializer", "env"} <= {
        *names
    }
    shutdown = inspect.signature(private.ProcessPoolExecutor.shutdown).parameters
    assert "kill_workers" in shutdown


def test_errors_of_loky_are_told_apart():
    """A worker that died is a broken pool, and a pool that was shut down is not."""
    assert issubclass(private.TerminatedWorkerError, private.BrokenProcessPool)
    assert not issubclass(private.ShutdownExecutorError, private.BrokenProcessPool)


def test_is_broken_is_true_of_an_executor_that_was_shut_down():
    """`is_broken` reads `ProcessPoolExecutor._flags`: `broken` and `shutdown`."""
    executor = private.ProcessPoolExecutor(1)
    assert private.is_broken(executor) is False
    executor.shutdown()
    assert private.is_broken(executor) is True


def test_drop_unsent_tasks_empties_the_queue_of_the_executor():
    """The queue is `ProcessPoolExecutor._work_ids`."""
    executor = private.ProcessPoolExecutor(1)
    executor._work_ids.put(3)
    private.drop_unsent_tasks(executor)
    assert executor._work_ids.empty()
    executor.shutdown()


def test_is_inside_loky_is_false_here():
    """`process_executor._CURRENT_DEPTH` is 0 in no worker."""
    assert private.is_inside_loky() is False


def test_batched_calls_run_in_turn():
    """`BatchedCalls` is called without arguments, and sets the nested backend."""
    nested = private.LokyBackend(nesting_level=0).get_nested_backend()
    batch = private.BatchedCalls([(len, ("ab",), {})], nested, pickle_cache={})
    assert batch() == [2]


@pytest.mark.parametrize("name", ["threading", "multiprocessing"])
def test_submit_function_takes_single_calls(name):
    """A backend has ``submit`` or ``apply_async``, and reports to a callback."""
    backend = BACKENDS[name]()
    assert callable(private.submit_function(backend))
    assert backend.supports_retrieve_callback
    for method in ("retrieve_result_callback", "abort_everything", "terminate"):
        assert callable(getattr(backend, method))


def test_pool_of_processes_is_that_of_multiprocessing():
    """`MultiprocessingBackend` has a `_pool`, with `_pool` and `_maxtasksperchild`."""
    with joblib.parallel_config("multiprocessing", n_jobs=2), joblib.Parallel() as own:
        backend = private.backend_of(own)
        pool = private.pool_of_processes(backend)
        assert pool is not None
        assert [p.exitcode for p in private.processes_of(pool)] == [None, None]
        assert private.replaces_processes(pool) is False
        pool.terminate()
        private.forget_pool(backend)
        assert private.pool_of_processes(backend) is None


def test_pool_of_processes_is_none_of_other_backends(parallel):
    """Threads have a pool too, but no processes."""
    assert private.pool_of_processes(private.backend_of(parallel)) is None


def test_is_dask_is_false_of_other_backends(parallel):
    """The answer is the same where joblib's module of dask has been imported."""
    pytest.importorskip("distributed")
    import joblib._dask

    assert joblib._dask.DaskDistributedBackend
    assert private.is_dask(private.backend_of(parallel)) is False


def test_dask_backend_has_a_client_and_options():
    """The backend has `client`, `submit_kwargs` and `effective_n_jobs`."""
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=1, processes=False, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        joblib.parallel_config("dask", retries=2),
    ):
        backend, _ = private.get_active_backend()
        assert private.is_dask(backend)
        assert backend.client is client
        assert backend.submit_kwargs == {"retries": 2}
        assert backend.effective_n_jobs(-1) >= 1

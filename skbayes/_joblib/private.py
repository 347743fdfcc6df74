"""Private objects and attributes of joblib; no other file names any.

A test asserts each of them on the oldest and on the newest version, so that a removed
name fails there and not in a search.
"""

from __future__ import annotations

import queue
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from multiprocessing.pool import Pool
from typing import Any

from joblib import Parallel
from joblib._memmapping_reducer import (
    TemporaryResourcesManager,
    get_memmapping_reducers,
)
from joblib._parallel_backends import (
    FallbackToBackend,
    LokyBackend,
    MultiprocessingBackend,
    SequentialBackend,
    ThreadingBackend,
)
from joblib._utils import eval_expr
from joblib.externals.loky import ProcessPoolExecutor, process_executor
from joblib.externals.loky.process_executor import (
    BrokenProcessPool,
    ShutdownExecutorError,
    TerminatedWorkerError,
)
from joblib.parallel import BatchedCalls, get_active_backend

try:
    from joblib.externals import cloudpickle
except ImportError:  # joblib >= 1.6 depends on it
    import cloudpickle

__all__ = [
    "BatchedCalls",
    "BrokenProcessPool",
    "FallbackToBackend",
    "LokyBackend",
    "MultiprocessingBackend",
    "Parallel",
    "ProcessPoolExecutor",
    "SequentialBackend",
    "ShutdownExecutorError",
    "TemporaryResourcesManager",
    "TerminatedWorkerError",
    "ThreadingBackend",
    "backend_of",
    "cloudpickle",
    "drop_unsent_tasks",
    "eval_expr",
    "forget_pool",
    "get_active_backend",
    "get_memmapping_reducers",
    "is_broken",
    "is_dask",
    "is_inside_loky",
    "n_workers_of",
    "pool_of_processes",
    "processes_of",
    "remove_memory_maps",
    "replaces_processes",
    "settings_of",
    "submit_function",
    "worker_environment",
]


def backend_of(parallel: Parallel) -> Any:
    """The backend that a `Parallel` runs on, after any fallback."""
    return parallel._backend


def n_workers_of(parallel: Parallel) -> int:
    """Workers that run at once."""
    return int(parallel._effective_n_jobs())


def settings_of(backend: Any) -> dict[str, Any]:
    """The constructor arguments of a backend, to make another one like it."""
    return {
        "nesting_level": backend.nesting_level,
        "inner_max_num_threads": backend.inner_max_num_threads,
        # joblib < 1.5 has no further settings.
        **getattr(backend, "backend_kwargs", {}),
    }


def worker_environment(backend: LokyBackend, n_workers: int) -> Mapping[str, str]:
    """Environment variables that limit the threads of libraries in each worker."""
    environment: Mapping[str, str] = backend._prepare_worker_env(n_jobs=n_workers)
    return environment


def remove_memory_maps(
    manager: TemporaryResourcesManager, context: str | None, *, by_force: bool
) -> None:
    """Delete the files of memory maps of one context, or of all."""
    manager._clean_temporary_resources(
        context_id=context, force=by_force, allow_non_empty=by_force
    )


def is_broken(executor: ProcessPoolExecutor) -> bool:
    """Whether a worker of loky has died, perhaps while it was idle."""
    return executor._flags.broken is not None or executor._flags.shutdown


def drop_unsent_tasks(executor: ProcessPoolExecutor) -> None:
    """Forget the tasks that no worker of loky has taken, before it is shut down.

    The thread that feeds the workers would look them up after `shutdown` has removed
    them, and die of a KeyError (joblib 1.6). Their futures still get their error.
    """
    with suppress(queue.Empty):
        while True:
            executor._work_ids.get_nowait()


def is_inside_loky() -> bool:
    """Whether this process is a worker of loky."""
    return process_executor._CURRENT_DEPTH > 0  # type: ignore[no-any-return]


def is_dask(backend: Any) -> bool:
    """Whether a backend is joblib's dask backend, without importing dask."""
    module = sys.modules.get("joblib._dask")
    return module is not None and isinstance(backend, module.DaskDistributedBackend)


def submit_function(backend: Any) -> Callable[..., Any]:
    """The backend's `submit`, which joblib < 1.5 calls `apply_async`."""
    submit: Callable[..., Any] = getattr(backend, "submit", None) or backend.apply_async
    return submit


def pool_of_processes(backend: Any) -> Pool | None:
    """The pool of joblib's own multiprocessing backend, None on all others.

    ray has a subclass of that backend with another base under joblib's pool, which has
    no processes to look at: only Python's own `Pool` has.
    """
    pool = getattr(backend, "_pool", None)
    is_own = type(backend) is MultiprocessingBackend and isinstance(pool, Pool)
    return pool if is_own else None


def processes_of(pool: Pool) -> list[Any]:
    """The present processes of a pool."""
    return [*pool._pool]  # type: ignore[attr-defined]


def replaces_processes(pool: Pool) -> bool:
    """Whether each process ends as planned after a number of tasks."""
    return bool(pool._maxtasksperchild)  # type: ignore[attr-defined]


def forget_pool(backend: Any) -> None:
    """Make a backend start another pool instead of waiting for the end of this one."""
    backend._pool = None

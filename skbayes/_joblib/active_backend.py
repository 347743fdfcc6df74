"""Choose the pool of a search: the workers of joblib's active backend."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from typing import Any

from joblib import effective_n_jobs

from skbayes._joblib.dask_pool import DaskPool
from skbayes._joblib.loky_pool import LokyPool
from skbayes._joblib.pool import JoblibPool, Pool
from skbayes._joblib.private import (
    LokyBackend,
    SequentialBackend,
    eval_expr,
    get_active_backend,
    is_dask,
    is_inside_loky,
)


def open_pool(n_jobs: int | None) -> Pool:
    """Make the pool for joblib's active backend, to be entered as a context.

    Parameters
    ----------
    n_jobs : int or None
        Number of workers in joblib's sense: -1 is all cores, None the active setting.
    """
    backend, _ = get_active_backend()
    if is_dask(backend):
        return DaskPool(backend, n_jobs)
    if type(backend) is LokyBackend or is_single_default(n_jobs):
        return LokyPool(n_jobs, backend)
    return JoblibPool(n_jobs)


def runs_here(n_jobs: int | None) -> bool:
    """Whether this process is the only worker.

    A dask cluster counts as workers even with one, because it may grow.
    """
    backend, _ = get_active_backend()
    return not is_dask(backend) and effective_n_jobs(n_jobs) == 1


def is_single_default(n_jobs: int | None) -> bool:
    """Whether one worker was requested, and no particular backend.

    Inside a worker of loky too, where joblib sets threads as the backend.
    """
    if effective_n_jobs(n_jobs) != 1:
        return False
    backend, _ = get_active_backend()
    is_main = threading.current_thread() is threading.main_thread()
    return (is_inside_loky() and is_main) or isinstance(
        backend, LokyBackend | SequentialBackend
    )


def may_start_processes() -> bool:
    """Whether this process may have children; daemonic workers may not."""
    return not multiprocessing.current_process().daemon


def worker_name() -> str:
    """Name of the current process and thread."""
    # One text for all folds: a search may keep the results of a million.
    return sys.intern(f"{os.getpid()}-{threading.current_thread().name}")


def evaluate_pre_dispatch(pre_dispatch: Any, n_jobs: int) -> int:
    """joblib's `pre_dispatch`, such as ``"2*n_jobs"``, as a number of tasks."""
    if pre_dispatch == "all":
        return 2**31
    if isinstance(pre_dispatch, str):
        return int(eval_expr(pre_dispatch.replace("n_jobs", str(n_jobs))))
    return int(pre_dispatch)

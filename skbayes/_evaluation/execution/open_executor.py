"""Choose the executor of a search."""

from __future__ import annotations

from collections.abc import Callable

from skbayes._evaluation.execution.executor import SerialExecutor
from skbayes._evaluation.execution.pool_executor import PoolExecutor
from skbayes._evaluation.execution.single_process import SingleProcessExecutor
from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._evaluation.fold.fit_problems import Kind
from skbayes._joblib.active_backend import (
    is_single_default,
    may_start_processes,
    open_pool,
    runs_here,
)


def open_executor(
    evaluation: Evaluation,
    n_jobs: int | None,
    *,
    may_batch: bool = True,
    is_new: Callable[[Kind], bool] | None = None,
) -> SerialExecutor | PoolExecutor:
    """Make the executor for `n_jobs` on the active backend.

    A single worker needs no pool, unless a fit may have to be stopped by force and
    this process may start another one. `is_new` says which warnings a fit in this
    process shows at once.
    """
    if not runs_here(n_jobs):
        return PoolExecutor(evaluation, open_pool(n_jobs), may_batch=may_batch)
    is_limited = evaluation.settings.fit_timeout is not None
    if is_limited and may_start_processes() and is_single_default(n_jobs):
        return SingleProcessExecutor(evaluation, open_pool(n_jobs))
    return SerialExecutor(evaluation, is_new)

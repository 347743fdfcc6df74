"""Is the executor that of the workers which a search has?"""

from __future__ import annotations

import joblib
import pytest

from skbayes._evaluation.execution.executor import SerialExecutor
from skbayes._evaluation.execution.open_executor import open_executor
from skbayes._evaluation.execution.pool_executor import PoolExecutor
from skbayes._evaluation.execution.single_process import SingleProcessExecutor
from tests._evaluation.execution.folds import evaluation_of

MODULE = "skbayes._evaluation.execution.open_executor"


@pytest.mark.parametrize(
    ("n_jobs", "fit_timeout", "backend", "kind"),
    [
        (None, None, "loky", SerialExecutor),
        (1, None, "threading", SerialExecutor),
        (1, 9.0, "loky", SingleProcessExecutor),
        # A backend of the user's choice with one worker is this process.
        (1, 9.0, "threading", SerialExecutor),
        (2, None, "loky", PoolExecutor),
        (2, 9.0, "threading", PoolExecutor),
    ],
)
def test_open_executor_takes_another_process_where_it_must(
    n_jobs, fit_timeout, backend, kind
):
    """Several workers, or a fit to be stopped by force, need another process."""
    with joblib.parallel_config(backend):
        evaluation = evaluation_of(fit_timeout=fit_timeout)
        assert type(open_executor(evaluation, n_jobs)) is kind


def test_open_executor_is_serial_in_a_process_without_children(monkeypatch):
    """A process that may start no other stops fits between instructions only."""
    monkeypatch.setattr(f"{MODULE}.may_start_processes", lambda: False)
    executor = open_executor(evaluation_of(fit_timeout=9.0), 1)
    assert type(executor) is SerialExecutor

"""What workers are handed, and what comes back of it, whatever happens to them."""

from __future__ import annotations

import threading
import time
from contextlib import nullcontext

import joblib
import pytest
from sklearn.metrics import check_scoring

from skbayes._evaluation.execution.executor import Task
from skbayes._evaluation.execution.pool_executor import PoolExecutor
from skbayes._evaluation.fold.evaluation import Evaluation, FoldSettings
from skbayes._joblib.active_backend import open_pool
from skbayes._joblib.pool import JoblibPool
from tests.search.estimators import FOLDS, Scripted, X, fits, y


def evaluation_of(log):
    """Three folds of an estimator that keeps a log."""
    settings = FoldSettings(Scripted(log=log), check_scoring(Scripted()), {}, {})
    return Evaluation(X, y, list(FOLDS.split(X, y)), settings)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_pool_executor_begins_no_task_after_its_deadline(backend, tmp_path):
    """A late task comes back without a result; others of its batch are run."""
    log = str(tmp_path / "log")
    late, timely = time.monotonic(), time.monotonic() + 1e6
    with (
        joblib.parallel_config(backend),
        PoolExecutor(evaluation_of(log), open_pool(2)) as executor,
    ):
        executor.submit(
            [Task(0, 0, {}, deadline=timely), Task(0, 1, {}, deadline=late)]
        )
        executor.wait()
        first, second = executor.finished
    assert first.result.fold == 0
    assert second.result is None
    assert list(fits(log)) == ["fit 0.0 0"]


@pytest.mark.slow
@pytest.mark.parametrize("may_batch", [True, False])
def test_pool_executor_batches_short_folds_unless_none_may_be_lost(may_batch, tmp_path):
    log = str(tmp_path / "log")
    with (
        joblib.parallel_config("loky"),
        PoolExecutor(evaluation_of(log), open_pool(2), may_batch=may_batch) as executor,
    ):
        # Several: a worker's first fold may be slow.
        for trial in range(10):
            executor.submit([Task(trial, 0, {})])
            executor.wait()
        assert (executor.batch_size > 1) == may_batch


@pytest.mark.parametrize("after", range(0, 3000, 300))
def test_pool_executor_loses_no_call_that_a_thread_has_ended(after):
    """A pool that is aborted drops what is on its way through its queues."""
    begun, told, is_late = [], [], threading.Event()

    def call(number):
        begun.append(number)
        if number == after:
            is_late.set()
        return number

    with joblib.parallel_config("threading", n_jobs=2), JoblibPool(None) as pool:
        before = set(threading.enumerate())
        for number in range(3000):
            pool.submit([(call, (number,), {})], lambda results: told.extend(results))
        workers = [t for t in threading.enumerate() if t not in before]
        is_late.wait(60)
        pool.abort()
        for worker in workers:
            worker.join(60)
    assert after in begun
    assert sorted(told) == sorted(begun)


def test_pool_executor_runs_parallel_estimators_side_by_side_in_threads():
    """Each fit has an inner pool of its own, which no other fit ends."""
    from sklearn.ensemble import RandomForestClassifier

    from skbayes import GridSearchCV

    forest = RandomForestClassifier(4, n_jobs=2, random_state=0)
    search = GridSearchCV(forest, {"max_depth": [1, 2, 3]}, cv=FOLDS, refit=False)
    plain = search.fit(X, y).cv_results_["mean_test_score"]
    with (
        joblib.parallel_config("threading", n_jobs=2),
        pytest.warns(UserWarning, match="cores")
        if joblib.cpu_count() < 4
        else nullcontext(),
    ):
        search.fit(X, y)
    assert search.cv_results_["mean_test_score"].tolist() == plain.tolist()

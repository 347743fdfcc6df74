"""What workers are handed, and what comes back of it, whatever happens to them."""

from __future__ import annotations

import time

import joblib
import pytest
from sklearn.metrics import check_scoring

from skbayes._evaluation.executor import Task
from skbayes._evaluation.fold import Evaluation, FoldSettings
from skbayes._evaluation.pool_executor import PoolExecutor
from tests.search.estimators import FOLDS, Scripted, X, fits, y


def evaluation_of(log):
    """Three folds of an estimator that keeps a log."""
    settings = FoldSettings(Scripted(log=log), check_scoring(Scripted()), {}, {})
    return Evaluation(X, y, list(FOLDS.split(X, y)), settings)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["loky", "multiprocessing", "threading"])
def test_a_task_whose_deadline_has_passed_is_not_begun(backend, tmp_path):
    """It comes back without a result; others of its batch are run."""
    log = str(tmp_path / "log")
    late, timely = time.monotonic(), time.monotonic() + 1e6
    with (
        joblib.parallel_config(backend),
        PoolExecutor(evaluation_of(log), n_jobs=2) as executor,
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
@pytest.mark.parametrize(
    ("act", "error"), [("interrupt", KeyboardInterrupt), ("_exit", None)]
)
@pytest.mark.parametrize("backend", ["loky", "multiprocessing"])
def test_a_batch_that_is_cut_off_gives_what_it_had_finished(
    act, error, backend, tmp_path
):
    """The worker of its last fold is interrupted, or dies."""
    if (act, backend) == ("_exit", "multiprocessing"):
        pytest.skip("joblib does not notice that a worker of this backend has died")
    log = str(tmp_path / "log")
    batch = [Task(0, 0, {"quality": 0.25}), Task(0, 1, {"quality": 0.25})]
    with (
        joblib.parallel_config(backend),
        PoolExecutor(evaluation_of(log), n_jobs=2) as executor,
    ):
        executor.submit([*batch, Task(1, 0, {"act": act})])
        if error is not None:
            with pytest.raises(error, match="^$"):
                executor.wait()
            executor.abort()
        else:
            executor.wait()
        ended = [(o.task.trial, o.task.fold) for o in executor.finished]
    assert ended[:2] == [(0, 0), (0, 1)]
    assert len(ended) == (2 if error is not None else 3)
    assert fits(log)["fit 0.25 0"] == fits(log)["fit 0.25 1"] == 1

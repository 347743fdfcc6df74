"""Does a fold that no other process can run run in this one?"""

from __future__ import annotations

import threading

import pytest

from skbayes._evaluation.execution.executor import Task
from skbayes._evaluation.execution.remote_fold import Answer, TaskPart
from skbayes._evaluation.execution.single_process import SingleProcessExecutor
from tests._evaluation.execution.folds import HeldPool, evaluation_of
from tests.search.estimators import Scripted, score_of


class Locked(Scripted):
    """Has something that cannot be pickled."""

    lock = None

    def __sklearn_clone__(self):
        copy = Locked(self.act, self.quality)
        copy.lock = self.lock
        return copy


def unpicklable():
    """An evaluation whose estimator cannot be sent."""
    estimator = Locked(quality=0.5)
    estimator.lock = threading.Lock()
    return evaluation_of(estimator, fit_timeout=60.0)


def scores(executor):
    """Scores of what has ended."""
    return [outcome.result.test_scores["score"] for outcome in executor.finished]


def test_single_process_submit_keeps_here_what_cannot_be_pickled():
    """The executor runs one of these tasks each time it is waited for."""
    executor = SingleProcessExecutor(unpicklable(), HeldPool())
    executor.submit([Task(0, 0, {}), Task(0, 1, {})])
    assert executor.n_waiting == 2
    executor.wait()
    assert executor.n_waiting == 1
    assert scores(executor) == [score_of(0.5, 0)]
    executor.wait()
    assert executor.n_waiting == 1, "what has ended is taken in first"
    executor.finished.clear()
    executor.wait()
    assert scores(executor) == [score_of(0.5, 1)]
    assert executor.n_waiting == 0


def test_single_process_abort_drops_what_was_to_run_here():
    """`abort` drops the tasks that wait here, and the task that the worker has."""
    pool = HeldPool()
    executor = SingleProcessExecutor(unpicklable(), pool)
    executor.submit([Task(0, 0, {})])
    executor.abort()
    assert executor.n_waiting == 0
    other = SingleProcessExecutor(evaluation_of(fit_timeout=60.0), pool)
    other.submit([Task(0, 0, {})])
    other.abort()
    assert pool.is_aborted
    assert other.n_waiting == 0


@pytest.mark.parametrize(
    "answer",
    [
        Answer(traceback="E: e", not_loaded=TaskPart.TASK),
        Answer(traceback="E: e", not_loaded=TaskPart.SEARCH),
        Answer(traceback="E: e", is_fold_only=True),
    ],
)
def test_single_process_wait_runs_here_what_was_not_loaded_or_returned(answer):
    """Only `fit_timeout` has asked for another process."""
    pool = HeldPool()
    executor = SingleProcessExecutor(evaluation_of(fit_timeout=60.0), pool)
    executor.submit([Task(0, 1, {"quality": 0.25})])
    ((_, done),) = pool.held
    pool.held.clear()
    done([answer])
    executor.wait()
    assert scores(executor) == [score_of(0.25, 1)]


def test_single_process_wait_takes_the_result_of_the_worker():
    executor = SingleProcessExecutor(evaluation_of(fit_timeout=60.0), HeldPool())
    executor.submit([Task(0, 2, {"quality": 0.25})])
    assert executor.n_waiting == 1
    executor.wait()
    assert scores(executor) == [score_of(0.25, 2)]
    assert executor.n_waiting == 0

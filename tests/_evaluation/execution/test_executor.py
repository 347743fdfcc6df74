"""Does the executor of this process run tasks in order, one at a time?"""

from __future__ import annotations

import warnings
from collections import deque
from types import SimpleNamespace

import pytest

from skbayes._evaluation.execution.executor import (
    Outcome,
    SerialExecutor,
    Task,
    abort_and_receive,
    has_tasks,
)
from skbayes._evaluation.sharing.searched_path import PathSegment
from tests._evaluation.execution.folds import evaluation_of
from tests.search.estimators import Scripted, score_of


def test_task_arguments_end_with_the_segment():
    """The data come first, where dask looks for them, then what the task adds."""
    evaluation = evaluation_of()
    segment = PathSegment("n", (1, 2))
    task = Task(7, 1, {"quality": 0.25}, "context", segment=segment)
    X, y, train, test, settings, params, fold, context, shared, last = task.arguments(
        evaluation
    )
    assert X is evaluation.X
    assert y is evaluation.y
    assert train is evaluation.splits[1][0]
    assert test is evaluation.splits[1][1]
    assert settings is evaluation.settings
    assert (params, fold, context, shared) == ({"quality": 0.25}, 1, "context", None)
    assert last is segment


def test_serial_executor_runs_one_task_each_time_it_is_waited_for():
    tasks = [
        Task(trial, fold, {"quality": trial}) for trial in (0, 1) for fold in (2, 0)
    ]
    with SerialExecutor(evaluation_of()) as executor:
        assert (executor.n_workers, executor.batch_size) == (1, 1)
        assert (executor.n_elsewhere, executor.is_far) == (0, False)
        executor.submit(tasks[:3])
        executor.submit(tasks[3:])
        assert executor.n_waiting == 4
        assert not executor.finished
        for n_done in range(1, 5):
            executor.wait()
            assert len(executor.finished) == n_done
            assert executor.n_waiting == 4 - n_done
        executor.wait()
    assert [outcome.task for outcome in executor.finished] == tasks
    scores = [outcome.result.test_scores["score"] for outcome in executor.finished]
    assert scores == [score_of(task.params["quality"], task.fold) for task in tasks]


def test_serial_executor_abort_drops_what_has_not_begun():
    """`abort` keeps what has ended; nothing is held that could be released."""
    executor = SerialExecutor(evaluation_of())
    executor.submit([Task(0, 0, {}), Task(0, 1, {})])
    executor.release_held()
    assert executor.n_waiting == 2
    executor.wait()
    executor.abort()
    assert executor.n_waiting == 0
    assert len(executor.finished) == 1


def test_serial_executor_shows_the_warnings_that_are_new():
    """The executor asks for each warning, and only notes those that are not new."""
    asked = []

    def is_new(kind):
        asked.append(kind)
        return len(asked) == 1

    executor = SerialExecutor(evaluation_of(Scripted(act="warn")), is_new)
    executor.submit([Task(0, 0, {}), Task(0, 1, {})])
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter("always")
        executor.wait()
        executor.wait()
    assert [str(warning.message) for warning in shown] == ["told to warn"]
    assert asked == [(UserWarning, "told to warn")] * 2
    assert all(o.result.warnings == (asked[0],) for o in executor.finished)


@pytest.mark.parametrize(
    ("n_waiting", "n_elsewhere", "n_finished"),
    [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)],
)
def test_has_tasks_while_some_wait_run_elsewhere_or_are_not_taken_in(
    n_waiting, n_elsewhere, n_finished
):
    """A single task of any of these kinds is enough."""
    finished = deque([Outcome(Task(0, 0, {}), None)] * n_finished)
    executor = SimpleNamespace(
        n_waiting=n_waiting, n_elsewhere=n_elsewhere, finished=finished
    )
    assert has_tasks(executor) is (n_waiting + n_elsewhere + n_finished > 0)


@pytest.mark.parametrize("error", [RuntimeError("a dead pool"), KeyboardInterrupt()])
def test_abort_and_receive_passes_on_all_that_has_finished(error):
    """Also if the workers cannot be aborted, or Ctrl-C is pressed again."""

    class Finished:
        """Two tasks have finished, and it cannot be aborted."""

        def __init__(self):
            self.finished = deque(["first", "second"])

        def abort(self):
            """Fail."""
            raise error

    received = []
    abort_and_receive(Finished(), received.append)
    assert received == ["first", "second"]

"""Is a worker sent what a fold needs, and the shared parts once?"""

from __future__ import annotations

import pickle
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sklearn

from skbayes._evaluation.execution.executor import Task
from skbayes._evaluation.execution.fold_calls import FoldCalls
from skbayes._evaluation.execution.remote_fold import read_result
from tests._evaluation.execution.folds import HeldPool, evaluation_of
from tests.search.estimators import score_of


def run(call):
    """What a worker would return."""
    function, arguments, named = call
    return function(*arguments, **named)


def test_call_of_processes_runs_a_fold_there():
    """All that a worker is sent can be pickled, and its result is a pickle."""
    calls = FoldCalls(evaluation_of(), HeldPool())
    task = Task(3, 1, {"quality": 0.25})
    call = pickle.loads(pickle.dumps(calls.call(task, Path("report"))))
    result = read_result(run(call))
    assert result.fold == 1
    assert result.test_scores == {"score": score_of(0.25, 1)}


def test_call_of_threads_runs_a_fold_on_the_data_themselves():
    """A call of threads packs and shares nothing."""
    evaluation = evaluation_of()
    pool = HeldPool(shares_memory=True)
    call = FoldCalls(evaluation, pool).call(Task(3, 1, {"quality": 0.25}), None)
    assert call[1][0] is evaluation.X
    assert run(call).test_scores == {"score": score_of(0.25, 1)}
    assert pool.shared == []


def test_call_shares_data_folds_and_settings():
    """The settings are packed once; only the task differs from fold to fold."""
    evaluation, pool = evaluation_of(), HeldPool()
    calls = FoldCalls(evaluation, pool)
    first, second = (calls.call(Task(trial, 0, {}), None)[1] for trial in (0, 1))
    X, y, train, test, search = pool.shared[:5]
    assert X is evaluation.X
    assert y is evaluation.y
    assert train is evaluation.splits[0][0]
    assert test is evaluation.splits[0][1]
    assert pool.shared[9] is search
    assert [a is b for a, b in zip(first, second, strict=True)] == [
        *[True] * 5,
        False,
        True,
    ]


@pytest.mark.parametrize("shares_memory", [True, False])
@pytest.mark.parametrize("is_on_this_machine", [True, False])
def test_call_has_a_deadline_where_the_clock_is_shared(
    shares_memory, is_on_this_machine
):
    """A fold that is late is not begun; another machine's clock says nothing."""
    pool = HeldPool(shares_memory=shares_memory, is_on_this_machine=is_on_this_machine)
    task = Task(0, 0, {}, deadline=time.monotonic())
    answer = run(FoldCalls(evaluation_of(), pool).call(task, None))
    result = answer if shares_memory else read_result(answer)
    assert (result is None) is is_on_this_machine


def test_call_takes_the_configuration_of_scikit_learn_along():
    """Workers would have the default configuration."""

    def score(estimator, X, y):
        return float(sklearn.get_config()["assume_finite"])

    with sklearn.config_context(assume_finite=True):
        calls = FoldCalls(evaluation_of(scorer=score), HeldPool())
    result = read_result(run(calls.call(Task(0, 0, {}), None)))
    assert result.test_scores == {"score": 1.0}


def test_call_explains_what_cannot_be_pickled():
    """The note lists what workers are sent, and says what to write."""
    calls = FoldCalls(evaluation_of(), HeldPool())
    with pytest.raises(pickle.PicklingError, match="Could not pickle") as caught:
        calls.call(Task(0, 0, {"quality": threading.Lock()}), None)
    (note,) = caught.value.__notes__
    assert "pickles of the estimator Scripted(quality=0.5)" in note
    assert 'n_jobs=1, or threads: joblib.parallel_config("threading")' in note


@pytest.mark.parametrize("is_here", [True, False])
def test_call_tells_workers_of_this_machine_the_known_code(is_here):
    """On another machine the same code may be installed in another way."""
    evaluation = evaluation_of()
    settings = replace(evaluation.settings, known_code="the code")
    pool = HeldPool(is_on_this_machine=is_here)
    calls = FoldCalls(replace(evaluation, settings=settings), pool)
    call = calls.call(Task(0, 0, {}), None)
    _, sent = call[1][4].open()
    assert sent.known_code == ("the code" if is_here else None)


@pytest.mark.parametrize("report", [None, Path("folder") / "3-1"])
def test_call_names_the_file_for_a_report(report):
    """The call has the path as a text, or None where no process is to be ended."""
    evaluation = evaluation_of()
    call = FoldCalls(evaluation, HeldPool()).call(Task(3, 1, {"quality": 1}), report)
    params, fold, *_, path, deadline = call[1][5].open()
    assert (params, fold, deadline) == ({"quality": 1}, 1, None)
    assert path == (None if report is None else str(report))

"""Tasks run in the order in which most of their work is shared; none is lost."""

from collections import deque
from dataclasses import replace

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbayes._evaluation.execution.executor import Outcome, Task
from skbayes._evaluation.execution.ordered_executor import OrderedExecutor
from skbayes._evaluation.sharing.plan import SharingPlan
from skbayes._protocol import FoldResult


class Recording:
    """Ends the oldest batch when it is waited for, and keeps all batches."""

    n_workers = 2
    n_elsewhere = 0
    batch_size = 1

    def __init__(self):
        self.batches = []
        self.running = deque()
        self.finished = deque()

    @property
    def n_waiting(self):
        return len(self.running)

    def submit(self, tasks):
        self.batches.append([(task.trial, task.fold) for task in tasks])
        self.running.append(tasks)

    def wait(self, seconds=None):
        if self.running:
            for task in self.running.popleft():
                self.finished.append(Outcome(task, FoldResult(task.fold, {"score": 1})))

    def release_held(self):
        pass

    def abort(self):
        self.running.clear()


FOREST = RandomForestClassifier(random_state=0)
FOUR = [{"logisticregression__C": 1.0}] * 4
PIPELINE = make_pipeline(StandardScaler(), LogisticRegression())


def tasks_of(candidates, n_folds=2):
    """All folds of all candidates, in the order a search hands them over."""
    return [
        Task(trial, fold, params)
        for trial, params in enumerate(candidates)
        for fold in range(n_folds)
    ]


def ordered(estimator, candidates, *, may_batch=True, max_batches=1):
    """An executor that holds these candidates, and the one it hands them to."""
    inner = Recording()
    outer = OrderedExecutor(
        inner, SharingPlan(estimator), lambda: max_batches, may_batch
    )
    outer.submit(tasks_of(candidates))
    return outer, inner


def run_all(outer):
    """Wait until nothing is left: every outcome."""
    outcomes = []
    while outer.n_waiting:
        outer.wait()
        while outer.finished:
            outcomes.append(outer.finished.popleft())
    return outcomes


def test_ordered_executor_hands_over_a_path_fold_by_fold_largest_first():
    """Candidates that differ in the size alone are one batch for each fold."""
    sizes = [{"n_estimators": n, "max_depth": d} for d in (1, 2) for n in (5, 20, 10)]
    outer, inner = ordered(FOREST, sizes)
    outcomes = run_all(outer)
    assert inner.batches == [
        [(1, 0), (2, 0), (0, 0)],
        [(1, 1), (2, 1), (0, 1)],
        [(4, 0), (5, 0), (3, 0)],
        [(4, 1), (5, 1), (3, 1)],
    ]
    assert len(outcomes) == 12


def test_ordered_executor_hands_over_the_largest_first_without_batches():
    """Where folds are limited in time each goes alone, candidate by candidate."""
    outer, inner = ordered(
        FOREST, [{"n_estimators": 5}, {"n_estimators": 20}], may_batch=False
    )
    run_all(outer)
    assert inner.batches == [[(1, 0)], [(1, 1)], [(0, 0)], [(0, 1)]]


def test_ordered_executor_keeps_candidates_of_one_head_together():
    """Heads keep the order in which they first came."""
    candidates = [
        {"standardscaler__with_mean": mean, "logisticregression__C": C}
        for C in (1.0, 2.0)
        for mean in (True, False)
    ]
    outer, inner = ordered(PIPELINE, candidates)
    run_all(outer)
    assert [batch[0][0] for batch in inner.batches] == [0, 0, 2, 2, 1, 1, 3, 3]


def test_ordered_executor_hands_over_no_more_than_allowed():
    """The executor holds the other tasks, so that they can be given back."""
    outer, inner = ordered(PIPELINE, FOUR, max_batches=3)
    outer.wait()
    assert len(inner.batches) == 3
    assert outer.n_waiting == 7


def test_release_held_gives_back_what_was_not_begun():
    """A search that stops gets held tasks back as finished without a result."""
    outer, inner = ordered(PIPELINE, FOUR)
    outer.wait()
    outer.finished.clear()
    outer.release_held()
    assert [outcome.result for outcome in outer.finished] == [None] * 7
    assert outer.n_waiting == 0
    assert len(inner.batches) == 1


def test_abort_gives_up_what_is_held_and_keeps_what_has_ended():
    """Ctrl-C loses no finished fold."""
    outer, _ = ordered(PIPELINE, FOUR)
    outer.wait()
    outer.abort()
    assert len(outer.finished) == 1
    assert outer.n_waiting == 0


@pytest.mark.parametrize("value", [True, "10", None])
def test_ordered_executor_takes_no_path_of_what_is_no_size(value):
    """Only integers have an order of sizes."""
    outer, inner = ordered(FOREST, [{"n_estimators": value}, {"n_estimators": value}])
    run_all(outer)
    assert all(len(batch) == 1 for batch in inner.batches)


def test_ordered_executor_does_not_sort_a_large_grid_for_each_task(monkeypatch):
    """Tasks that come one by one wait until they are as many as those in order."""
    n_asked = 0
    is_on_path = SharingPlan.is_on_path

    def counted(self, params):
        nonlocal n_asked
        n_asked += 1
        return is_on_path(self, params)

    monkeypatch.setattr(SharingPlan, "is_on_path", counted)
    outer, inner = ordered(PIPELINE, FOUR * 50)
    n_tasks = outer.n_waiting
    later = tasks_of(FOUR * 50)
    for task in later:
        outer.wait()
        outer.submit([replace(task, trial=task.trial + 200)])
    outcomes = run_all(outer)
    assert len(inner.batches) == n_tasks + len(later)
    assert len({batch[0] for batch in inner.batches}) == n_tasks + len(later)
    assert len(outcomes) == 2 * n_tasks
    # Once or twice when they are sorted in, once when they are handed over.
    assert n_asked < 8 * n_tasks

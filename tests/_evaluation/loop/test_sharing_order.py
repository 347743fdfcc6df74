"""Are tasks reordered only where it does not matter which candidate ends first?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sklearn.ensemble import RandomForestClassifier

from skbayes._evaluation.execution.executor import Task
from skbayes._evaluation.execution.ordered_executor import WINDOW, OrderedExecutor
from skbayes._evaluation.fold.evaluation import Evaluation, FoldSettings
from skbayes._evaluation.loop.concurrency import Concurrency
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.loop.sharing_order import in_sharing_order
from skbayes._evaluation.sharing.plan import SharingPlan
from tests._evaluation.execution.test_ordered_executor import Recording

FOREST = RandomForestClassifier(random_state=0)


def evaluation_of(*, shares=True, **settings):
    """An evaluation that may share work."""
    plan = SharingPlan(FOREST) if shares else None
    given = FoldSettings(FOREST, None, {}, {}, **settings)
    return Evaluation(None, None, [], given, plan)


@pytest.mark.parametrize(
    ("shares", "settings"),
    [(False, {}), (True, {"lag": 1}), (True, {"time_budget": 9.0})],
)
def test_in_sharing_order_keeps_the_order_where_it_matters(shares, settings):
    """Adaptive searches, races and searches with a time budget keep their order."""
    executor, given = Recording(), LoopSettings(n_splits=2, max_batches=3, **settings)
    found = in_sharing_order(executor, given, evaluation_of(shares=shares))
    assert found == (executor, given)


@pytest.mark.parametrize("fit_timeout", [None, 9.0])
def test_in_sharing_order_hands_over_a_window_at_once(fit_timeout):
    """The limit on batches is the ordered executor's; a timeout forbids batches."""
    inner = Recording()
    given = LoopSettings(n_splits=1, max_batches=1)
    evaluation = evaluation_of(fit_timeout=fit_timeout)
    executor, settings = in_sharing_order(inner, given, evaluation)
    assert isinstance(executor, OrderedExecutor)
    assert settings == LoopSettings(n_splits=1, max_batches=WINDOW)
    executor.submit([Task(k, 0, {"n_estimators": 2 + k}) for k in range(3)])
    executor.wait()
    largest_first = [(2, 0), (1, 0), (0, 0)]
    assert inner.batches == (
        [largest_first] if fit_timeout is None else [largest_first[:1]]
    )


def test_in_sharing_order_follows_the_number_of_workers():
    """The number changes with the size of a cluster."""
    inner = Recording()
    concurrency = Concurrency("n_jobs", 1, is_adaptive=False, in_order=True)
    given = LoopSettings(n_splits=1, max_batches=1, concurrency=concurrency)
    executor, settings = in_sharing_order(inner, given, evaluation_of())
    assert settings.concurrency is None
    tasks = [Task(k, 0, {"max_depth": k}) for k in range(9)]
    executor.submit(tasks)
    inner.wait = lambda seconds=None: SimpleNamespace()
    executor.wait()
    assert len(inner.batches) == 2
    inner.n_workers = 5
    executor.wait()
    assert len(inner.batches) == 5

"""Run the tasks of a search in the order that shares most of their work."""

from __future__ import annotations

from dataclasses import replace

from skbayes._evaluation.execution.executor import Executor
from skbayes._evaluation.execution.ordered_executor import WINDOW, OrderedExecutor
from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._evaluation.loop.settings import LoopSettings


def in_sharing_order(
    executor: Executor, settings: LoopSettings, evaluation: Evaluation
) -> tuple[Executor, LoopSettings]:
    """Reorder the tasks of a search whose candidates are all known beforehand.

    An adaptive search, a race and a search with a time budget keep their order, because
    there it matters which candidate is complete first.
    """
    plan = evaluation.sharing
    if plan is None or settings.lag is not None or settings.time_budget is not None:
        return executor, settings

    def max_batches() -> int:
        if settings.concurrency is None:
            return settings.max_batches
        return settings.concurrency.batches(executor.n_workers)

    # The limit on batches moves into the ordered executor: the loop hands over a whole
    # window at once, from which the order is made.
    ordered = OrderedExecutor(
        executor,
        plan,
        max_batches,
        may_batch=evaluation.settings.fit_timeout is None,
    )
    return ordered, replace(settings, max_batches=WINDOW, concurrency=None)

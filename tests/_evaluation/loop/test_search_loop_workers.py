"""Workers are busy as long as candidates are left, and few candidates are open."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
from tests._evaluation.loop.simulation import (
    Clock,
    CountingStrategy,
    SimulatedExecutor,
    score_of,
)


@pytest.mark.parametrize("n_workers", [2, 4, 8, 16, 32])
def test_search_loop_keeps_workers_busy(n_workers):
    """Proposals of 20 ms and folds of 200 ms and more leave no worker idle."""
    from skbayes._evaluation.loop.concurrency import (
        batches_in_flight,
        candidates_under_way,
    )

    rng = np.random.default_rng(0)
    clock = Clock()
    executor = SimulatedExecutor(
        n_workers,
        lambda task: 0.2 + 0.2 * rng.lognormal(-0.125, 0.5),
        score_of,
        clock,
    )
    lag = candidates_under_way(n_workers, 5, in_order=True)
    loop = SearchLoop(
        CountingStrategy(150, clock, seconds=0.02),
        executor,
        LoopSettings(
            n_splits=5, lag=lag, max_batches=batches_in_flight(0, n_workers, True)
        ),
    )
    loop.run()
    assert executor.busy_seconds / (clock.now * n_workers) > 0.95


def seeded_share(n_workers, seed):
    """Share of the time workers are busy before the last fold is begun."""
    from skbayes._evaluation.loop.concurrency import (
        batches_in_flight,
        candidates_under_way,
    )

    rng = np.random.default_rng(seed)
    clock = Clock()
    executor = SimulatedExecutor(
        n_workers, lambda task: 0.4 * rng.lognormal(-0.125, 0.5), score_of, clock
    )
    lag = candidates_under_way(n_workers, 5, in_order=True)
    loop = SearchLoop(
        CountingStrategy(4 * n_workers, clock, seconds=0.01),
        executor,
        LoopSettings(
            n_splits=5, lag=lag, max_batches=batches_in_flight(0, n_workers, True)
        ),
    )
    loop.run()
    begins, ends = np.array(executor.spans).T
    until = begins.max()
    return (np.minimum(ends, until) - begins).sum() / (n_workers * until)


@pytest.mark.parametrize("n_workers", [16, 32])
def test_search_loop_of_a_seeded_search_leaves_few_workers_idle(n_workers):
    """Workers are busy in the unluckiest search, with fit times of any length."""
    assert min(seeded_share(n_workers, seed) for seed in range(12)) > 0.95


@pytest.mark.parametrize(
    ("n_workers", "in_order", "expected"),
    [
        (1, True, 1),
        (2, True, 2),
        (2, False, 2),
        (8, True, 5),
        (8, False, 4),
        (32, True, 29),
        (32, False, 16),
    ],
)
def test_search_loop_has_few_candidates_for_few_workers(n_workers, in_order, expected):
    """A proposal cannot know what is under way."""
    from skbayes._evaluation.loop.concurrency import candidates_under_way

    assert candidates_under_way(n_workers, 5, in_order=in_order) == expected

"""How much may be under way at once.

Too little, and workers idle; too much, and an adaptive search proposes without
knowing what it could have waited for.
"""

from __future__ import annotations

import math

from skbayes._backends import evaluate_pre_dispatch


def candidates_under_way(n_workers, n_splits, *, in_order):
    """Candidates an adaptive search may have open, including the newest.

    All workers and the folds ahead are fed by ``ceil((n_workers + ahead) / n_splits)``
    candidates. More bridge the time until the last folds of older ones end; more still
    where news is told in order, because one straggler then holds up the rest, and for
    each of many workers, of whom one always waits for the slowest.
    Simulated with log-normal fit times this keeps up to 32 workers busy for 95 % of
    the time, even in about the worst of a dozen searches, as long as a proposal takes
    less than a fold does divided by the workers and nothing slows the parent.
    """
    if n_workers == 1:
        return 1
    if in_order:
        bridge = max(n_workers // 4, 3 * n_workers // 4 - 4)
    else:
        bridge = max(n_workers // 8, n_workers // 4 - 1)
    return math.ceil((n_workers + _folds_ahead(n_workers)) / n_splits) + 1 + bridge


def batches_in_flight(pre_dispatch, n_workers, is_adaptive):
    """Batches to hand over before one has come back.

    An adaptive search keeps a little ahead of the workers: the next proposal is then
    computed while they are busy.
    """
    if n_workers == 1:
        return 1
    if is_adaptive:
        return n_workers + _folds_ahead(n_workers)
    return max(n_workers, evaluate_pre_dispatch(pre_dispatch, n_workers))


def _folds_ahead(n_workers):
    """Folds that wait for a worker: of many workers, several are free at once."""
    return math.ceil(n_workers / 8)

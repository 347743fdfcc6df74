"""Numbers of candidates and batches of folds that run at once.

With too few, workers idle; with too many, an adaptive search proposes candidates
without results that it could have waited for.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from skbayes._joblib.active_backend import evaluate_pre_dispatch

#: Each worker of a cluster has a fold in reserve, because sending one takes tens of
#: milliseconds. Beyond this number of workers fits are long, and need no reserve.
_NEAR_ENOUGH = 16


@dataclass(frozen=True)
class Concurrency:
    """Limits on what runs at once, as functions of the number of workers.

    The workers of a cluster come and go, so the limits are computed anew each time.

    Parameters
    ----------
    pre_dispatch : int or str
        Limit for searches that do not adapt, as in scikit-learn.
    n_splits : int
        Folds of a candidate that run at once.
    is_adaptive : bool
        Whether proposals depend on earlier scores.
    in_order : bool
        Whether trials are told in the order of the proposals, for repeatability.
    is_far : bool
        Whether sending a task to a worker takes long, as on another machine.
    """

    pre_dispatch: Any
    n_splits: int
    is_adaptive: bool
    in_order: bool
    is_far: bool = False

    def candidates(self, n_workers: int) -> int:
        """Candidates an adaptive search may have open, including the newest."""
        return candidates_under_way(
            n_workers, self.n_splits, in_order=self.in_order, is_far=self.is_far
        )

    def batches(self, n_workers: int) -> int:
        """Batches to hand over before one has been returned."""
        most = batches_in_flight(
            self.pre_dispatch, n_workers, self.is_adaptive, is_far=self.is_far
        )
        return max(most, n_workers + 1) if self.is_far else most


def candidates_under_way(
    n_workers: int, n_splits: int, *, in_order: bool, is_far: bool = False
) -> int:
    """Candidates an adaptive search may have open, including the newest.

    ``ceil((n_workers + ahead) / n_splits)`` candidates feed all workers and the folds
    ahead. More candidates bridge the time until the last folds of older ones end.
    Telling in order needs more again, because one slow fold then holds up the rest, and
    the more workers there are, the more often one of them is slow. Simulated with
    log-normal fit times these numbers keep up to 32 workers busy for 95 % of the time,
    even in about the worst of a dozen searches, as long as a proposal takes less than a
    fold divided by the workers and nothing slows the parent.
    """
    if n_workers == 1 and not is_far:
        return 1
    if in_order:
        bridge = max(n_workers // 4, 3 * n_workers // 4 - 4)
    else:
        bridge = max(n_workers // 8, n_workers // 4 - 1)
    n_folds = n_workers + _folds_ahead(n_workers, is_far=is_far)
    return math.ceil(n_folds / n_splits) + 1 + bridge


def batches_in_flight(
    pre_dispatch: int | str | None,
    n_workers: int,
    is_adaptive: bool,
    *,
    is_far: bool = False,
) -> int:
    """Batches to hand over before one has been returned.

    An adaptive search keeps a few folds ahead, so that the next proposal is computed
    while the workers are busy.
    """
    if n_workers == 1 and not is_far:
        return 1
    if is_adaptive:
        return n_workers + _folds_ahead(n_workers, is_far=is_far)
    return max(n_workers, evaluate_pre_dispatch(pre_dispatch, n_workers))


def _folds_ahead(n_workers: int, *, is_far: bool) -> int:
    """Folds kept ready: with many workers, several become free at once."""
    return math.ceil(n_workers / 8) + (min(n_workers, _NEAR_ENOUGH) if is_far else 0)

"""Maximise the acquisition for one suggestion."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes._acquisition import Candidates, build_acquisition, maximize
from skbayes._gp import CostModel
from skbayes._protocol import FloatArray
from skbayes._strategies.engine.improvement_margin import improvement_margin
from skbayes._strategies.engine.surrogate import Surrogate

#: Use the feasibility model from this many failures, or this share of trials.
MIN_FAILURES, FAILURE_SHARE = 3, 0.05
#: Best trials around which the maximiser samples.
N_PARENTS = 5


@dataclass(frozen=True)
class TimeLeft:
    """The rest of a time budget.

    Parameters
    ----------
    seconds : float
        Time until no new fit starts, at least 0.
    fraction : float
        Share of the whole budget, in [0, 1]: the weight of a candidate's cost.
    n_workers : int, default=1
        Folds that run at the same time.

    Raises
    ------
    ValueError
        If a setting is outside its range.

    Examples
    --------
    >>> from skbayes import Optimizer, TimeLeft
    >>> optimizer = Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0)
    >>> sorted(optimizer.ask(time_left=TimeLeft(30.0, 0.5)))
    ['x']
    """

    seconds: float
    fraction: float
    n_workers: int = 1

    def __post_init__(self) -> None:
        """Check the values: NaN would silently switch off the model."""
        is_time = self.seconds >= 0.0 and 0.0 <= self.fraction <= 1.0
        if not (is_time and self.n_workers >= 1):
            raise ValueError(
                "TimeLeft needs `seconds` >= 0, `fraction` in [0, 1] and `n_workers` "
                f">= 1. Got {self!r}."
            )


def check_time_left(time_left: Any) -> None:
    """Raise unless the argument is a `TimeLeft` or None."""
    if time_left is not None and not isinstance(time_left, TimeLeft):
        raise TypeError(
            "The `time_left` parameter of Optimizer.ask must be a TimeLeft or None. "
            f"Got {time_left!r} instead; write TimeLeft(seconds, fraction)."
        )


@dataclass(frozen=True)
class FoldCost:
    """A model of a candidate's cost, and the budget that is left.

    Parameters
    ----------
    model : CostModel
        Model of the log seconds of one fold.
    n_folds : int
        Folds of a complete candidate.
    time_left : TimeLeft
        The rest of the budget.
    """

    model: CostModel
    n_folds: int
    time_left: TimeLeft


def propose(
    surrogate: Surrogate,
    *,
    pending: FloatArray,
    exclude: FloatArray,
    share_left: float,
    rng: np.random.Generator,
    fixed: tuple[int, int] | None = None,
    cost: FoldCost | None = None,
) -> Candidates:
    """Find the points with the largest expected improvement.

    Parameters
    ----------
    surrogate : Surrogate
        Model of the scores.
    pending : array of shape (n_pending, n_columns)
        Encoded points that are being evaluated.
    exclude : array of shape (n_seen, n_columns)
        Encoded points not to propose again.
    share_left : float
        Share of the budget that is left, in [0, 1].
    rng : Generator
        Generator of this suggestion alone.
    fixed : tuple of (int, int) or None
        A categorical column and the level to search in, unless it has no points left.
    cost : FoldCost or None
        Cost and rest of a time budget.

    Returns
    -------
    Candidates
        Best first, none of them in `exclude`.
    """
    data, gp = surrogate.data, surrogate.gp
    n_failed = int(data.is_failed.sum())
    knows_failure = n_failed >= MIN_FAILURES or n_failed > FAILURE_SHARE * len(data.U)
    # The mean of a partial trial is an estimate: it may guide, but not be the
    # incumbent.
    is_incumbent = data.is_complete if data.is_complete.any() else ~data.is_failed
    acquisition = build_acquisition(
        gp,
        is_incumbent=is_incumbent,
        pending=pending if len(pending) else None,
        rng=rng,
        # Exploring costs more where more evaluations fail.
        margin=improvement_margin(
            data.targets[is_incumbent], share_left * (1.0 - data.is_failed.mean())
        ),
        is_feasible=~data.is_failed if n_failed and knows_failure else None,
        cost=None if cost is None else cost.model,
        cost_weight=0.0 if cost is None else cost.time_left.fraction,
        log_seconds_left=None if cost is None else _log_seconds_per_fold(cost),
    )
    # A branch whose points are all seen gives none; then the whole space is searched.
    for within in (None,) if fixed is None else (fixed, None):
        candidates = maximize(
            acquisition,
            surrogate.space,
            parents=_parents(surrogate),
            rng=rng,
            exclude=exclude,
            fixed=within,
        )
        if len(candidates.U) > 0:
            break
    return candidates


def _parents(surrogate: Surrogate) -> FloatArray:
    is_known = ~surrogate.data.is_failed
    means = np.where(is_known, surrogate.gp.mean_at_trials, -np.inf)
    best = np.argsort(-means, kind="stable")[: min(N_PARENTS, int(is_known.sum()))]
    return surrogate.data.U[best]


def _log_seconds_per_fold(cost: FoldCost) -> float:
    """Log of the seconds a fold may take if all folds are to fit in the budget."""
    left = cost.time_left
    n_rounds = math.ceil(cost.n_folds / left.n_workers)
    return math.log(max(left.seconds, 1e-9) / n_rounds)

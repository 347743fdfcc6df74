"""Settings of the search loop."""

from __future__ import annotations

from dataclasses import dataclass

from skbayes._evaluation.loop.concurrency import Concurrency


@dataclass(frozen=True)
class LoopSettings:
    """Settings of the search loop.

    Parameters
    ----------
    n_splits : int
        Folds of a complete trial.
    metric : str or None
        The deciding metric; the first one of a fold if folds have none of this name.
    lag : int or None
        How many candidates may be open when a new one is proposed; None for a strategy
        whose proposals do not depend on results.
    in_order : bool
        Whether trials are told in the order they were proposed, for repeatability.
    max_batches : int
        Batches in flight at most, for the workers at the beginning.
    concurrency : Concurrency or None
        Gives both limits when the number of workers changes; None if it cannot change.
    time_budget : float or None
        Seconds after which no new fit starts.
    reuse_duplicates : bool
        Whether a duplicate gets the results of the first candidate equal to it, without
        new fits.
    estimates_improvement : bool
        Whether observers need the expected improvement of the next candidate.
    test_share : float or None
        Share of the data that a fold holds out, on average.
    rungs : range
        Numbers of the fits on parts of the training samples.
    """

    n_splits: int
    metric: str | None = None
    lag: int | None = None
    in_order: bool = True
    max_batches: int = 1
    concurrency: Concurrency | None = None
    time_budget: float | None = None
    reuse_duplicates: bool = True
    estimates_improvement: bool = False
    test_share: float | None = None
    rungs: range = range(0)

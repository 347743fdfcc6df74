"""How a search is run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LoopSettings:
    """How a search is run.

    Parameters
    ----------
    n_splits : int
        Folds of a complete trial.
    metric : str or None
        The score that decides; None: the first one the scorer gives.
    lag : int or None
        How many candidates may be under way when a new one is proposed; None for a
        strategy that ignores what it is told.
    in_order : bool
        Whether trials are told in the order they were proposed, for repeatability.
    max_batches : int
        Batches in flight at most.
    time_budget : float or None
        Seconds after which no new fit starts.
    reuse_duplicates : bool
        Whether a candidate seen before gets its twin's results instead of new fits.
    estimates_improvement : bool
        Whether observers want to know what the next candidate is expected to gain.
    """

    n_splits: int
    metric: str | None = None
    lag: int | None = None
    in_order: bool = True
    max_batches: int = 1
    time_budget: float | None = None
    reuse_duplicates: bool = True
    estimates_improvement: bool = False

"""The public record of one search in a journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from skbayes._protocol import Trial


@dataclass(frozen=True)
class RecordedSearch:
    """One search in a journal; objects among its parameters are text.

    Parameters
    ----------
    number : int
        From 1, in the order begun.
    description : mapping of str to str
        Texts for people: estimator, scoring and so on.
    n_splits : int
        Folds of a complete trial.
    n_candidates : int or None
        Trials at most, as last requested.
    metric : str or None
        The deciding metric.
    begun, last_written : float
        Seconds since 1970.
    trials : sequence of Trial
        In the order begun.
    like : int or None, default=None
        Number of the most similar earlier search.
    differs_in : sequence of str, default=()
        Names of the parts in which it differs from that search.
    """

    number: int
    description: Mapping[str, str]
    n_splits: int
    n_candidates: int | None
    metric: str | None
    begun: float
    last_written: float | None
    trials: Sequence[Trial]
    like: int | None = None
    differs_in: Sequence[str] = ()

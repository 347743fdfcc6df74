"""One evaluation in the engine's form: checked and encoded."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray
from skbayes._strategies.engine.located_point import LocatedPoint


@dataclass(frozen=True, slots=True)
class Observation(LocatedPoint):
    """One evaluation that was told, or that is running.

    Parameters
    ----------
    params : dict
        Parameters of the point.
    key : hashable
        Key of the point; equal for equal points of the space.
    encoded : array of shape (n_columns,)
        Encoded point, in the unit cube.
    score : float
        Mean over the folds run; NaN if the evaluation failed.
    fold_scores : array of shape (n_folds,) or None
        Score of each fold, NaN where it was not run; None if not told.
    seconds_per_fold : float or None
        Duration of one fold, if known.
    is_prior : bool
        Whether the evaluation comes from an earlier search.
    """

    score: float
    fold_scores: FloatArray | None = None
    seconds_per_fold: float | None = None
    is_prior: bool = False

    @property
    def is_failed(self) -> bool:
        """Whether the evaluation has no score."""
        return math.isnan(self.score)

    @property
    def is_partial(self) -> bool:
        """Whether some folds were not run."""
        return self.fold_scores is not None and bool(np.isnan(self.fold_scores).any())


def observed(
    point: LocatedPoint, score: float, fold_scores: FloatArray | None = None
) -> Observation:
    """Make an observation of a point."""
    return Observation(point.params, point.key, point.encoded, score, fold_scores)


def n_folds_told(observations: Sequence[Observation]) -> int | None:
    """Number of folds of an evaluation; None if no fold scores were told."""
    return next(
        (len(o.fold_scores) for o in observations if o.fold_scores is not None), None
    )


class GrowingHistory:
    """Finds what is new in a history that grows at its end."""

    def __init__(self) -> None:
        self._n_read = 0
        self._latest: Observation | None = None

    def read(
        self, history: Sequence[Observation], forget: Callable[[], None]
    ) -> Sequence[Observation]:
        """Find the observations that are new.

        Parameters
        ----------
        history : sequence of Observation
            Commonly the one read before, with more observations at its end.
        forget : callable
            Called if it is another one, of which all observations are new.
        """
        # Identity of the last observation read suffices: observations are immutable,
        # and histories grow at the end only.
        n = self._n_read
        is_continued = len(history) >= n and (n == 0 or history[n - 1] is self._latest)
        if not is_continued:
            forget()
        self._n_read = len(history)
        self._latest = history[-1] if history else None
        return history[n:] if is_continued else history

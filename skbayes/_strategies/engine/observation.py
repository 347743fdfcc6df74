"""One evaluation in the engine's form: checked and encoded."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._protocol import FloatArray, Params


@dataclass(frozen=True, slots=True)
class Observation:
    """One evaluation that was told.

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

    params: Params
    key: Hashable
    encoded: FloatArray
    score: float
    fold_scores: FloatArray | None = None
    seconds_per_fold: float | None = None
    is_prior: bool = False

    @property
    def is_failed(self) -> bool:
        """Whether the evaluation has no score."""
        return bool(np.isnan(self.score))

    @property
    def is_partial(self) -> bool:
        """Whether some folds were not run."""
        return self.fold_scores is not None and bool(np.isnan(self.fold_scores).any())


def n_folds_told(observations: Sequence[Observation]) -> int | None:
    """Number of folds of an evaluation; None if no fold scores were told."""
    return next(
        (len(o.fold_scores) for o in observations if o.fold_scores is not None), None
    )

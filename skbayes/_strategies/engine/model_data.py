"""What the Gaussian process is given: transformed targets, and where they are noisy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from skbayes._gp import (
    FAILED_VARIANCE,
    OutputTransform,
    choose_rows,
    fit_standardisation,
)
from skbayes._gp import fit_yeo_johnson as fit_power
from skbayes._protocol import FloatArray
from skbayes._strategies.targets import BoolArray, TrainingData

IntArray = NDArray[np.intp]

#: The output transforms that suggestions alternate between: neither is best on all
#: problems, and each leads out of what the other is caught in.
TRANSFORMS = (fit_standardisation, fit_power)
#: The exact posterior is of at most this many rows, and those since the last renewal.
MAX_ROWS = 1000
#: In a history longer than this, what takes n^3 operations is done anew only every so
#: many trials: the fit, the choice of rows and the factorisation.
LONG_HISTORY, RENEW_EVERY = 300, 10


@dataclass(frozen=True)
class ModelData:
    """Rows of a Gaussian process in the units it works in.

    Parameters
    ----------
    U : array of shape (n_rows, n_columns)
        Encoded points.
    targets : array of shape (n_rows,)
        Transformed scores; a failed row has the worst of the others.
    extra_noise : array of shape (n_rows,)
        Known variance of each target beyond the learned noise.
    is_complete, is_failed : bool array of shape (n_rows,)
        All folds were run; the evaluation failed.
    transform : OutputTransform
        From scores to targets.
    """

    U: FloatArray
    targets: FloatArray
    extra_noise: FloatArray
    is_complete: BoolArray
    is_failed: BoolArray
    transform: OutputTransform


def model_data(data: TrainingData, transform_idx: int) -> ModelData | None:
    """Targets of the data under one of the transforms.

    Parameters
    ----------
    data : TrainingData
        What was told.
    transform_idx : int
        Which of `TRANSFORMS`.

    Returns
    -------
    ModelData or None
        None if there is nothing to learn: no score at all, or all the same.
    """
    is_failed = data.is_failed
    if is_failed.all():
        return None
    known = data.scores[~is_failed]
    transform = TRANSFORMS[transform_idx](known)
    if transform.is_constant:
        return None
    scores = np.where(is_failed, known.min(), data.scores)
    noise = transform.noise(scores, data.extra_noise)
    targets = transform.forward(scores)
    kept = _kept_rows(data.U, targets)
    return ModelData(
        U=data.U[kept],
        targets=targets[kept],
        extra_noise=np.where(is_failed, FAILED_VARIANCE, noise)[kept],
        is_complete=data.is_complete[kept],
        is_failed=is_failed[kept],
        transform=transform,
    )


def _kept_rows(U: FloatArray, targets: FloatArray) -> IntArray:
    """Rows of the posterior: a choice of those at the last renewal, all newer ones."""
    n = len(U)
    if n <= MAX_ROWS:
        return np.arange(n)
    n_old = n - n % RENEW_EVERY
    old = choose_rows(U[:n_old], targets[:n_old], MAX_ROWS)
    return np.concatenate([old, np.arange(n_old, n)])

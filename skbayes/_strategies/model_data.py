"""What the Gaussian process is given: transformed targets, and where they are noisy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._gp import (
    FAILED_VARIANCE,
    OutputTransform,
    choose_rows,
    fit_standardisation,
)
from skbayes._gp import fit_yeo_johnson as fit_power
from skbayes._protocol import FloatArray
from skbayes._strategies.targets import BoolArray, TrainingData

#: The output transforms that suggestions alternate between: neither is best on all
#: problems, and each leads out of what the other is caught in.
TRANSFORMS = (fit_standardisation, fit_power)
#: The exact posterior is of at most this many rows.
MAX_ROWS = 1000


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
    kept = choose_rows(data.U, targets, MAX_ROWS)
    return ModelData(
        U=data.U[kept],
        targets=targets[kept],
        extra_noise=np.where(is_failed, FAILED_VARIANCE, noise)[kept],
        is_complete=data.is_complete[kept],
        is_failed=is_failed[kept],
        transform=transform,
    )

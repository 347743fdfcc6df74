"""The data of the Gaussian process: points, transformed targets, their noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._gp import (
    FAILED_VARIANCE,
    Layout,
    OutputTransform,
    RowChoice,
    fit_standardisation,
)
from skbayes._gp import fit_yeo_johnson as fit_power
from skbayes._protocol import BoolArray, FloatArray, IntArray
from skbayes._strategies.engine.training_data import TrainingData

#: The output transforms that suggestions alternate between: neither is best on all
#: problems, and each escapes regions in which the other one stays.
TRANSFORMS = (fit_standardisation, fit_power)
#: The posterior has at most this many rows, and those since the last renewal.
MAX_ROWS = 1000
#: In a history longer than this, steps of n^3 operations are repeated only every few
#: trials: the fit, the choice of rows and the factorisation.
LONG_HISTORY, RENEW_EVERY = 300, 10
#: From twice as many trials on they are repeated half as often, and so on.
RENEW_EVERY_UNTIL = 1000


@dataclass(frozen=True)
class ModelData:
    """Rows of a Gaussian process in transformed units.

    Parameters
    ----------
    U : array of shape (n_rows, n_columns)
        Encoded points.
    targets : array of shape (n_rows,)
        Transformed scores; a failed row has the worst target of the others.
    extra_noise : array of shape (n_rows,)
        Known variance of each target beyond the learned noise.
    is_complete, is_failed : bool array of shape (n_rows,)
        Whether all folds were run; whether the evaluation failed.
    transform : OutputTransform
        Transform from scores to targets.
    """

    U: FloatArray
    targets: FloatArray
    extra_noise: FloatArray
    is_complete: BoolArray
    is_failed: BoolArray
    transform: OutputTransform


def last_renewal(n: int) -> int:
    """Number of trials at the last renewal, given n trials in a long history.

    The more trials the steps depend on, the less a few new trials change them.
    """
    # 10, 20, 40 ... trials: n // 1000 is 1 below 2,000 and 2 or 3 below 4,000.
    n_doublings = max(0, (n // RENEW_EVERY_UNTIL).bit_length() - 1)
    return n - n % (RENEW_EVERY << n_doublings)


def row_choice(layout: Layout) -> RowChoice:
    """Make the rule that chooses the rows of the posterior of a long history."""
    return RowChoice(layout, MAX_ROWS)


def model_data(
    layout: Layout,
    data: TrainingData,
    transform_idx: int,
    choice: RowChoice | None = None,
) -> ModelData | None:
    """Transform the data for the Gaussian process.

    Parameters
    ----------
    layout : Layout
        The columns of the encoded points.
    data : TrainingData
        Distinct points with their scores.
    transform_idx : int
        Index in `TRANSFORMS`.
    choice : RowChoice or None, default=None
        The choice of an earlier call, which is continued.

    Returns
    -------
    ModelData or None
        None without scores, or if all scores are equal.
    """
    is_failed = data.is_failed
    if is_failed.all():
        return None
    known = data.scores[~is_failed]
    transform = TRANSFORMS[transform_idx](known)
    # Equal scores have no scale: nothing can be standardised.
    if transform.is_constant:
        return None
    # The transform is fitted without failures: their invented score would distort it.
    scores = np.where(is_failed, known.min(), data.scores)
    noise = transform.noise(scores, data.extra_noise)
    targets = transform.forward(scores)
    kept = _kept_rows(choice or row_choice(layout), data.U, targets)
    return ModelData(
        U=data.U[kept],
        targets=targets[kept],
        extra_noise=np.where(is_failed, FAILED_VARIANCE, noise)[kept],
        is_complete=data.is_complete[kept],
        is_failed=is_failed[kept],
        transform=transform,
    )


def _kept_rows(choice: RowChoice, U: FloatArray, targets: FloatArray) -> IntArray:
    """Rows of the posterior: a subset as of the last renewal, and all newer rows."""
    n = len(U)
    if n <= MAX_ROWS:
        return np.arange(n)
    # The choice is renewed every few trials, so that the factorisation can be extended
    # in between.
    n_old = last_renewal(n)
    old = choice.rows(U[:n_old], targets[:n_old])
    return np.concatenate([old, np.arange(n_old, n)])

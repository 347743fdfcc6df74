"""What has been told: checked, encoded, in the order it came."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Real as RealNumber
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray, Params


@dataclass(frozen=True, slots=True)
class Observation:
    """One evaluation, as it was told.

    Parameters
    ----------
    params : dict
        What was evaluated.
    key : hashable
        Equal for equal points of the space.
    encoded : array of shape (n_columns,)
        The point in the unit cube.
    score : float
        Mean over the folds run; NaN if the evaluation failed.
    fold_scores : array of shape (n_folds,) or None
        Score of each fold, NaN where it was not run; None if not told.
    seconds_per_fold : float or None
        What one fold took, where that is known.
    is_prior : bool
        Came from an earlier search.
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
        """Whether the evaluation gave no score."""
        return bool(np.isnan(self.score))

    @property
    def is_partial(self) -> bool:
        """Whether some folds were not run."""
        return self.fold_scores is not None and bool(np.isnan(self.fold_scores).any())


@dataclass(frozen=True)
class Pending:
    """A point that is being evaluated, and the folds of it that have ended.

    Parameters
    ----------
    params : dict
        The point.
    fold_scores : array of shape (n_folds,), default=None
        NaN where a fold has not ended; None where none has.
    """

    params: Params
    fold_scores: FloatArray | None = None


def check_score(
    score: Any, named: str = "The `score` parameter of Optimizer.tell"
) -> float:
    """Convert a score to a finite float, or NaN for a failed evaluation.

    Parameters
    ----------
    score : float
        NaN and minus infinity both mean that the evaluation failed.
    named : str
        What it is, as error messages begin.

    Returns
    -------
    float
        Finite or NaN.

    Raises
    ------
    TypeError
        If it is not a number.
    ValueError
        If it is plus infinity.
    """
    if not _is_real(score):
        raise TypeError(
            f"{named} must be a number, greater is better. Got {score!r} of type "
            f"{type(score).__name__} instead. Tell NaN for an evaluation that failed."
        )
    value = _to_float(score)
    if value == np.inf:
        raise ValueError(
            f"{named} must be finite, or NaN or -inf for an evaluation that failed. "
            "Got inf instead: greater is better, so tell the negative of a loss."
        )
    return value if np.isfinite(value) else np.nan


def check_fold_scores(
    fold_scores: Any, n_folds: int | None, *, owner: str = "Optimizer.tell"
) -> FloatArray | None:
    """Convert fold scores to an array, None if there are none or all are NaN.

    Parameters
    ----------
    fold_scores : array-like of shape (n_folds,) or None
        NaN where a fold was not run.
    n_folds : int or None
        How many folds all earlier evaluations had.
    owner : str
        Who was given them, for error messages.

    Returns
    -------
    array of shape (n_folds,) or None
        A copy.

    Raises
    ------
    ValueError
        If they are no numbers, too few or too many, or one is infinite.
    """
    if fold_scores is None:
        return None
    prefix = f"The `fold_scores` parameter of {owner} must "
    try:
        folds = np.array(fold_scores, dtype=np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{prefix}be one number per fold. Got {fold_scores!r}."
        ) from None
    if folds.ndim != 1 or folds.size == 0:
        raise ValueError(f"{prefix}be one score per fold. Got shape {folds.shape}.")
    if n_folds is not None and len(folds) != n_folds:
        raise ValueError(
            f"{prefix}have the same length for every point, because folds are "
            f"compared with each other. Got {len(folds)} after {n_folds}."
        )
    if np.isinf(folds).any():
        raise ValueError(
            f"{prefix}be finite, or NaN for a fold that was not run. Got {folds}. "
            "Tell score=NaN without fold scores for an evaluation that failed."
        )
    return None if np.isnan(folds).all() else folds


def check_outcome(
    score: Any, fold_scores: Any, n_folds: int | None
) -> tuple[float, FloatArray | None]:
    """Convert what was told of an evaluation, which must not contradict itself.

    Parameters
    ----------
    score : float
        As for `check_score`.
    fold_scores : array-like of shape (n_folds,) or None
        As for `check_fold_scores`.
    n_folds : int or None
        How many folds all earlier evaluations had.

    Returns
    -------
    score : float
        Mean over the folds that were run; NaN for an evaluation that failed.
    folds : array of shape (n_folds,) or None
        None where none was run or told.

    Raises
    ------
    TypeError
        If the score is no number.
    ValueError
        If one of them is not valid, or they contradict each other.
    """
    value = check_score(score)
    folds = check_fold_scores(fold_scores, n_folds)
    if folds is not None:
        return score_of_folds(value, folds), folds
    if fold_scores is not None and not np.isnan(value):
        raise ValueError(
            "The `fold_scores` parameter of Optimizer.tell must agree with `score`. "
            f"Got score={value}, but NaN for every fold."
        )
    return value, None


def score_of_folds(score: float, folds: FloatArray) -> float:
    """Mean of the folds that were run, which must not contradict the score.

    Parameters
    ----------
    score : float
        As told with the folds. Where all were run it must be their mean; where some
        were not it is not used, but must not say that the evaluation failed.
    folds : array of shape (n_folds,)
        At least one that is not NaN.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If they contradict each other.
    """
    mean = float(np.nanmean(folds))
    is_partial = bool(np.isnan(folds).any())
    agrees = is_partial or bool(np.isclose(score, mean, rtol=1e-6))
    if agrees and np.isfinite(mean) and not np.isnan(score):
        return mean if is_partial else score
    raise ValueError(
        "The `fold_scores` parameter of Optimizer.tell must agree with `score`, the "
        f"mean of the folds that were run. Got score={score} and fold_scores={folds}. "
        "Tell score=NaN without fold scores for an evaluation that failed."
    )


def check_seconds(seconds: Any) -> float | None:
    """Convert a duration to a float, or None.

    Parameters
    ----------
    seconds : float or None
        How long the evaluation took.

    Returns
    -------
    float or None
        Finite and not negative.

    Raises
    ------
    ValueError
        If it is no number, negative, NaN or infinite.
    """
    if seconds is None:
        return None
    value = _to_float(seconds) if _is_real(seconds) else np.nan
    if not np.isfinite(value) or value < 0:
        raise ValueError(
            "The `seconds` parameter of Optimizer.tell must be a finite number >= 0, "
            f"or None. Got {seconds!r} instead."
        )
    return value


def _is_real(value: Any) -> bool:
    """Whether it is a real number; neither a bool nor a numpy duration is."""
    return isinstance(value, RealNumber) and not isinstance(
        value, bool | np.bool_ | np.timedelta64
    )


def _to_float(value: Any) -> float:
    """The nearest float, infinite where it is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def n_folds_told(observations: Sequence[Observation]) -> int | None:
    """How many folds an evaluation has, None where no fold scores were told."""
    return next(
        (len(o.fold_scores) for o in observations if o.fold_scores is not None), None
    )

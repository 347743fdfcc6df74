"""Checks of the arguments of `Optimizer.ask` and `Optimizer.tell`."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real as RealNumber
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray, Params
from skbayes.space._space import Space


@dataclass(frozen=True)
class Pending:
    """A point that is being evaluated, with its finished folds.

    Parameters
    ----------
    params : dict
        Parameters of the point.
    fold_scores : array of shape (n_folds,), default=None
        NaN where a fold has not ended; None if none has.

    Examples
    --------
    >>> from skbayes import Optimizer, Pending
    >>> optimizer = Optimizer({"x": (0.0, 1.0, "uniform")}, random_state=0)
    >>> running = Pending(optimizer.ask(), [0.4, float("nan")])
    >>> sorted(optimizer.ask(pending=[running]))
    ['x']
    """

    params: Params
    fold_scores: FloatArray | None = None


def check_initial_params(
    initial_params: Sequence[Mapping[str, Any]] | None, space: Space, *, owner: str
) -> tuple[Params, ...]:
    """Canonical values of the points, each once, in order.

    Parameters
    ----------
    initial_params : sequence of dict or None
        Points; each has a value for every parameter.
    space : Space
        The space that must contain them.
    owner : str
        The caller's name, for error messages.

    Returns
    -------
    tuple of dict
        Empty for None.

    Raises
    ------
    TypeError
        If it is not a sequence of dicts.
    ValueError
        If a parameter is missing, unknown or outside the space; the message names it.
    """
    if initial_params is None:
        return ()
    expected = (
        f"The `initial_params` parameter of {owner} must be a list of dicts, each with "
        "a value for every parameter of the space."
    )
    # A string is a Sequence too.
    if isinstance(initial_params, Mapping | str) or not isinstance(
        initial_params, Sequence
    ):
        raise TypeError(
            f"{expected} Got {type(initial_params).__name__} instead; put a single "
            "dict in a list."
        )
    distinct: dict[Hashable, Params] = {}
    for i, params in enumerate(initial_params):
        if not isinstance(params, Mapping):
            raise TypeError(f"{expected} Got {params!r} at position {i}.")
        try:
            space.check(dict(params), owner=owner)
        except (TypeError, ValueError) as error:
            raise ValueError(
                f"The `initial_params` parameter of {owner} must hold points of the "
                f"space, but the one at position {i} is not: {error}"
            ) from None
        # Equal points would waste evaluations of the initial design.
        distinct.setdefault(space.key(dict(params)), space.canonical(dict(params)))
    return tuple(distinct.values())


def check_score(
    score: Any, named: str = "The `score` parameter of Optimizer.tell"
) -> float:
    """Convert a score to a finite float, or NaN for a failed evaluation.

    Parameters
    ----------
    score : float
        NaN and minus infinity both mean that the evaluation failed.
    named : str
        Beginning of error messages.

    Returns
    -------
    float
        Score, finite or NaN.

    Raises
    ------
    TypeError
        If the score is not a number.
    ValueError
        If the score is plus infinity.
    """
    # A score from a user's own loop may be anything, for instance an array of length 1.
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
    """Convert fold scores to an array; None if there are none or all are NaN.

    Parameters
    ----------
    fold_scores : array-like of shape (n_folds,) or None
        Scores of the folds; NaN where a fold was not run.
    n_folds : int or None
        Number of folds of all earlier evaluations.
    owner : str
        The caller's name, for error messages.

    Returns
    -------
    array of shape (n_folds,) or None
        A copy.

    Raises
    ------
    ValueError
        If they are not numbers, too few or too many, or one is infinite.
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
    # The fold model compares fold k of all points, so every row has the same length.
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
    """Convert the score and the fold scores of an evaluation, which must agree.

    Parameters
    ----------
    score : float
        Score of the evaluation, as `check_score` accepts it.
    fold_scores : array-like of shape (n_folds,) or None
        Scores of the folds, as `check_fold_scores` accepts them.
    n_folds : int or None
        Number of folds of all earlier evaluations.

    Returns
    -------
    score : float
        Mean over the folds that were run; NaN for a failed evaluation.
    folds : array of shape (n_folds,) or None
        Scores of the folds; None if no fold was run or told.

    Raises
    ------
    TypeError
        If the score is not a number.
    ValueError
        If `score` or `fold_scores` is not valid, or the two contradict each other.
    """
    value = check_score(score)
    folds = check_fold_scores(fold_scores, n_folds)
    # With fold scores the mean is computed here; the score only checks the call.
    if folds is not None:
        return score_of_folds(value, folds), folds
    if fold_scores is not None and not np.isnan(value):
        raise ValueError(
            "The `fold_scores` parameter of Optimizer.tell must agree with `score`. "
            f"Got score={value}, but NaN for every fold."
        )
    return value, None


def score_of_folds(score: float, folds: FloatArray) -> float:
    """Mean of the folds that were run, which must agree with the score.

    Parameters
    ----------
    score : float
        The score told with the folds. If all were run, it must be their mean. If some
        were not, it is not used, but must not be NaN.
    folds : array of shape (n_folds,)
        Scores of the folds, at least one of them not NaN.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the score and the fold scores disagree.
    """
    mean = float(np.nanmean(folds))
    is_partial = bool(np.isnan(folds).any())
    # The mean of a user's loop may be rounded or summed in another order.
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
        Duration of the evaluation.

    Returns
    -------
    float or None
        Finite and not negative.

    Raises
    ------
    ValueError
        If it is not a number, or negative, NaN or infinite.
    """
    # Durations model the cost: an invalid one would distort it without an error.
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
    """Whether a value is a real number; bools and numpy durations are not."""
    return isinstance(value, RealNumber) and not isinstance(
        value, bool | np.bool_ | np.timedelta64
    )


def _to_float(value: Any) -> float:
    """The nearest float; infinite for an integer that is too large."""
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf

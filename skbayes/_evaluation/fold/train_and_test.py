"""Fit an estimator on the training part of a fold and score it on the test part.

What scikit-learn's `_fit_and_score` does, with its own parts, so that scores are equal
to the last bit. It takes both parts of X at once and holds them to the end; here the
test part is taken after the fit, and takes the place of the training part: a worker
needs memory for the larger of the two only.
"""

from __future__ import annotations

import math
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skbayes._compat import (
    check_method_params,
    end_fit_task,
    fit_task,
    indices_for,
    is_multimetric,
    metric_names,
    safe_split,
    score_estimator,
)
from skbayes._evaluation.fold.evaluation import FoldSettings
from skbayes._split_parts import n_samples_in


@dataclass(frozen=True)
class FoldData:
    """The user's data and the training and test samples of one fold."""

    X: Any
    y: Any
    train: Any
    test: Any


@dataclass(frozen=True)
class FoldScores:
    """What a fit gave.

    Parameters
    ----------
    error : str or None
        Traceback of a fit that failed; its scores are NaN.
    test_scores, train_scores : float or dict
        As the scorer gave them; None for `train_scores` that were not asked for.
    n_test_samples : int
        Samples of the test part; 0 if the fit was not begun.
    estimator : estimator or None
        The fitted estimator.
    """

    error: str | None
    test_scores: Any
    train_scores: Any = None
    n_test_samples: int = 0
    estimator: Any = None


def train_and_test(
    estimator: Any, data: FoldData, settings: FoldSettings, scorer: Any, context: Any
) -> FoldScores:
    """Fit an estimator, whose parameters are set, and score it.

    Parameters
    ----------
    estimator : estimator
        Is fitted.
    data : FoldData
        Data of the fold.
    settings : FoldSettings
        Arguments of the fit and the scorer, and what else is asked for.
    scorer : callable
        In place of the one in `settings`.
    context : callback context or None
        Is told when the fit begins and ends.

    Raises
    ------
    Exception
        From the fit or the scorer, with ``error_score="raise"``; otherwise only from
        data that cannot be indexed.
    """
    train, test = (indices_for(data.X, part) for part in (data.train, data.test))
    fit_params = _cut(data.X, settings.fit_params, train)
    n_test = n_samples_in(data.test)
    try:
        training = safe_split(estimator, data.X, data.y, train)
    except ValueError:
        # The parameters need other data, as kernel="precomputed" a square X.
        if settings.raises_if_not_set or settings.error_score == "raise":
            raise
        return failed_fit(settings, traceback.format_exc(), n_test)
    try:
        error = _fit(estimator, training, fit_params, settings, context)
        if error is not None:
            return failed_fit(settings, error, n_test)
        if not settings.return_train_score and context is None:
            training = (None, None)  # gives its memory to the test part
        testing = safe_split(estimator, data.X, data.y, test, train)
        params = _cut(data.X, settings.score_params, test)
        scores = _scores(estimator, testing, scorer, params, settings)
        train_scores = None
        if settings.return_train_score:
            del testing
            params = _cut(data.X, settings.score_params, train)
            train_scores = _scores(estimator, training, scorer, params, settings)
        return FoldScores(None, scores, train_scores, n_test, estimator)
    finally:
        if context is not None:
            X, y = training
            end_fit_task(context, settings.caller, X, y, fit_params)


def failed_fit(
    settings: FoldSettings, error: str, n_test_samples: int = 0
) -> FoldScores:
    """The scores of a fit that failed: NaN for each metric known beforehand."""
    scores: Any = math.nan
    if is_multimetric(settings.scorer):
        scores = dict.fromkeys(metric_names(settings.scorer), math.nan)
    return FoldScores(error, scores, scores, n_test_samples)


def _cut(X: Any, params: Mapping[str, Any], indices: Any) -> Mapping[str, Any]:
    cut: Mapping[str, Any] = check_method_params(X, params=params, indices=indices)
    return cut


def _fit(
    estimator: Any,
    training: tuple[Any, Any],
    fit_params: Mapping[str, Any],
    settings: FoldSettings,
    context: Any,
) -> str | None:
    """Fit; return the traceback of an error, or raise it."""
    X, y = training
    targets = () if y is None else (y,)
    try:
        with fit_task(context, settings.caller, estimator, X, y, fit_params):
            estimator.fit(X, *targets, **fit_params)
    except Exception:
        if settings.error_score == "raise":
            raise
        return traceback.format_exc()
    return None


def _scores(
    estimator: Any,
    part: tuple[Any, Any],
    scorer: Any,
    params: Mapping[str, Any],
    settings: FoldSettings,
) -> Any:
    return score_estimator(
        estimator, *part, scorer, params, error_score=settings.error_score
    )

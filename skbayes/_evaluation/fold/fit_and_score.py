"""One fold of one candidate: fit on the training part, score on the rest."""

from __future__ import annotations

import numbers
import re
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sklearn.base import clone

from skbayes._backends import worker_name
from skbayes._compat import (
    fit_and_score,
    is_multimetric,
    metric_names,
    noting_scorer,
    safe_split,
)
from skbayes._evaluation.time_limit import TimeLimit, time_limit
from skbayes._protocol import FoldResult, Params
from skbayes.exceptions import FitTimeout

#: The name of a metric that has none.
SINGLE = "score"

#: The line of a traceback that names a MemoryError, or another library's own.
_OUT_OF_MEMORY = re.compile(r"^[\w.]*MemoryError\b", re.MULTILINE)


@dataclass(frozen=True)
class FoldSettings:
    """What all folds of a search have in common, except the data.

    Parameters
    ----------
    estimator : estimator
        Cloned anew for every fold.
    scorer : callable
        Gives a number, or a dict of numbers.
    fit_params, score_params : mapping
        Passed to ``fit`` and to the scorer, sliced to the samples in use.
    return_train_score : bool
        Whether to score on the training part too.
    error_score : float or "raise"
        Score of a fold whose fit or scoring fails.
    predict_method : str or None
        Method whose out-of-fold output is kept, None to keep none.
    caller : estimator or None
        The search, for the callbacks of scikit-learn.
    origin : float
        Monotonic time at which the search began.
    fit_timeout : float or None
        Seconds a fold may take.
    exit_report : str or None
        File that tells where a fold was whose process had to be ended because it took
        longer and did not stop; None: the process is not ended.
    """

    estimator: Any
    scorer: Any
    fit_params: Mapping[str, Any]
    score_params: Mapping[str, Any]
    return_train_score: bool = False
    error_score: Any = float("nan")
    predict_method: str | None = None
    caller: Any = None
    origin: float = 0.0
    fit_timeout: float | None = None
    exit_report: str | None = None


@dataclass(frozen=True)
class Evaluation:
    """Data, folds and settings, fixed once for a whole search.

    Parameters
    ----------
    X, y : array-like
        The user's data.
    splits : sequence of (train, test)
        Index arrays; every candidate sees the same ones.
    settings : FoldSettings
        How a fold is fitted and scored.
    """

    X: Any
    y: Any
    splits: Sequence[tuple[Any, Any]]
    settings: FoldSettings

    @property
    def n_splits(self) -> int:
        """Folds of a complete trial."""
        return len(self.splits)

    @property
    def metric_names(self) -> tuple[str, ...]:
        """Names of the scorer's metrics, as far as they are known beforehand."""
        return metric_names(self.settings.scorer)

    def arguments(
        self,
        params: Params,
        fold: int,
        context: Any,
        exit_report: str | None = None,
    ) -> tuple[Any, ...]:
        """Arguments of `run_fold`; X and y come first, where dask looks for data."""
        train, test = self.splits[fold]
        settings = self.settings
        if exit_report is not None:
            settings = replace(settings, exit_report=exit_report)
        return (self.X, self.y, train, test, settings, params, fold, context)


@dataclass(frozen=True)
class _FoldData:
    """The user's data, and what of them one fold trains and is tested on."""

    X: Any
    y: Any
    train: Any
    test: Any


class _StopFlag:
    """A callback context that remembers whether a hook asked to stop."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self.is_raised = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)

    def call_on_fit_task_end(self, **arguments: Any) -> bool:
        self.is_raised = bool(self._context.call_on_fit_task_end(**arguments))
        return self.is_raised


def run_fold(
    X: Any,
    y: Any,
    train: Any,
    test: Any,
    settings: FoldSettings,
    params: Params,
    fold: int,
    context: Any = None,
) -> FoldResult:
    """Fit and score one candidate on one fold.

    A fit that fails, asks the whole process to exit or takes too long gives
    ``error_score`` and its traceback; with ``error_score="raise"`` it raises.
    """
    started = time.monotonic()
    context = None if context is None else _StopFlag(context)
    scorer = noting_scorer(settings.scorer)
    data = _FoldData(X, y, train, test)
    raw, is_fatal = _fit_within_limit(data, settings, params, scorer, context)
    predictions = None
    if settings.predict_method is not None and raw["fit_error"] is None:
        predictions = _predict(raw["estimator"], settings.predict_method, data)
    return FoldResult(
        fold=fold,
        test_scores=_as_mapping(raw["test_scores"]),
        train_scores=_as_mapping(raw["train_scores"])
        if settings.return_train_score
        else None,
        fit_time=(scorer.began or time.monotonic()) - started,
        score_time=scorer.seconds,
        n_test_samples=raw["n_test_samples"],
        error=raw["fit_error"],
        scoring_error=scorer.error,
        started=started - settings.origin,
        worker=worker_name(),
        predictions=predictions,
        is_multimetric=isinstance(raw["test_scores"], dict),
        stop=context is not None and context.is_raised,
        is_fatal=is_fatal,
    )


def _fit_within_limit(
    data: _FoldData, settings: FoldSettings, params: Params, scorer: Any, context: Any
) -> tuple[dict[str, Any], bool]:
    """What scikit-learn gives of a fold, and whether it is fatal.

    Fatal is a fit that asked the process to exit, took longer than `fit_timeout` or
    ran out of memory: other folds of the candidate would do so too, and what they take
    until then is taken from everything else.
    """
    estimator = clone(settings.estimator)
    limit = time_limit(settings.fit_timeout, exit_report=settings.exit_report)
    try:
        with limit as limited:
            raw = fit_and_score(
                estimator,
                data.X,
                data.y,
                scorer=scorer,
                train=data.train,
                test=data.test,
                parameters=params,
                fit_params=settings.fit_params,
                score_params=settings.score_params,
                return_train_score=settings.return_train_score,
                return_estimator=settings.predict_method is not None,
                error_score=settings.error_score,
                verbose=0,
                caller=settings.caller,
                callback_ctx=context,
            )
    except FitTimeout as error:
        if settings.error_score == "raise":
            # In threads it comes without a message.
            raise FitTimeout(TimeLimit(settings.fit_timeout).message) from error
        return _failure(settings, traceback.format_exc()), True
    except SystemExit:
        if settings.error_score == "raise":
            raise
        return _failure(settings, traceback.format_exc()), True
    if limited.is_exceeded:
        raw = _overdue_result(settings, raw, limited.message)
    return raw, limited.is_exceeded or _is_out_of_memory(raw["fit_error"])


def _is_out_of_memory(fit_error: str | None) -> bool:
    """Whether a traceback tells of a MemoryError; scikit-learn keeps nothing else.

    numpy and others raise kinds of their own, under names that end alike.
    """
    return fit_error is not None and _OUT_OF_MEMORY.search(fit_error) is not None


def _failure(settings: FoldSettings, error: str) -> dict[str, Any]:
    """What scikit-learn gives where it catches the error, for those it does not."""
    names = metric_names(settings.scorer)
    score = settings.error_score
    is_several = is_multimetric(settings.scorer)
    scores = dict.fromkeys(names, score) if is_several else score
    return {
        "fit_error": error,
        "test_scores": scores,
        "train_scores": scores,
        "n_test_samples": 0,
    }


def _overdue_result(
    settings: FoldSettings, raw: dict[str, Any], message: str
) -> dict[str, Any]:
    """A fold that took too long has failed, whatever it made of the exception."""
    if raw["fit_error"] is not None:
        return raw
    if settings.error_score == "raise":
        raise FitTimeout(message)
    return _failure(settings, f"FitTimeout: {message}")


def _as_mapping(scores: Any) -> Mapping[str, float]:
    if isinstance(scores, numbers.Number):
        return {SINGLE: scores}  # type: ignore[dict-item]
    mapping: Mapping[str, float] = scores
    return mapping


def _predict(estimator: Any, method: str, data: _FoldData) -> Any:
    """Predictions for the held-out part; None where the estimator cannot make any."""
    X_test, _ = safe_split(estimator, data.X, None, data.test, data.train)
    try:
        return getattr(estimator, method)(X_test)
    except Exception:
        # The scorer called the same method: that it failed shows in the score.
        return None

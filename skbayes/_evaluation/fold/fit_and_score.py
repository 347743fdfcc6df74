"""Fit and score one candidate on one fold."""

from __future__ import annotations

import math
import numbers
import time
import traceback
from collections.abc import Mapping
from typing import Any

from sklearn.base import clone

from skbayes._compat import safe_split
from skbayes._evaluation.fold.autologging import without_autologging
from skbayes._evaluation.fold.evaluation import FoldSettings
from skbayes._evaluation.fold.failure_causes import ends_fit_only, is_out_of_memory
from skbayes._evaluation.fold.fitted_estimator import FittedEstimator
from skbayes._evaluation.fold.kept_output import KeptOutput, kept_output
from skbayes._evaluation.fold.recording_scorer import ScorerNotes, recording_scorer
from skbayes._evaluation.fold.set_parameters import set_parameters, what_to_write
from skbayes._evaluation.fold.time_limit import TimeLimit, raise_if_overdue, time_limit
from skbayes._evaluation.fold.train_and_test import (
    FoldData,
    FoldScores,
    failed_fit,
    train_and_test,
)
from skbayes._evaluation.sharing.hooks import SharedFold
from skbayes._evaluation.sharing.session import Session, shared_fits
from skbayes._evaluation.stopping.stopped_fit import StoppedFit
from skbayes._joblib.active_backend import worker_name
from skbayes._protocol import SINGLE, FoldResult, Params
from skbayes.exceptions import FitTimeout


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
    shared: SharedFold | None = None,
) -> FoldResult:
    """Fit and score one candidate on one fold.

    A fit that fails, exits the process or takes too long gives NaN and its traceback;
    with ``error_score="raise"`` it raises.
    """
    # Monotonic, because the wall clock may be set back during a search.
    started = time.monotonic()
    context = None if context is None else _StopFlag(context)
    data = FoldData(X, y, train, test)
    with shared_fits(shared) as session, without_autologging():
        # A new scorer for each fold: its notes belong to this fold alone.
        seen = None if session is None else session.note_scored
        scorer = recording_scorer(
            settings.scorer,
            seen,
            raises=settings.error_score == "raise",
            raises_if_no_number=settings.raises_if_not_set,
        )
        found, is_fatal, n_rounds = _fit_within_limit(
            data, settings, params, scorer, context, session
        )
        raise_if_overdue()
        kept = _kept(found, settings, data)
    return _result(
        found,
        scorer.notes,
        kept,
        settings,
        fold=fold,
        started=started,
        n_rounds=n_rounds,
        stop=context is not None and context.is_raised,
        is_fatal=is_fatal,
    )


def _result(
    found: FoldScores,
    notes: ScorerNotes,
    kept: KeptOutput,
    settings: FoldSettings,
    *,
    fold: int,
    started: float,
    n_rounds: int | None,
    stop: bool,
    is_fatal: bool,
) -> FoldResult:
    """The record of a fold, from its scores and what was noted beside them."""
    train_scores = (
        _scores(found.train_scores, "train", notes.errors)
        if settings.return_train_score
        else None
    )
    is_kept = settings.keep_estimators and found.error is None
    return FoldResult(
        fold=fold,
        test_scores=_scores(found.test_scores, "test", notes.errors),
        train_scores=train_scores,
        # Up to the first call of the scorer; a fit that failed never called it.
        fit_time=(notes.began or time.monotonic()) - started,
        score_time=notes.seconds,
        n_test_samples=found.n_test_samples,
        error=found.error,
        scoring_errors=notes.errors or None,
        started=started - settings.origin,
        worker=worker_name(),
        predictions=kept.predictions,
        probabilities=kept.probabilities,
        response_method=kept.method,
        response_classes=kept.classes,
        estimator=FittedEstimator(found.estimator) if is_kept else None,
        is_multimetric=isinstance(found.test_scores, dict),
        stop=stop,
        is_fatal=is_fatal,
        n_rounds=n_rounds,
    )


def _estimator_to_fit(
    data: FoldData, settings: FoldSettings, session: Session | None
) -> tuple[Any, StoppedFit | None]:
    """A clone of the estimator, and its fit if that is to stop early."""
    estimator = clone(settings.estimator)
    if session is not None:
        session.begin(estimator)
    if (how := settings.stopping) is None:
        return estimator, None
    return estimator, StoppedFit(estimator, how, data.train, session)


def _fit_within_limit(
    data: FoldData,
    settings: FoldSettings,
    params: Params,
    scorer: Any,
    context: Any,
    session: Session | None,
) -> tuple[FoldScores, bool, int | None]:
    """Fit and score; return what was found, whether it is fatal, and rounds.

    A fatal one asked the process to exit, exceeded `fit_timeout` or ran out of memory:
    the candidate's other folds would do so too, and are not run.
    """
    estimator, stopped = _estimator_to_fit(data, settings, session)
    # Setting parameters counts too: a setter may build a model or load a file.
    limit = time_limit(settings.fit_timeout, exit_report=settings.exit_report)
    try:
        with limit as limited:
            if (error := _try_to_set(estimator, params, settings)) is not None:
                return failed_fit(settings, error), False, None
            found = train_and_test(estimator, data, settings, scorer, context)
    except FitTimeout as error:
        if settings.error_score == "raise":
            # In a thread the exception is raised asynchronously, without a message.
            raise FitTimeout(TimeLimit(settings.fit_timeout).message) from error
        return failed_fit(settings, traceback.format_exc()), True, None
    except BaseException as error:
        # No Exception, so `train_and_test` lets it through.
        if settings.error_score == "raise" or not ends_fit_only(error):
            raise
        is_fatal = isinstance(error, SystemExit)
        return failed_fit(settings, traceback.format_exc()), is_fatal, None
    if limited.is_exceeded:
        found = _overdue_result(settings, found, limited.message)
    is_fatal = limited.is_exceeded or is_out_of_memory(found.error)
    return found, is_fatal, None if stopped is None else stopped.n_rounds


def _try_to_set(estimator: Any, params: Params, settings: FoldSettings) -> str | None:
    """Set parameters on the estimator; return the traceback if they cannot be set."""
    try:
        set_parameters(estimator, params)
    except FitTimeout:
        raise
    except Exception as error:
        advice = what_to_write(estimator, params)
        if settings.raises_if_not_set or settings.error_score == "raise":
            if advice is not None:
                error.add_note(advice)
            raise
        explained: Exception = error
        if advice is not None:
            explained = ValueError(advice)
            explained.__cause__ = error
        return "".join(traceback.format_exception(explained))
    return None


def _overdue_result(
    settings: FoldSettings, found: FoldScores, message: str
) -> FoldScores:
    """Mark a fold as failed that caught the timeout and went on to the end."""
    if found.error is not None:
        return found
    if settings.error_score == "raise":
        raise FitTimeout(message)
    return failed_fit(settings, f"FitTimeout: {message}")


def _scores(scores: Any, part: str, errors: Mapping[str, str]) -> dict[str, float]:
    """Scores of one part by metric, with NaN in place of `error_score`."""
    if isinstance(scores, numbers.Number):
        scores = {SINGLE: scores}
    if not scores:
        raise ValueError(
            "The `scoring` callable gave an empty dict. It must give a number, or a "
            "dict with at least one: the names of scores with their values."
        )
    for name, score in scores.items():
        if isinstance(score, numbers.Complex) and not isinstance(score, numbers.Real):
            raise ValueError(
                f"The `scoring` parameter must give real numbers. Got {score!r} for "
                f"{name!r} instead."
            )
    return {
        name: math.nan if f"{part}_{name}" in errors else score
        for name, score in scores.items()
    }


def _kept(found: FoldScores, settings: FoldSettings, data: FoldData) -> KeptOutput:
    if settings.kept_scorer is None or found.error is not None:
        return KeptOutput()
    estimator = found.estimator
    X_test, y_test = safe_split(estimator, data.X, data.y, data.test, data.train)
    return kept_output(
        estimator,
        settings.kept_scorer,
        X_test,
        y_test,
        with_probabilities=settings.keep_probabilities,
    )

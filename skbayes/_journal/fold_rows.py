"""Write a finished fold as a row of a journal, and read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from skbayes._deciding_metric import metric_or_first
from skbayes._journal.params_codec import scores_from_json, scores_to_json
from skbayes._journal.predictions_codec import (
    predictions_from_bytes,
    predictions_to_bytes,
)
from skbayes._protocol import FoldResult

#: The columns of every `FoldResult`.
FOLD_COLUMNS = (
    "test_scores, train_scores, fit_time, score_time, n_test_samples, error, "
    "scoring_errors, started, worker, is_multimetric, is_fatal, "
    "n_rounds"
)
#: All columns that are written, in the order of `kept_row`.
KEPT_COLUMNS = f"{FOLD_COLUMNS}, predictions, response_method, kept_for"


@dataclass(frozen=True)
class FoldNeeds:
    """Requirements of a search on a fold of a journal.

    Parameters
    ----------
    metric : str or None
        The deciding metric; None: the first one.
    train_scores : bool
        Whether scores on the training part are needed.
    predictions : bool
        Whether out-of-fold predictions are needed.
    probabilities : bool
        Whether probabilities of the classes are needed too.
    """

    metric: str | None = None
    train_scores: bool = False
    predictions: bool = False
    probabilities: bool = False

    def are_met(self, kept_for: str | None) -> bool:
        """Whether predictions that were kept for another search meet the needs."""
        # Predictions depend on the scorer's method: predict_proba of one metric does
        # not serve another that needs decision_function.
        if kept_for is None:
            return False
        metric, with_probabilities = json.loads(kept_for)
        is_enough = with_probabilities or not self.probabilities
        return metric == self.metric and is_enough


def kept_row(result: FoldResult, needs: FoldNeeds) -> tuple[Any, ...]:
    """Values of `KEPT_COLUMNS`, as types of SQLite."""
    train = result.train_scores
    return (
        scores_to_json(result.test_scores),
        None if train is None else scores_to_json(train),
        float(result.fit_time),
        float(result.score_time),
        int(result.n_test_samples),
        _storable(result.error),
        # sqlite3 refuses numpy's scalars and lone surrogates: every value is converted.
        result.scoring_errors and _storable(json.dumps(dict(result.scoring_errors))),
        float(result.started),
        _storable(result.worker),
        int(result.is_multimetric),
        int(result.is_fatal),
        None if result.n_rounds is None else int(result.n_rounds),
        *(_kept_output(result, needs) if needs.predictions else (None, None, None)),
    )


def _kept_output(
    result: FoldResult, needs: FoldNeeds
) -> tuple[bytes | None, str | None, str]:
    """Values of the last three columns: the predictions and their origin."""
    output = result.predictions, result.probabilities, result.response_classes
    kept_for = json.dumps([needs.metric, needs.probabilities])
    return predictions_to_bytes(output), result.response_method, kept_for


def fold_of(fold: int, row: Sequence[Any], written: float | None = None) -> FoldResult:
    """Read the fold of a row of `FOLD_COLUMNS`; ValueError if it is invalid.

    `written` is the time of writing in seconds since 1970.
    """
    test, train, fit_time, score_time, n_test_samples, *rest = row
    error, scoring_errors, started, worker, is_multimetric, *rest = rest
    is_fatal, n_rounds = rest
    return FoldResult(
        fold=fold,
        test_scores=scores_from_json(test),
        train_scores=None if train is None else scores_from_json(train),
        fit_time=fit_time,
        score_time=score_time,
        n_test_samples=n_test_samples,
        error=error,
        scoring_errors=scoring_errors and _errors_from_json(scoring_errors),
        started=started,
        worker=worker,
        is_multimetric=bool(is_multimetric),
        is_fatal=bool(is_fatal),
        written=written,
        n_rounds=n_rounds,
    )


def usable_fold(
    fold: int,
    row: Sequence[Any],
    written: float,
    needs: FoldNeeds,
    *,
    with_failed: bool = False,
) -> FoldResult | None:
    """Read the fold of a row of `KEPT_COLUMNS`; None if it must be run again.

    It must if it failed, except `with_failed`, or if it lacks what the search needs.
    """
    *facts, output, response_method, kept_for = row
    result = fold_of(fold, facts, written)
    # A failure may have had a passing cause, such as memory: it is run again.
    if not _has_score(result, needs.metric):
        return result if with_failed else None
    if needs.train_scores and result.train_scores is None:
        return None
    # Drop unneeded columns: cv_results_ must not depend on the journal's history.
    if not needs.train_scores:
        result = replace(result, train_scores=None)
    if not needs.predictions:
        return result
    if output is None or not needs.are_met(kept_for):
        return None
    predictions, probabilities, classes = predictions_from_bytes(output)
    return replace(
        result,
        predictions=predictions,
        probabilities=probabilities if needs.probabilities else None,
        response_classes=classes,
        response_method=response_method,
    )


def _has_score(result: FoldResult, metric: str | None) -> bool:
    """Whether a fold has a score of the deciding metric, else of its first one."""
    deciding = metric_or_first(metric, result.test_scores)
    return deciding is not None and result.failure(deciding) is None


def _errors_from_json(text: str) -> dict[str, str]:
    """Read the tracebacks of metrics; ValueError if the text has none."""
    errors = json.loads(text)
    if not isinstance(errors, dict) or not all(
        isinstance(error, str) for error in errors.values()
    ):
        raise ValueError(f"These are no tracebacks: {text[:80]}")
    return errors


def _storable(text: str | None) -> str | None:
    """Escape what UTF-8 cannot encode: tracebacks may quote undecodable file names."""
    return text and text.encode("utf-8", "backslashreplace").decode("utf-8")

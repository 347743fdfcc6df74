"""The record of a fold that returned none."""

from __future__ import annotations

import math

from skbayes._compat import is_multimetric
from skbayes._evaluation.fold.evaluation import Evaluation
from skbayes._protocol import FoldResult


def failed_fold(
    fold: int, error: BaseException, evaluation: Evaluation, *, details: str = ""
) -> FoldResult:
    """Make the record of a fatal fold: it killed its worker, or could not be run there.

    Raises
    ------
    BaseException
        `error`, if the search ends with the first error.
    """
    if evaluation.settings.error_score == "raise":
        if details:
            error.add_note(details)
        raise error
    return FoldResult(
        fold=fold,
        test_scores=dict.fromkeys(evaluation.metric_names, math.nan),
        train_scores=dict.fromkeys(evaluation.metric_names, math.nan)
        if evaluation.settings.return_train_score
        else None,
        error=f"{details}{type(error).__name__}: {error}",
        is_multimetric=is_multimetric(evaluation.settings.scorer),
        is_fatal=True,
    )

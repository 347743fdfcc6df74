"""The output of a fitted candidate on the held-out samples, to be kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sklearn.base import is_classifier

from skbayes._evaluation.fold.response_method import response_method
from skbayes._protocol import FoldResult


@dataclass(frozen=True)
class KeptOutput:
    """Predictions of one fold; None where nothing is kept or predicted.

    Parameters
    ----------
    predictions : object or None
        Output of `method`.
    method : str or None
        The method that the scorer judges.
    classes : object or None
        The estimator's ``classes_``.
    probabilities : object or None
        Output of ``predict_proba``.
    """

    predictions: Any = None
    method: str | None = None
    classes: Any = None
    probabilities: Any = None


def kept_output(
    estimator: Any, scorer: Any, X: Any, y: Any, *, with_probabilities: bool
) -> KeptOutput:
    """Predict on the held-out samples.

    Parameters
    ----------
    estimator : estimator
        The fitted candidate.
    scorer : callable
        The scorer whose input is kept.
    X, y : array-like
        The samples held out.
    with_probabilities : bool
        Whether the probabilities of a classifier are kept too.

    Returns
    -------
    KeptOutput
    """
    method = response_method(scorer, estimator, X, y)
    predictions = None if method is None else _output(estimator, method, X)
    probabilities = None
    if with_probabilities and is_classifier(estimator):
        is_there = method == "predict_proba"
        probabilities = (
            predictions if is_there else _output(estimator, "predict_proba", X)
        )
    return KeptOutput(
        predictions=predictions,
        method=None if predictions is None else method,
        classes=getattr(estimator, "classes_", None),
        probabilities=probabilities,
    )


def _output(estimator: Any, method: str, X: Any) -> Any:
    try:
        return getattr(estimator, method)(X)
    except Exception:
        # The scorer called the same method, so the failure shows in the score. A
        # classifier without probabilities cannot join an ensemble, but has not failed.
        return None


def without_output(result: FoldResult) -> FoldResult:
    """The result without its predictions and its estimator."""
    return replace(
        result,
        predictions=None,
        probabilities=None,
        response_method=None,
        response_classes=None,
        estimator=None,
    )

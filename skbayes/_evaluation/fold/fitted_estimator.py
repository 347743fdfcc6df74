"""Hands a fitted estimator from a fold to its one consumer."""

from __future__ import annotations

from typing import Any


class FittedEstimator:
    """Holds a fitted estimator until it is taken.

    Records of folds live as long as the search, and so would the estimators in them.
    The consumer takes the estimators it keeps out of the records and drops the others.

    Parameters
    ----------
    estimator : estimator
        The fitted estimator.
    """

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator

    def take(self) -> Any:
        """Remove and return the estimator; None if it was taken before."""
        estimator, self._estimator = self._estimator, None
        return estimator

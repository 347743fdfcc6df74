"""Find the method of an estimator whose output a scorer uses.

The scorer is run on a stand-in that notes the first method called. This works for every
scorer, also for a user's function, and needs no private attribute of scikit-learn's.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np
from sklearn.base import is_classifier, is_regressor

from skbayes._stand_in import METHODS, stand_in


class _Called(Exception):
    """The scorer has called a method."""


def _note_call(method: str, X: Any) -> NoReturn:
    raise _Called(method)


def response_method(scorer: Any, estimator: Any, X: Any, y: Any) -> str | None:
    """Find the method whose output `scorer` uses.

    Parameters
    ----------
    scorer : callable
        Called as ``scorer(estimator, X, y)``.
    estimator : estimator
        The estimator to score, fitted or not. Candidates of one search may differ: one
        may have ``decision_function``, another only ``predict_proba``.
    X, y : array-like
        The data.

    Returns
    -------
    str or None
        None if the scorer calls none, or fails before it does.
    """
    offered = tuple(m for m in METHODS if hasattr(estimator, m)) or METHODS
    try:
        probe = stand_in(
            methods=offered,
            respond=_note_call,
            kind=_kind_of(estimator),
            classes=_classes_of(estimator, y),
        )
        scorer(probe, X, y)
    except _Called as called:
        return str(called)
    except Exception:
        # A scorer that fails here fails in every fold too, where it is reported.
        return None
    return None


def _kind_of(estimator: Any) -> str | None:
    if is_classifier(estimator):
        return "classifier"
    return "regressor" if is_regressor(estimator) else None


def _classes_of(estimator: Any, y: Any) -> Any:
    """The labels of a classifier; those of the data if it is not fitted."""
    if not is_classifier(estimator):
        return None
    classes = getattr(estimator, "classes_", None)
    return np.unique(np.asarray(y)) if classes is None else classes

"""Which output of an estimator does a scorer judge? Ask the scorer.

A scorer is run on a stand-in that notes the first method called. So every scorer can
be asked, also a function of the user's own, and nothing private need be known of it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    RegressorMixin,
    is_classifier,
    is_regressor,
)

#: Methods whose output can be kept, one row a sample.
METHODS = ("predict", "predict_proba", "decision_function", "predict_log_proba")


class _Called(Exception):
    """The scorer has called a method."""


class _Probe(BaseEstimator):  # type: ignore[misc]
    """Has the methods of an estimator, and tells the first one called.

    Parameters
    ----------
    offered : tuple of str
        Names of the methods.
    labels : array
        What ``classes_`` is.
    """

    def __init__(self, offered: tuple[str, ...], labels: Any = None) -> None:
        self.offered = offered
        self.labels = labels
        self.classes_ = labels

    def __getattr__(self, name: str) -> Any:
        if name not in self.__dict__.get("offered", ()):
            raise AttributeError(name)

        def call(*args: object, **kwargs: object) -> None:
            raise _Called(name)

        call.__name__ = name  # scikit-learn chooses a method by its own name
        return call

    def __sklearn_is_fitted__(self) -> bool:
        return True


class _ClassifierProbe(ClassifierMixin, _Probe):  # type: ignore[misc]
    """A probe that is a classifier; ``score`` counts labels that are right."""


class _RegressorProbe(RegressorMixin, _Probe):  # type: ignore[misc]
    """A probe that is a regressor; ``score`` is the coefficient of determination."""


def response_method(scorer: Any, estimator: Any, X: Any, y: Any) -> str | None:
    """Find the method whose output `scorer` judges.

    Parameters
    ----------
    scorer : callable
        Called as ``scorer(estimator, X, y)``.
    estimator : estimator
        What will be scored, not fitted.
    X, y : array-like
        The data.

    Returns
    -------
    str or None
        None if the scorer calls none, or fails before it does.
    """
    offered = tuple(m for m in METHODS if hasattr(estimator, m)) or METHODS
    kind = _kind_of(estimator)
    labels = None
    try:
        if kind is _ClassifierProbe:
            labels = np.unique(np.asarray(y))
        scorer(kind(offered, labels), X, y)
    except _Called as called:
        return str(called)
    except Exception:
        # What fails here fails in every fold too, where it is reported.
        return None
    return None


def _kind_of(estimator: Any) -> type[_Probe]:
    if is_classifier(estimator):
        return _ClassifierProbe
    return _RegressorProbe if is_regressor(estimator) else _Probe

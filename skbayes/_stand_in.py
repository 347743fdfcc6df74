"""A stand-in for a fitted estimator, which is passed to a scorer in its place.

A scorer calls a method of an estimator and compares its output with the targets. With a
stand-in one can find out which method a scorer calls, also a user's function, and run
it again on outputs that were computed before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

#: Methods whose output can be kept, one row per sample.
METHODS = ("predict", "predict_proba", "decision_function", "predict_log_proba")


class _StandIn(BaseEstimator):  # type: ignore[misc]
    """Has some methods of an estimator, which all call one function.

    Parameters
    ----------
    methods : tuple of str
        Names of the model's methods.
    respond : callable
        ``respond(method, X)`` returns a method's output.
    classes : array or None
        The attribute ``classes_``; None: it has none.
    """

    def __init__(
        self,
        methods: tuple[str, ...],
        respond: Callable[[str, Any], Any],
        classes: Any = None,
    ) -> None:
        self.methods = methods
        self.respond = respond
        self.classes = classes
        if classes is not None:
            self.classes_ = classes

    def __getattr__(self, name: str) -> Any:
        if name not in self.__dict__.get("methods", ()):
            raise AttributeError(
                f"the scorer asks for `{name}`, of which no predictions were kept"
            )
        respond = self.respond

        def method(X: Any, *args: Any, **kwargs: Any) -> Any:
            return respond(name, X)

        method.__name__ = name  # scikit-learn chooses a method by its own name
        return method

    def fit(self, X: Any, y: Any = None) -> Any:
        """Refuse to fit; `check_is_fitted` wants an object with this method."""
        raise AttributeError(
            "the scorer asks for `fit`, and only predictions of fitted models were kept"
        )

    def __sklearn_is_fitted__(self) -> bool:
        return True


class _ClassifierStandIn(ClassifierMixin, _StandIn):  # type: ignore[misc]
    """A classifier; its own ``score`` counts samples with all labels correct."""

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        # accuracy_score refuses several outputs of several classes; scikit-learn's
        # MultiOutputClassifier scores them like this.
        if isinstance(y, np.ndarray) and y.ndim == 2 and y.shape[1] > 1:
            hits = (np.asarray(self.predict(X)) == y).all(axis=1)
            return float(np.average(hits, weights=sample_weight))
        return float(super().score(X, y, sample_weight))


class _RegressorStandIn(RegressorMixin, _StandIn):  # type: ignore[misc]
    """A regressor; its own ``score`` is the coefficient of determination."""


def stand_in(
    *,
    methods: tuple[str, ...],
    respond: Callable[[str, Any], Any],
    kind: str | None,
    classes: Any = None,
) -> Any:
    """Make a stand-in that scorers take for a fitted estimator.

    Parameters
    ----------
    methods : tuple of str
        Names of the model's methods.
    respond : callable
        ``respond(method, X)`` returns a method's output.
    kind : {"classifier", "regressor"} or None
        The kind of estimator; with None it has no ``score`` of its own.
    classes : array or None
        Attribute ``classes_`` of the model; None: it has none.

    Returns
    -------
    estimator
    """
    kinds = {"classifier": _ClassifierStandIn, "regressor": _RegressorStandIn}
    return kinds.get(kind or "", _StandIn)(methods, respond, classes)

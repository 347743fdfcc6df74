"""Fit an estimator that stops early by a stopping set from its training part.

An attribute ``fit`` of the instance hides the method of the class, as for shared work.
The estimator's own code still runs; only its last step gets further arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sklearn.pipeline import Pipeline

from skbayes._compat import check_method_params, safe_split
from skbayes._evaluation.sharing.session import Session
from skbayes._evaluation.stopping.libraries import (
    HeldOutSamples,
    Library,
    library_of,
)
from skbayes._evaluation.stopping.stopping_set import StoppingSet


class StoppedFit:
    """Replaces ``fit`` of one estimator for a single call.

    An estimator that cannot stop early is fitted on its whole training part.

    Parameters
    ----------
    estimator : estimator
        The unfitted estimator; its parameters may be set later.
    stopping : StoppingSet
        Rule that holds out the samples.
    rows : array-like
        Indices or mask of the training part, among all samples.
    session : Session or None
        Recognises shared work by its input.
    """

    def __init__(
        self,
        estimator: Any,
        stopping: StoppingSet,
        rows: Any,
        session: Session | None = None,
    ) -> None:
        self._estimator = estimator
        self._stopping = stopping
        self._rows = rows
        self._session = session
        self._own_fit = estimator.__dict__.get("fit")
        self._n_rounds: int | None = None
        estimator.__dict__["fit"] = self._fit

    @property
    def n_rounds(self) -> int | None:
        """Boosting rounds that were kept; None without early stopping."""
        return self._n_rounds

    def _fit(self, X: Any, y: Any = None, **params: Any) -> Any:
        estimator = self._estimator
        # Restored first, so that `fit` below calls the class, or another hook.
        if self._own_fit is None:
            del estimator.__dict__["fit"]
        else:
            estimator.__dict__["fit"] = self._own_fit
        pipelines, final = pipelines_and_final(estimator)
        library = library_of(final)
        if library is None:
            return estimator.fit(X, y, **params)
        fit, stop = self._stopping.split(X, y, self._rows)
        X_stop, y_stop = safe_split(estimator, X, y, stop)
        weights = _weights(pipelines, check_method_params(X, params, indices=stop))
        samples = HeldOutSamples(X_stop, y_stop, weights)
        if self._session is not None:
            # Other work on the fold must not be taken for work on a part of it.
            self._session.training_tag = "train but the stopping set"
            self._session.tag(samples.X, "stopping set")
        given = check_method_params(X, params, indices=fit)
        parts = safe_split(estimator, X, y, fit)
        if pipelines:
            with _hooked(pipelines, final, library, samples):
                estimator.fit(*parts, **given)
        else:
            _fit_stopping(final, library, samples, *parts, **given)
        self._n_rounds = library.n_rounds(final)
        return estimator


def pipelines_and_final(estimator: Any) -> tuple[list[Any], Any]:
    """Pipelines from the outermost inward, and the last step of the innermost."""
    pipelines: list[Any] = []
    while isinstance(estimator, Pipeline) and estimator.steps:
        pipelines.append(estimator)
        estimator = estimator.steps[-1][1]
    return pipelines, estimator


def _weights(pipelines: list[Any], params: dict[str, Any]) -> Any:
    """Sample weights for the last step, passed by its names or by routing."""
    names = [pipeline.steps[-1][0] for pipeline in pipelines]
    whole = "__".join([*names, "sample_weight"])
    return params.get(whole, params.get("sample_weight"))


@contextmanager
def _hooked(
    pipelines: list[Any], final: Any, library: Library, samples: HeldOutSamples
) -> Iterator[None]:
    """Pass the stopping set to the last step, transformed by the fitted steps."""

    def fit(X: Any, y: Any = None, **params: Any) -> Any:
        del final.__dict__["fit"]
        transformed = samples.X
        for pipeline in pipelines:
            for _, step in pipeline.steps[:-1]:
                # Samplers change the training part only.
                if hasattr(step, "transform"):
                    transformed = step.transform(transformed)
        weights = samples.weights if "sample_weight" in params else None
        own = HeldOutSamples(transformed, samples.y, weights)
        return _fit_stopping(final, library, own, X, y, **params)

    final.__dict__["fit"] = fit
    try:
        yield
    finally:
        final.__dict__.pop("fit", None)


def _fit_stopping(
    final: Any, library: Library, samples: HeldOutSamples, X: Any, y: Any, **given: Any
) -> Any:
    """Fit with the settings that early stopping needs, and restore them afterwards."""
    settings = library.settings(final)
    before = {name: getattr(final, name) for name in settings}
    arguments = library.arguments(final, samples, given)
    try:
        for name, value in settings.items():
            setattr(final, name, value)
        return final.fit(X, y, **{**given, **arguments})
    finally:
        for name, value in before.items():
            setattr(final, name, value)

"""The only file that names private or version-dependent objects of scikit-learn.

They are the parts of its search that decide what a fold's score is, so that ours are
equal to the last bit in every version. Tested on the oldest and the newest version.
"""

from __future__ import annotations

import inspect
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sklearn import get_config
from sklearn.base import _fit_context as fit_context
from sklearn.metrics._scorer import _BaseScorer as BaseScorer
from sklearn.metrics._scorer import _MultimetricScorer as MultimetricScorer
from sklearn.model_selection._search import (
    BaseSearchCV,
)
from sklearn.model_selection._search import (
    _yield_masked_array_for_each_param as masked_array_for_each_param,
)
from sklearn.model_selection._validation import _fit_and_score
from sklearn.model_selection._validation import (
    _warn_or_raise_about_fit_failures as warn_or_raise_about_fit_failures,
)
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import _safe_split as safe_split
from sklearn.utils.parallel import delayed
from sklearn.utils.validation import _check_method_params as check_method_params

__all__ = [
    "CV_SPLIT_VERB",
    "BaseSearchCV",
    "Interval",
    "StrOptions",
    "check_method_params",
    "fit_and_score",
    "fit_context",
    "has_callbacks",
    "masked_array_for_each_param",
    "is_multimetric",
    "metric_names",
    "named_scorers",
    "noting_scorer",
    "root_context",
    "safe_split",
    "scorer_parts",
    "warn_or_raise_about_fit_failures",
    "with_configuration",
]

#: How scikit-learn words a splitter that contradicts itself.
CV_SPLIT_VERB = "return" if hasattr(BaseSearchCV, "set_callbacks") else "returned"

#: scikit-learn >= 1.9 has a callback tree; `_fit_and_score` then takes its context.
HAS_CALLBACK_TREE = "callback_ctx" in inspect.signature(_fit_and_score).parameters


def fit_and_score(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    caller: Any = None,
    callback_ctx: Any = None,
    **settings: Any,
) -> dict[str, Any]:
    """One fold by scikit-learn's own function, whatever its version."""
    if HAS_CALLBACK_TREE:
        settings |= {"caller": caller, "callback_ctx": callback_ctx}
    result: dict[str, Any] = _fit_and_score(
        estimator, X, y, return_n_test_samples=True, return_times=True, **settings
    )
    return result


def has_callbacks(search: Any) -> bool:
    """Whether the search or an estimator inside it has scikit-learn callbacks.

    Without any, no context is made or sent to the workers: each would drag the
    whole tree along, which grows with the search.
    """
    if not HAS_CALLBACK_TREE:
        return False
    parts = [search, *search.get_params(deep=True).values()]
    return hasattr(search, "_parent_callback_ctx") or any(
        hasattr(part, "_skl_callbacks") for part in parts if not isinstance(part, type)
    )


def root_context(search: Any, *, max_subtasks: int) -> Any:
    """The root of the callback tree of one fit."""
    return search._init_callback_context(max_subtasks=max_subtasks)


class _NotingMultimetricScorer(MultimetricScorer):  # type: ignore[misc]
    """Keeps the tracebacks of scorers that failed, as text, and its times."""

    def __init__(self, scorer: Any) -> None:
        self.__dict__.update(scorer.__dict__)
        self.error: str | None = None
        self.began: float | None = None
        self.seconds = 0.0

    def __call__(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        with _timed(self):
            scores: dict[str, Any] = super().__call__(*args, **kwargs)
        errors = [text for text in scores.values() if isinstance(text, str)]
        self.error = self.error or next(iter(errors), None)
        return scores


class _NotingScorer:
    """Keeps the traceback of a scorer that failed, which scikit-learn only warns of."""

    def __init__(self, scorer: Any) -> None:
        self._scorer = scorer
        self.error: str | None = None
        self.began: float | None = None
        self.seconds = 0.0

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            with _timed(self):
                return self._scorer(*args, **kwargs)
        except Exception:
            self.error = self.error or traceback.format_exc()
            raise

    def __repr__(self) -> str:
        return repr(self._scorer)


@contextmanager
def _timed(scorer: Any) -> Iterator[None]:
    """Note when a scorer is first called and how long that takes.

    scikit-learn's own times are differences of a clock that may be set.
    """
    began = time.monotonic()
    is_first = scorer.began is None
    if is_first:
        scorer.began = began
    try:
        yield
    finally:
        if is_first:
            scorer.seconds = time.monotonic() - began


def noting_scorer(scorer: Any) -> Any:
    """A scorer that does what `scorer` does, and keeps the `error` it ran into.

    It also keeps the monotonic time at which it was first called, `began`, and how
    many `seconds` that took.
    """
    if is_multimetric(scorer):
        return _NotingMultimetricScorer(scorer)
    return _NotingScorer(scorer)


def with_configuration(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` carrying this thread's scikit-learn config and warning filters.

    scikit-learn < 1.7 takes the config alone along.
    """
    wrapped: Any = delayed(function)()[0]
    configured: Callable[..., Any]
    if hasattr(wrapped, "with_config_and_warning_filters"):
        filters = getattr(warnings, "_get_filters", lambda: warnings.filters)
        configured = wrapped.with_config_and_warning_filters(get_config(), filters())
    else:
        configured = wrapped.with_config(get_config())
    return configured


def is_multimetric(scorer: Any) -> bool:
    """Whether `scorer` gives several scores under names known beforehand."""
    return isinstance(scorer, MultimetricScorer)


def metric_names(scorer: Any) -> tuple[str, ...]:
    """The names of a scorer's metrics, ``("score",)`` for a single one."""
    if is_multimetric(scorer):
        return tuple(scorer._scorers)
    return ("score",)


def named_scorers(scorer: Any) -> Mapping[str, Any] | Any:
    """What ``scorer_`` holds: a dict of scorers, or the single one."""
    return scorer._scorers if is_multimetric(scorer) else scorer


def scorer_parts(scorer: Any) -> tuple[Callable[..., Any], int, dict[str, Any]] | None:
    """Function, sign and arguments of what `make_scorer` made; None of others."""
    if not isinstance(scorer, BaseScorer):
        return None
    return scorer._score_func, scorer._sign, scorer._kwargs

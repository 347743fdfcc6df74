"""Private and version-dependent objects of scikit-learn; no other file names any.

Except the names that scikit-learn looks up in an estimator, which the searches define:
`_parameter_constraints`, `_repr_html_` and `_repr_mimebundle_`.

Most are the parts of its search that compute a fold's score: using them keeps our
scores equal to the last bit in every version. Tested on the oldest and the newest
version.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral, Number
from typing import Any

from sklearn import get_config
from sklearn.base import BaseEstimator
from sklearn.base import _fit_context as fit_context
from sklearn.metrics._scorer import _BaseScorer as BaseScorer
from sklearn.metrics._scorer import _MultimetricScorer as MultimetricScorer
from sklearn.metrics._scorer import _PassthroughScorer
from sklearn.model_selection._search import BaseSearchCV
from sklearn.model_selection._search import (
    _yield_masked_array_for_each_param as masked_array_for_each_param,
)
from sklearn.model_selection._validation import _score as score_estimator
from sklearn.utils._array_api import _convert_to_numpy, device, get_namespace
from sklearn.utils._metadata_requests import RequestMethod
from sklearn.utils._param_validation import (
    Hidden,
    Interval,
    Options,
    RealNotInt,
    StrOptions,
    validate_parameter_constraints,
)
from sklearn.utils.metaestimators import _safe_split as safe_split
from sklearn.utils.parallel import delayed
from sklearn.utils.validation import _check_method_params as check_method_params

__all__ = [
    "BAGGING_SEEDS",
    "CV_SPLIT_VERB",
    "RUN_STATE",
    "SEARCH_CONSTRAINTS",
    "HIST_MEMBERS",
    "HIST_START",
    "HIST_SUM",
    "ISOLATION_MEMBERS",
    "BaseSearchCV",
    "Interval",
    "MultimetricScorer",
    "RequestMethod",
    "StrOptions",
    "check_method_params",
    "check_refit_of_several",
    "draws_random_numbers",
    "end_fit_task",
    "fit_context",
    "fit_task",
    "has_callbacks",
    "indices_for",
    "masked_array_for_each_param",
    "is_multimetric",
    "is_passthrough_scorer",
    "metric_names",
    "named_scorers",
    "NumberInterval",
    "numbers_taken",
    "output_config",
    "root_context",
    "routed_params",
    "safe_split",
    "score_estimator",
    "scorer_parts",
    "scorers_of",
    "select_best_index",
    "with_configuration",
]

#: Fitted attributes that differ from run to run and have no effect on predictions.
RUN_STATE = frozenset({"_stop_words_id", "refit_time_"})

#: Constraints of the parameters that all of scikit-learn's searches have.
SEARCH_CONSTRAINTS: Mapping[str, Any] = BaseSearchCV._parameter_constraints

#: scikit-learn >= 1.9 has a callback tree.
HAS_CALLBACK_TREE = hasattr(BaseSearchCV, "set_callbacks")

#: The verb in scikit-learn's message about a splitter that contradicts itself.
CV_SPLIT_VERB = "return" if HAS_CALLBACK_TREE else "returned"


def indices_for(X: Any, part: Any) -> Any:
    """A part of a split as an array of X's own library, on its device."""
    return get_namespace(X)[0].asarray(part, device=device(X))


@contextmanager
def fit_task(
    context: Any,
    caller: Any,
    estimator: Any,
    X: Any,
    y: Any,
    fit_params: Mapping[str, Any],
) -> Iterator[None]:
    """Tell the callbacks of `context`, if it is one, that a fit begins, and run it."""
    if context is None:
        yield
        return
    with context.propagate_callback_context(estimator):
        context.call_on_fit_task_begin(
            estimator=caller, X=X, y=y, metadata=_metadata(fit_params)
        )
        yield


def end_fit_task(
    context: Any, caller: Any, X: Any, y: Any, fit_params: Mapping[str, Any]
) -> None:
    """Tell the callbacks of `context` that a fold has ended."""
    context.call_on_fit_task_end(
        estimator=caller, X=X, y=y, metadata=_metadata(fit_params)
    )


def _metadata(fit_params: Mapping[str, Any]) -> dict[str, Any] | None:
    weight = fit_params.get("sample_weight")
    return None if weight is None else {"sample_weight": weight}


def has_callbacks(search: Any) -> bool:
    """Whether the search or an estimator inside it has scikit-learn callbacks.

    Without any, no context is made or sent to the workers: each one pickles the whole
    tree, which grows with the search.
    """
    if not HAS_CALLBACK_TREE:
        return False
    # Only estimators can have callbacks; lazy objects among the parameters may raise
    # on any attribute.
    parts = (p for p in search.get_params(deep=True).values() if _is_estimator(p))
    return hasattr(search, "_parent_callback_ctx") or any(
        hasattr(part, "_skl_callbacks") for part in (search, *parts)
    )


def routed_params(search: Any, params: Mapping[str, Any]) -> Any:
    """Metadata of `fit` by consumer: estimator, splitter and scorer."""
    return search._get_routed_params_for_fit(params)


def scorers_of(search: Any) -> Any:
    """The scorer of a search, or the scorer of several metrics."""
    return search._get_scorers()[0]


def check_refit_of_several(search: Any, names: Sequence[str]) -> None:
    """Raise as scikit-learn does if `refit` names none of several metrics."""
    search._check_refit_for_multimetric(names)


def select_best_index(rule: Callable[..., Any], results: Mapping[str, Any]) -> int:
    """The row that a callable `refit` returns, checked as scikit-learn does."""
    index: int = BaseSearchCV._select_best_index(rule, None, results)
    return index


def _is_estimator(value: Any) -> bool:
    return isinstance(value, BaseEstimator)


def root_context(search: Any, *, max_subtasks: int) -> Any:
    """The root of the callback tree of one fit."""
    return search._init_callback_context(max_subtasks=max_subtasks)


def with_configuration(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function with this thread's scikit-learn config and warning filters.

    scikit-learn < 1.7 passes on the config only.
    """
    wrapped: Any = delayed(function)()[0]
    configured: Callable[..., Any]
    if hasattr(wrapped, "with_config_and_warning_filters"):
        filters = getattr(warnings, "_get_filters", lambda: warnings.filters)
        configured = wrapped.with_config_and_warning_filters(get_config(), filters())
    else:
        configured = wrapped.with_config(get_config())
    return configured


#: Private names in scikit-learn's ensembles: trees by iteration, the start and the
#: method of their sum; seeds of bagging's members; path lengths of isolation forests.
HIST_MEMBERS = "_predictors"
HIST_START = "_baseline_prediction"
HIST_SUM = "_raw_predict"
BAGGING_SEEDS = "_seeds"
ISOLATION_MEMBERS = ("_average_path_length_per_tree", "_decision_path_lengths")


def draws_random_numbers(part: Any) -> bool:
    """Whether a fitted PCA without a seed has used a randomized solver."""
    solver = getattr(part, "_fit_svd_solver", None)
    is_seeded = getattr(part, "random_state", None) is not None
    return solver in {"randomized", "arpack"} and not is_seeded


def as_numpy(array: Any) -> Any:
    """Convert an array of another library, on any device, to numpy; else return it."""
    xp, is_of_array_api = get_namespace(array)
    return _convert_to_numpy(array, xp) if is_of_array_api else array


def is_multimetric(scorer: Any) -> bool:
    """Whether `scorer` returns several scores under names known beforehand."""
    return isinstance(scorer, MultimetricScorer)


def metric_names(scorer: Any) -> tuple[str, ...]:
    """Names of a scorer's metrics; ``("score",)`` for a single one."""
    if is_multimetric(scorer):
        return tuple(scorer._scorers)
    return ("score",)


def named_scorers(scorer: Any) -> Mapping[str, Any] | Any:
    """The value of ``scorer_``: a dict of scorers, or the single one."""
    return scorer._scorers if is_multimetric(scorer) else scorer


def is_passthrough_scorer(scorer: Any) -> bool:
    """Whether a scorer calls the estimator's own ``score`` (``scoring=None``)."""
    return isinstance(scorer, _PassthroughScorer)


def scorer_parts(scorer: Any) -> tuple[Callable[..., Any], int, dict[str, Any]] | None:
    """Function, sign and arguments of a scorer of `make_scorer`; None for others."""
    if not isinstance(scorer, BaseScorer):
        return None
    return scorer._score_func, scorer._sign, scorer._kwargs


def output_config(estimator: Any) -> Mapping[str, Any]:
    """The choice of `set_output` for an estimator, which cloning keeps."""
    chosen: Mapping[str, Any] = getattr(estimator, "_sklearn_output_config", {})
    return chosen


@dataclass(frozen=True)
class NumberInterval:
    """An interval of numbers that an estimator accepts for a parameter.

    Parameters
    ----------
    low, high : float
        Ends of the interval; infinite where the interval has no end.
    has_low, has_high : bool
        Whether an end belongs to the interval.
    takes_integers, takes_reals : bool
        Whether ints, and floats, are accepted.
    """

    low: float
    high: float
    has_low: bool
    has_high: bool
    takes_integers: bool
    takes_reals: bool

    def contains(self, value: float) -> bool:
        """Whether a number of any type lies in it."""
        above = self.low <= value if self.has_low else self.low < value
        return above and (value <= self.high if self.has_high else value < self.high)


#: Constraints that accept no numbers, or none to search over.
_OF_NO_NUMBERS = {"array-like", "sparse matrix", "boolean", "cv_object", "nan"}


def numbers_taken(kind: type, name: str) -> tuple[NumberInterval, ...] | None:
    """The numbers that scikit-learn's validation accepts for a class's parameter.

    Empty if it accepts none; None if the class has no constraints, or one of a kind
    that is not known here.
    """
    constraints = getattr(kind, "_parameter_constraints", {}).get(name)
    if not isinstance(constraints, list):
        return None
    found = []
    for constraint in constraints:
        if isinstance(constraint, Hidden):
            constraint = constraint.constraint
        if isinstance(constraint, Interval):
            found.append(_interval_of(constraint))
        elif isinstance(constraint, type) and issubclass(constraint, Number):
            found.append(_all_numbers(constraint))
        elif not _is_of_no_numbers(constraint):
            return None
    return tuple(found)


def refusal_of(kind: type, name: str, value: Any) -> str | None:
    """The message of scikit-learn's validation about a value.

    None if it accepts the value, and if it fails at it.
    """
    constraints = getattr(kind, "_parameter_constraints", None) or {}
    try:
        validate_parameter_constraints(constraints, {name: value}, kind.__name__)
    except ValueError as error:
        return str(error)
    # Such as at a Fraction, which is a number that numpy does not take.
    except Exception:
        return None
    return None


def _is_of_no_numbers(constraint: Any) -> bool:
    """Whether a constraint is known to accept no numbers."""
    if isinstance(constraint, str):
        return constraint in _OF_NO_NUMBERS
    return isinstance(constraint, StrOptions) or not isinstance(constraint, Options)


def _interval_of(constraint: Any) -> NumberInterval:
    low, high, closed = constraint.left, constraint.right, constraint.closed
    return NumberInterval(
        low=-math.inf if low is None else float(low),
        high=math.inf if high is None else float(high),
        has_low=closed in ("left", "both"),
        has_high=closed in ("right", "both"),
        takes_integers=constraint.type is not RealNotInt,
        takes_reals=constraint.type is not Integral,
    )


def _all_numbers(kind: type) -> NumberInterval:
    is_integer = issubclass(kind, Integral)
    return NumberInterval(
        -math.inf,
        math.inf,
        has_low=False,
        has_high=False,
        takes_integers=is_integer or issubclass(Integral, kind),
        takes_reals=not is_integer,
    )

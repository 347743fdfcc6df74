"""Attributes of known classes that do not count, because they change no score.

A name alone is not enough: `memory` is a cache of a `Pipeline` and may be the number of
lags of another estimator. So only classes of scikit-learn, of imbalanced-learn's
pipeline, of skrub's plans and of this package are known, and not classes derived from
them.
"""

from __future__ import annotations

import copyreg
import functools
from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
from joblib import Memory

from skbayes._compat import RUN_STATE, BaseSearchCV

GENERATORS = (np.random.RandomState, np.random.Generator, np.random.BitGenerator)

_QUIET = frozenset({"verbose", "n_jobs", "pre_dispatch"})
#: Classes of scikit-learn whose random numbers depend on the number of jobs.
_DRAW_IN_JOBS = frozenset({"LatentDirichletAllocation", "MDS"})
#: What a node of a plan is told by, and what it keeps of its last run.
_OF_A_PLAN_NODE = frozenset(
    {"uuid", "_creation_stack", "description", "checked"}
    | {"results", "errors", "metadata"}
)
_OF_A_SEARCH = frozenset({"cv_results_", "trials_", "optimizer_", "held_out_"})


def has_no_effect(owner: type, name: str, value: Any) -> bool:
    """Whether a parameter of a class is known to change no score.

    Parameters
    ----------
    owner : type
        The estimator's class itself.
    name : str
        The parameter.
    value : object
        Its value.
    """
    package = owner.__module__.partition(".")[0]
    if package == "sklearn":
        if name == "memory":
            return _is_cache(value)
        return name in _QUIET and not (
            name == "n_jobs" and owner.__name__ in _DRAW_IN_JOBS
        )
    if owner.__module__ == "imblearn.pipeline":
        return name == "verbose" or (name == "memory" and _is_cache(value))
    if owner.__module__ == "skrub._data_ops._data_ops":
        return name in _OF_A_PLAN_NODE
    if package == "skbayes":
        # Not n_jobs: a Bayesian search proposes other points with other numbers of
        # fits.
        return name in {"verbose", "journal", "pre_dispatch"}
    return False


def _is_cache(value: Any) -> bool:
    return value is None or isinstance(value, str | PathLike | Memory)


def lasting_state(kind: type, state: Mapping[str, Any]) -> dict[str, Any]:
    """Select the attributes of an object that decide its behaviour.

    Cached properties are left out, as are attributes without effect on known classes
    and the generator that distributions of scipy draw from.

    Parameters
    ----------
    kind : type
        The object's class.
    state : mapping of str to object
        Its attributes.
    """
    package = kind.__module__.partition(".")[0]
    is_known = package in ("sklearn", "skbayes")
    is_search = is_known and issubclass(kind, BaseSearchCV)

    def counts(name: str, value: Any) -> bool:
        if isinstance(getattr(kind, name, None), functools.cached_property):
            return False
        if is_known and name in RUN_STATE:
            return False
        if is_search and name in _OF_A_SEARCH:
            return False
        if package == "scipy" and isinstance(value, GENERATORS):
            return False
        return not has_no_effect(kind, name, value)

    return {name: item for name, item in state.items() if counts(str(name), item)}


def as_pickled(value: Any) -> str | tuple[Any, ...]:
    """What pickle would save: a name, or a function with arguments and state."""
    registered = copyreg.dispatch_table.get(type(value))
    reduced: str | tuple[Any, ...] = (
        registered(value) if registered else value.__reduce_ex__(4)
    )
    return reduced


def is_array_like(value: Any) -> bool:
    """Whether a value is an array of some library."""
    return all(hasattr(type(value), name) for name in ("__array__", "shape", "dtype"))

"""The sharing plan of one search, made in the process that runs it."""

from __future__ import annotations

import itertools
import os
import platform
import time
from collections.abc import Hashable, Mapping
from typing import Any

from sklearn.pipeline import Pipeline

from skbayes._evaluation.sharing.hooks import SharedFold
from skbayes._evaluation.sharing.path_rules import PATH_PARAMETERS, is_size, rule_of
from skbayes._evaluation.sharing.store import DEFAULT_LIMIT, STORES

_COUNT = itertools.count()

#: Types of values that are tokens themselves; others get a number per object.
_PLAIN = (str, bytes, int, float, bool, type(None))


class SharingPlan:
    """Makes the keys of each fold's work, and the order that shares most of it.

    Parameters
    ----------
    estimator : estimator
        Unfitted estimator of the search.
    limit : int
        Bytes each process may keep.
    """

    def __init__(self, estimator: Any, limit: int = DEFAULT_LIMIT) -> None:
        self._limit = limit
        self._final = _last_step(estimator)
        self._search = "-".join(
            map(str, (platform.node(), os.getpid(), time.time_ns(), next(_COUNT)))
        )
        # Objects are kept alive, so that no other object gets the same id.
        self._objects: dict[int, tuple[int, Any]] = {}

    def fold(self, params: Mapping[str, Any], fold: int) -> SharedFold:
        """The key of the work of one fold of a candidate."""
        return SharedFold(
            self._search, fold, self.tokens(params), self._limit, os.getpid()
        )

    def tokens(self, params: Mapping[str, Any]) -> dict[str, Hashable]:
        """The token of each parameter's value."""
        return {name: self._token(value) for name, value in params.items()}

    def group(self, params: Mapping[str, Any]) -> tuple[Hashable, Hashable, float]:
        """Parts of the sort key: the head's key, the path's key, and minus the size."""
        tokens = self.tokens(params)
        head, rest = [], []
        size = 0.0
        for name, token in sorted(tokens.items()):
            if name in self._path_names and is_size(params[name]):
                size = float(params[name])
            elif self._final and not _is_of(name, self._final):
                head.append((name, token))
            else:
                rest.append((name, token))
        return tuple(head), (tuple(head), tuple(rest)), -size

    def is_on_path(self, params: Mapping[str, Any]) -> bool:
        """Whether a larger fit may contain the candidate's models."""
        return any(is_size(params.get(name)) for name in self._path_names)

    @property
    def _path_names(self) -> frozenset[str]:
        prefix = f"{self._final}__" if self._final else ""
        return frozenset(prefix + parameter for parameter in PATH_PARAMETERS)

    def release(self) -> None:
        """Drop the work that this process keeps."""
        STORES.release(self._search)

    def _token(self, value: Any) -> Hashable:
        if isinstance(value, _PLAIN):
            # With the type: 1, 1.0 and True are equal keys but not equal parameters.
            return type(value).__name__, value
        number, _ = self._objects.setdefault(id(value), (len(self._objects), value))
        return "object", number


def may_share(estimator: Any) -> bool:
    """Whether fits of candidates may share work, judged by the classes."""
    if isinstance(estimator, Pipeline):
        return estimator.memory is None and len(estimator.steps) > 0
    return rule_of(estimator) is not None


def _last_step(estimator: Any) -> str:
    """Name of the last step of a pipeline, empty for other estimators."""
    if isinstance(estimator, Pipeline) and estimator.steps:
        return str(estimator.steps[-1][0])
    return ""


def _is_of(name: str, step: str) -> bool:
    return name == step or name.startswith(f"{step}__")

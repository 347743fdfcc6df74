"""Warn if workers times threads within fits exceed the number of cores.

Fits that compete for the cores can take many times as long: a booster of four threads
in each of four workers waits, in every round, for the slowest of sixteen threads.
joblib limits the threads of BLAS and OpenMP in its worker processes. It cannot limit
threads that an estimator requests by a parameter of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import Any

from joblib import cpu_count

from skbayes._protocol import Params
from skbayes._user_warnings import warn_user
from skbayes._values import is_estimator

#: Parameters that are a number of threads.
_NAMES = {"n_jobs", "num_threads", "nthread", "thread_count", "n_threads"}

#: Packages whose estimators take all cores unless a number is set.
_DEFAULT_TO_ALL_CORES = {"lightgbm", "catboost"}


@dataclass(frozen=True)
class _Threads:
    """A parameter that makes each fit use several threads."""

    name: str
    value: Any
    owner: str
    n_threads: int


class OversubscriptionCheck:
    """Warns once, of the first candidate whose fits compete for the cores.

    Parameters
    ----------
    estimator : estimator
        The estimator that is fitted.
    """

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator
        self._is_over = not hasattr(estimator, "get_params")
        self._seen: set[tuple[tuple[str, int], ...]] = set()

    def look_at(self, params: Params, n_workers: int) -> None:
        """Warn if workers times threads of a candidate in each exceed the cores.

        Parameters
        ----------
        params : dict
            Parameters of the candidate, which may set the threads too.
        n_workers : int
            Fits that run at once on this machine.
        """
        if self._is_over or n_workers < 2:
            return
        # Other parameters do not change the threads, and reading all of them costs.
        key = tuple(
            (name, id(value))
            for name, value in params.items()
            if _may_set_threads(name, value)
        )
        if key in self._seen:
            return
        self._seen.add(key)
        self._is_over = warn_if_oversubscribed(self._estimator, params, n_workers)


def _may_set_threads(name: str, value: Any) -> bool:
    return name.rpartition("__")[2] in _NAMES or is_estimator(value)


def warn_if_oversubscribed(estimator: Any, params: Params, n_workers: int) -> bool:
    """Warn if workers times threads of the estimator in each exceed the cores.

    Parameters
    ----------
    estimator : estimator
        The estimator that is fitted.
    params : dict
        Parameters of the candidate, which may set the threads too.
    n_workers : int
        Fits that run at once on this machine.

    Returns
    -------
    is_warned : bool
        Whether a warning was given: the threads of all fits outnumber the cores.
    """
    n_cores = cpu_count()
    found = [t for t in _threads_of(estimator, params, n_cores) if t.n_threads > 1]
    worst = max(found, key=lambda threads: threads.n_threads, default=None)
    if worst is None or n_workers * worst.n_threads <= n_cores:
        return False
    warn_user(
        f"The search runs {n_workers} fits at once, and each may use "
        f"{worst.n_threads} threads, because {worst.name}={worst.value!r} of "
        f"{worst.owner}: more than the {n_cores} cores there are, for which all will "
        f"compete. Set {worst.name}=1 in the estimator, or leave the cores to it with "
        "n_jobs=1 in the search."
    )
    return True


def _threads_of(estimator: Any, params: Params, n_cores: int) -> Iterator[_Threads]:
    """Parameters of an estimator and of its parts that set a number of threads."""
    values = _values_of(estimator, params)
    for name, value in values.items():
        prefix, _, last = name.rpartition("__")
        if last not in _NAMES:
            continue
        owner = values.get(prefix) if prefix else estimator
        n_threads = _count(value, type(owner).__module__.partition(".")[0], n_cores)
        yield _Threads(name, value, type(owner).__name__, n_threads)


def _values_of(estimator: Any, params: Params) -> dict[str, Any]:
    """Parameters of an estimator and its parts, some replaced by the candidate."""
    values = dict(estimator.get_params(deep=True))
    # Parts first: a candidate may replace one and set a parameter of the new one.
    for name in sorted(params, key=lambda name: name.count("__")):
        inside = f"{name}__"
        values = {n: v for n, v in values.items() if not n.startswith(inside)}
        values[name] = value = params[name]
        if is_estimator(value):
            own = value.get_params(deep=True)
            values.update((inside + n, v) for n, v in own.items())
    return values


def _count(value: Any, package: str, n_cores: int) -> int:
    """Number of threads that a value requests."""
    if value is None:
        return n_cores if package in _DEFAULT_TO_ALL_CORES else 1
    if isinstance(value, bool) or not isinstance(value, Integral):
        return 1
    if not value:
        return n_cores if package != "sklearn" else 1
    # joblib's convention: -1 is all cores, -2 all but one.
    number = int(value)
    return number if number > 0 else max(1, n_cores + 1 + number)

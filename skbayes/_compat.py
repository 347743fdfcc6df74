"""The only file that names private or version-dependent objects of others.

scikit-learn: the parts of its search that decide what a fold's score is, so that
ours are equal to the last bit in every version. joblib: handing calls to the
active backend one at a time, with a callback, which `joblib.Parallel` does inside
but does not offer. Both are tested on the oldest and the newest version.
"""

from __future__ import annotations

import inspect
import math
import os
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

import joblib
from joblib._parallel_backends import (
    LokyBackend,
    SequentialBackend,
    ThreadingBackend,
)
from joblib._utils import eval_expr
from joblib.executor import get_memmapping_executor
from joblib.externals.loky import process_executor
from joblib.externals.loky.process_executor import BrokenProcessPool
from joblib.parallel import BatchedCalls, get_active_backend
from joblib.pool import MemmappingPool
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
    "BrokenProcessPool",
    "Interval",
    "JoblibPool",
    "StrOptions",
    "check_method_params",
    "evaluate_pre_dispatch",
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
    "worker_name",
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


# ---------------------------------------------------------------------- joblib


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


#: Seconds a pool whose worker has died may take to end: it may wait for ever for a
#: lock that the worker held.
_PATIENCE = 5.0

#: What dask raises where a task's workers, or data that it needs, are gone.
_LOSSES_OF_DASK = {"KilledWorker", "CancelledError"}

#: Seconds for which a cluster of dask may be without any worker: while it restarts
#: those that have died, or finds others.
_DASK_PATIENCE = 60.0


class _OneLokyWorker(LokyBackend):  # type: ignore[misc]
    """A loky pool of a single process, which joblib would replace by no pool."""

    def configure(self, n_jobs: int = 1, parallel: Any = None, **settings: Any) -> int:
        environment = self._prepare_worker_env(n_jobs=1)
        self._workers = get_memmapping_executor(
            1, env=environment, context_id=parallel._id
        )
        self.parallel = parallel
        return 1


class JoblibPool:
    """joblib's active backend, one call at a time.

    Entering a `Parallel` as a context starts its backend; the backend's own
    ``submit`` (``apply_async`` before joblib 1.5) then takes single calls, memory
    maps large arrays and tells a callback when one has ended.

    Parameters
    ----------
    n_jobs : int or None
        As in joblib.
    needs_process : bool
        Whether a single worker of the default backend is a process too.
    """

    def __init__(self, n_jobs: int | None, *, needs_process: bool = False) -> None:
        self._n_jobs = n_jobs
        self._needs_process = needs_process
        self._parallel: Any = None
        self._nested: Any = None
        self._held: list[tuple[list[tuple[Any, ...]], Callable[[Any], None]]] = []
        self._processes: set[Any] = set()
        self._deserted_since = math.inf

    def __enter__(self) -> JoblibPool:
        self._parallel = joblib.Parallel(n_jobs=self._n_jobs)
        if self._needs_process and self._is_single_default():
            self._parallel = joblib.Parallel(n_jobs=1, backend=_OneLokyWorker())
        self._parallel.__enter__()
        # Backends may tell from this that their workers are in use (dask).
        if hasattr(self._backend, "start_call"):
            self._backend.start_call()
        self._nested = self._backend.get_nested_backend()
        self._know_processes()
        return self

    def __exit__(self, *error: object) -> None:
        self._end_processes()
        if hasattr(self._backend, "stop_call"):
            self._backend.stop_call()
        self._parallel.__exit__(*error)

    @property
    def _backend(self) -> Any:
        return self._parallel._backend

    @property
    def n_workers(self) -> int:
        """Workers that can run at once; 1 means: without a pool."""
        return int(self._parallel._effective_n_jobs())

    @property
    def can_lose_workers(self) -> bool:
        """Whether a worker may end without harm to others, and is missed at once."""
        return isinstance(self._backend, LokyBackend) or self._process_pool is not None

    @property
    def has_lost_worker(self) -> bool:
        """Whether a process has died whose backend does not tell, but replaces it."""
        pool = self._process_pool
        if pool is None:
            return False
        self._know_processes()
        ended = {p for p in self._processes if p.exitcode is not None}
        if pool._maxtasksperchild:
            # Each process ends by itself after as many tasks.
            planned = {process for process in ended if process.exitcode == 0}
            self._processes -= planned
            ended -= planned
        return bool(ended)

    def check_cluster(self) -> None:
        """Refuse to wait for a cluster of dask that has no workers any more."""
        if not self._is_dask or self._backend.client.ncores():
            self._deserted_since = math.inf
            return
        self._deserted_since = min(self._deserted_since, time.monotonic())
        if time.monotonic() >= self._deserted_since + _DASK_PATIENCE:
            raise TimeoutError(
                f"The dask cluster has had no worker for {_DASK_PATIENCE:g} seconds, "
                "and the search has fits left to run. Start workers and run it again; "
                "with a `journal` it continues where it was."
            )

    @property
    def _process_pool(self) -> Any:
        """The pool of joblib's multiprocessing, None on other backends."""
        pool = getattr(self._backend, "_pool", None)
        return pool if isinstance(pool, MemmappingPool) else None

    def _know_processes(self) -> None:
        """Note the processes there are: of those that died their pool knows nothing."""
        if self._process_pool is not None:
            self._processes.update([*self._process_pool._pool])

    def _end_processes(self) -> None:
        """End a pool of multiprocessing, also one that waits for a dead worker."""
        pool = self._process_pool
        if pool is None:
            return
        pool.close()
        ending = threading.Thread(target=pool.terminate, daemon=True)
        ending.start()
        ending.join(_PATIENCE)
        if ending.is_alive():
            for process in [*pool._pool]:
                process.kill()
        self._backend._pool = None
        self._processes.clear()

    @property
    def _is_dask(self) -> bool:
        # The class itself is only to be had with dask, which is slow to import.
        return type(self._backend).__name__ == "DaskDistributedBackend"

    @property
    def is_on_this_machine(self) -> bool:
        """Whether workers are threads of this process, or processes beside it."""
        # ray's backend is derived from that of multiprocessing, but has another pool.
        return self.can_lose_workers or self.shares_memory

    @property
    def shares_memory(self) -> bool:
        """Whether workers are threads of this process."""
        return isinstance(self._backend, ThreadingBackend)

    def _is_single_default(self) -> bool:
        """Whether one worker was asked for, and no backend in particular.

        So it is inside a worker of loky, where joblib sets threads as the backend.
        """
        backend, _ = get_active_backend()
        is_main = threading.current_thread() is threading.main_thread()
        is_inside_loky = process_executor._CURRENT_DEPTH > 0 and is_main
        return self.n_workers == 1 and (
            is_inside_loky or isinstance(backend, LokyBackend | SequentialBackend)
        )

    def submit(
        self, calls: Iterable[tuple[Any, ...]], done: Callable[[Any], None]
    ) -> None:
        """Hand over `calls` as one task; `done` gets what `result` then opens."""
        if not self._backend.supports_retrieve_callback:
            self._held.append((list(calls), done))
            return
        batch = BatchedCalls(
            calls, self._nested, self._set_temporary_folder, pickle_cache={}
        )
        submit = getattr(self._backend, "submit", None) or self._backend.apply_async
        future = submit(batch, done)
        if self._is_dask:
            future.add_done_callback(partial(_pass_error_on, done))

    def result(self, outcome: Any) -> list[Any]:
        """What the calls returned; raises what they raised.

        That it was lost with its worker is a `BrokenProcessPool` on every backend.
        """
        if not self._backend.supports_retrieve_callback:
            results: list[Any] = outcome
            return results
        try:
            results = self._backend.retrieve_result_callback(outcome)
        except Exception as error:
            kinds = {kind.__name__ for kind in type(error).__mro__}
            if self._is_dask and kinds & _LOSSES_OF_DASK:
                raise BrokenProcessPool(str(error)) from error
            raise
        return results

    def run_held(self) -> None:
        """Run what was handed over to a backend that cannot report single calls.

        Everything held goes as one wave through an ordinary `Parallel` call.
        """
        held, self._held = self._held, []
        if not held:
            return
        outcomes = self._parallel(
            (_call_each_in_turn, (calls,), {}) for calls, _ in held
        )
        for (_, done), outcome in zip(held, outcomes, strict=True):
            done(outcome)

    def restart(self) -> None:
        """Kill the workers and start new ones; dask does so itself."""
        if self._is_dask:
            self._backend.client.cancel([*self._backend._results])
            # Data that lay on a dead worker are sent again.
            self._backend.call_data_futures.clear()
            return
        self._end_processes()
        self._backend.abort_everything(ensure_ready=True)
        self._know_processes()

    def abort(self) -> None:
        """Kill the workers, so that nothing they do goes on."""
        if hasattr(self._backend, "abort_everything"):
            self.restart()

    def _set_temporary_folder(self) -> None:
        """Let loky put this search's memory maps where they are cleaned up with it."""
        workers = getattr(self._backend, "_workers", None)
        folders = getattr(workers, "_temp_folder_manager", None)
        if folders is not None:
            folders.set_current_context(self._parallel._id)


def _pass_error_on(done: Callable[[Any], None], future: Any) -> None:
    """Tell `done` of an error, of which dask itself would not tell it."""
    error = future.exception()
    if error is not None:
        done(error)


def _call_each_in_turn(calls: Iterable[tuple[Any, ...]]) -> list[Any]:
    return [function(*args, **kwargs) for function, args, kwargs in calls]


def worker_name() -> str:
    """Process and thread that runs this."""
    return f"{os.getpid()}-{threading.current_thread().name}"


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


def evaluate_pre_dispatch(pre_dispatch: Any, n_jobs: int) -> int:
    """joblib's `pre_dispatch`, such as ``"2*n_jobs"``, as a number of tasks."""
    if pre_dispatch == "all":
        return 2**31
    if isinstance(pre_dispatch, str):
        return int(eval_expr(pre_dispatch.replace("n_jobs", str(n_jobs))))
    return int(pre_dispatch)

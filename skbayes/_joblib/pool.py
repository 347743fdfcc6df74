"""joblib's backends as a pool that takes one task at a time.

The only file that names private objects of joblib: handing calls to the active backend
one at a time, with a callback, is what `joblib.Parallel` does inside but does not
offer. Tested on the oldest and the newest version.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Iterable
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

__all__ = ["BrokenProcessPool", "JoblibPool", "evaluate_pre_dispatch", "worker_name"]

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
        if self.shares_memory:
            submit(partial(_call_and_tell, batch, done), partial(_tell_error, done))
            return
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


def _call_and_tell(batch: Callable[[], Any], done: Callable[[Any], None]) -> None:
    """Let the thread itself hand in its results.

    A pool of threads that is ended drops those that are on their way.
    """
    done(batch())


def _tell_error(done: Callable[[Any], None], outcome: Any) -> None:
    """Tell `done` of an error; of results it has been told."""
    if outcome is not None:
        done(outcome)


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


def evaluate_pre_dispatch(pre_dispatch: Any, n_jobs: int) -> int:
    """joblib's `pre_dispatch`, such as ``"2*n_jobs"``, as a number of tasks."""
    if pre_dispatch == "all":
        return 2**31
    if isinstance(pre_dispatch, str):
        return int(eval_expr(pre_dispatch.replace("n_jobs", str(n_jobs))))
    return int(pre_dispatch)

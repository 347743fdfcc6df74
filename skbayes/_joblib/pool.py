"""The protocol of pools of workers, and the pool for any backend of joblib."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, Self

from skbayes._joblib.pickling import PickledOnce
from skbayes._joblib.private import (
    BatchedCalls,
    LokyBackend,
    Parallel,
    ThreadingBackend,
    backend_of,
    forget_pool,
    n_workers_of,
    pool_of_processes,
    processes_of,
    replaces_processes,
    submit_function,
)

#: A function with its arguments and keyword arguments, in joblib's form.
Call = tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any]]

#: Seconds a pool whose worker has died may take to end; it may wait forever for a lock
#: that the worker held.
_END_SECONDS = 5.0


class WorkerLost(Exception):
    """A task was lost together with the worker that had it."""


class WorkersGone(ConnectionError):
    """The workers no longer answer, and nothing can replace them."""


class TaskNotLoaded(Exception):
    """A worker could not load a task; its cause is the error there."""


class Pool(Protocol):
    """Workers, here or elsewhere, that take one batch of calls at a time."""

    def __enter__(self) -> Self:
        """Start or find the workers."""

    def __exit__(self, *error: object) -> None:
        """Release the workers."""

    @property
    def n_workers(self) -> int:
        """Calls that can run at once now."""

    @property
    def shares_memory(self) -> bool:
        """Whether workers are threads of this process."""

    @property
    def is_on_this_machine(self) -> bool:
        """Whether workers read the same clock as this process."""

    @property
    def can_lose_workers(self) -> bool:
        """Whether a worker can be killed, and its loss is noticed at once."""

    @property
    def loses_single_tasks(self) -> bool:
        """Whether a worker that dies loses only its own tasks."""

    @property
    def is_far(self) -> bool:
        """Whether sending a task to a worker takes long, as on another machine."""

    def share(self, value: Any) -> Any:
        """A stand-in for `value` in calls, so that it is sent only once."""

    def submit(self, calls: Iterable[Call], done: Callable[[Any], None]) -> None:
        """Hand over `calls` as one task; `done` gets an outcome for `result`."""

    def result(self, outcome: Any) -> list[Any]:
        """The results of the calls; raises their error.

        Raises
        ------
        WorkerLost
            If the task was lost with its worker.
        TaskNotLoaded
            If the worker could not load the task.
        """

    def look(self) -> bool:
        """Whether a worker has been lost without an outcome that reports it."""

    def run_held(self) -> None:
        """Run the tasks held for a backend that cannot report single calls."""

    def restart(self) -> None:
        """Start new workers; tasks lost with the old ones are given up."""

    def abort(self) -> None:
        """Give up the tasks in flight, and stop them."""


class JoblibPool:
    """joblib's active backend, one call at a time.

    Entering a `Parallel` as a context starts its backend; the backend's own
    ``submit`` then takes single calls, maps large arrays into memory and calls back
    when one has ended.

    Parameters
    ----------
    n_jobs : int or None
        Number of workers in joblib's sense: -1 is all cores, None the active setting.
    """

    is_far = False
    loses_single_tasks = False

    def __init__(self, n_jobs: int | None) -> None:
        self._parallel = Parallel(n_jobs=n_jobs)
        self._held: list[tuple[list[Call], Callable[[Any], None]]] = []
        self._processes: set[Any] = set()
        self._packed = PickledOnce()

    def __enter__(self) -> Self:
        self._parallel.__enter__()
        # Tells the backend that its workers are in use.
        if hasattr(self._backend, "start_call"):
            self._backend.start_call()
        self._note_processes()
        return self

    def __exit__(self, *error: object) -> None:
        self._end_processes()
        if hasattr(self._backend, "stop_call"):
            self._backend.stop_call()
        self._parallel.__exit__(*error)

    @property
    def _backend(self) -> Any:
        return backend_of(self._parallel)

    @property
    def n_workers(self) -> int:
        """Calls that can run at once; 1 means without a pool."""
        return n_workers_of(self._parallel)

    @property
    def can_lose_workers(self) -> bool:
        """Whether a worker can be killed, and its loss is noticed at once."""
        has_processes = pool_of_processes(self._backend) is not None
        return isinstance(self._backend, LokyBackend) or has_processes

    @property
    def shares_memory(self) -> bool:
        """Whether workers are threads of this process."""
        return isinstance(self._backend, ThreadingBackend)

    @property
    def is_on_this_machine(self) -> bool:
        """Whether workers are threads of this process or processes of this machine."""
        return self.can_lose_workers or self.shares_memory

    def share(self, value: Any) -> Any:
        """A plain array as it is (joblib maps large ones), other values packed."""
        return self._packed.share(value)

    def submit(self, calls: Iterable[Call], done: Callable[[Any], None]) -> None:
        """Hand over `calls` as one task; `done` gets an outcome for `result`."""
        if not self._backend.supports_retrieve_callback:
            self._held.append((list(calls), done))
            return
        # One per batch: threads that share a nested backend would end each other's.
        nested = self._backend.get_nested_backend()
        batch = BatchedCalls(calls, nested, pickle_cache={})
        submit = submit_function(self._backend)
        if self.shares_memory:
            submit(partial(_call_and_report, batch, done), partial(_report_error, done))
        else:
            submit(batch, done)

    def result(self, outcome: Any) -> list[Any]:
        """The results of the calls; raises their error."""
        if isinstance(outcome, _Raised):
            raise outcome.error
        results: list[Any] = outcome
        if not self._backend.supports_retrieve_callback:
            return results
        try:
            results = self._backend.retrieve_result_callback(outcome)
        except Exception as error:
            if type(error).__module__.partition(".")[0] != "ray":
                raise
            # Ray's pool neither replaces an actor that died nor reruns its tasks.
            raise _workers_gone("ray") from error
        return results

    def look(self) -> bool:
        """Whether a process died unnoticed: multiprocessing replaces it silently."""
        pool = pool_of_processes(self._backend)
        if pool is None:
            return False
        self._note_processes()
        ended = {p for p in self._processes if p.exitcode is not None}
        if replaces_processes(pool):
            # With `maxtasksperchild` a process that ends with code 0 has done its
            # share.
            planned = {process for process in ended if process.exitcode == 0}
            self._processes -= planned
            ended -= planned
        return bool(ended)

    def run_held(self) -> None:
        """Run the tasks held for a backend that cannot report single calls.

        All of them go through one ordinary `Parallel` call. They return their errors,
        so that what it raises is the backend's own failure.

        Raises
        ------
        WorkersGone
            If the backend has failed.
        """
        held, self._held = self._held, []
        if not held:
            return
        try:
            outcomes = self._parallel(
                (_call_each_in_turn, (calls,), {}) for calls, _ in held
            )
        except Exception as error:
            raise _workers_gone(type(self._backend).__name__) from error
        for (_, done), outcome in zip(held, outcomes, strict=True):
            done(outcome)

    def restart(self) -> None:
        """Kill the workers and start new ones."""
        self._end_processes()
        self._backend.abort_everything(ensure_ready=True)
        self._note_processes()

    def abort(self) -> None:
        """Kill the workers and start new ones: running tasks end."""
        if hasattr(self._backend, "abort_everything"):
            # The search ends for a reason of its own, which a backend that cannot end
            # its tasks must not hide.
            with suppress(Exception):
                self.restart()

    def _note_processes(self) -> None:
        """Note the present processes, because the pool forgets those that die."""
        pool = pool_of_processes(self._backend)
        if pool is not None:
            self._processes.update(processes_of(pool))

    def _end_processes(self) -> None:
        """End a pool of multiprocessing, also one that waits for a dead worker.

        `terminate` may block forever, so it runs in a thread that can be left behind.
        """
        pool = pool_of_processes(self._backend)
        if pool is None:
            return
        pool.close()
        ending = threading.Thread(target=pool.terminate, daemon=True)
        ending.start()
        ending.join(_END_SECONDS)
        if ending.is_alive():
            for process in processes_of(pool):
                process.kill()
        forget_pool(self._backend)
        self._processes.clear()


def _call_and_report(batch: Callable[[], Any], done: Callable[[Any], None]) -> None:
    """Run a batch, and report its results from the thread itself.

    A pool of threads that is ended drops the results on their way to its callback.
    """
    done(batch())


def _report_error(done: Callable[[Any], None], outcome: Any) -> None:
    """Report an error to `done`; results were reported by `_call_and_report`."""
    if outcome is not None:
        done(outcome)


class _Raised:
    """The outcome of a task that raised an error."""

    def __init__(self, error: Exception) -> None:
        self.error = error


def _call_each_in_turn(calls: Iterable[Call]) -> list[Any] | _Raised:
    try:
        return [function(*args, **kwargs) for function, args, kwargs in calls]
    except Exception as error:
        return _Raised(error)


def _workers_gone(backend: str) -> WorkersGone:
    return WorkersGone(
        f"A worker of {backend} died, or {backend} was shut down, and joblib's backend "
        "replaces neither. What was finished is kept; run the search again. With a "
        "`journal` it continues where it was."
    )

"""The workers of a dask cluster.

joblib's dask backend polls for results every ten milliseconds, sends a fit's data with
each task, and takes the death of any worker for the end of all tasks. So only its
client is used, through dask's own interface: data are placed on the workers once, each
result is returned when it is there, and a worker that dies loses its own tasks only.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any, Self

import joblib

from skbayes._joblib.pool import Call, TaskNotLoaded, WorkerLost, WorkersGone

#: Errors of dask for a task whose workers, or data, are gone.
_LOSSES = {"KilledWorker", "CancelledError", "CommClosedError"}

#: Seconds for which a cluster may be without workers, or not answer: it restarts dead
#: workers, or waits for new ones.
_NO_WORKER_SECONDS = 60.0

#: Seconds between two counts of the workers. Each count asks the scheduler, which would
#: be too slow for every task.
_COUNT_SECONDS = 1.0

#: Bytes from which a value is placed on the workers instead of sent with each task.
_LARGE = 50_000


class _Shared:
    """A value that is placed on the workers."""

    def __init__(self, value: Any) -> None:
        self.value = value
        self.future: Any = None


class DaskPool:
    """The workers of the cluster of joblib's dask backend.

    Parameters
    ----------
    backend : DaskDistributedBackend
        joblib's backend, whose client and options of ``submit`` are used.
    n_jobs : int or None
        Workers to supply with tasks at least, even if there are fewer now.
    """

    is_far = True
    shares_memory = False
    # Other machines have other monotonic clocks.
    is_on_this_machine = False
    can_lose_workers = False
    loses_single_tasks = True

    def __init__(self, backend: Any, n_jobs: int | None) -> None:
        self._client = backend.client
        self._options = dict(backend.submit_kwargs)
        self._count_workers = backend.effective_n_jobs
        self._n_expected = n_jobs if n_jobs is not None and n_jobs > 0 else 0
        self._n_workers = 0
        self._counted = -math.inf
        self._shared: dict[int, _Shared] = {}
        self._in_flight: set[Any] = set()
        self._without_workers_since = math.inf
        self._is_inside_task = False

    def __enter__(self) -> Self:
        from distributed.worker import thread_state

        # A task that waits for other tasks must not occupy a worker's thread.
        self._is_inside_task = hasattr(thread_state, "execution_state")
        if self._is_inside_task:
            from distributed import secede

            secede()
        # Waits for the first worker, and raises if there is none.
        self._count_workers(-1)
        return self

    def __exit__(self, *error: object) -> None:
        self._shared.clear()
        if self._is_inside_task:
            from distributed import rejoin

            rejoin()

    @property
    def n_workers(self) -> int:
        """Calls that can run at once now; it changes as workers come and go."""
        if time.monotonic() >= self._counted + _COUNT_SECONDS:
            self._n_workers = self._count()
            self._counted = time.monotonic()
        return max(1, self._n_workers, self._n_expected)

    def _count(self) -> int:
        """Threads of all workers; 0 if the scheduler does not answer."""
        if self._client.status != "running":
            return 0
        try:
            return sum(self._client.nthreads().values())
        except (OSError, TimeoutError):
            return 0

    def share(self, value: Any) -> Any:
        """A stand-in for `value`, which is placed on all workers once."""
        if value is None:
            return None
        shared = self._shared.get(id(value))
        if shared is None:
            # `_Shared` keeps the value alive, so that its id stays its own.
            shared = self._shared[id(value)] = _Shared(value)
            self._lay_out(shared)
        return shared

    def _lay_out(self, shared: _Shared) -> None:
        """Send a value to the workers; workers that join later get it from these."""
        from dask.sizeof import sizeof

        if sizeof(shared.value) < _LARGE:
            return
        # A key by content could be another search's, which may delete the value.
        (shared.future,) = self._client.scatter(
            [shared.value], broadcast=True, hash=False
        )

    def submit(self, calls: Iterable[Call], done: Callable[[Any], None]) -> None:
        """Hand over `calls` as one task; `done` gets an outcome for `result`."""
        # Dask would run a tuple that begins with a function before the task.
        tasks = [
            ([_laid_out(a) for a in arguments], named, function)
            for function, arguments, named in calls
        ]
        # A key of its own: dask takes tasks with equal keys for one.
        self._check_client()
        options = {"pure": False, "key": f"skbayes-fold-{uuid.uuid4().hex}"}
        future = self._client.submit(_run_calls, tasks, **options | self._options)
        self._in_flight.add(future)
        self._client.loop.add_callback(self._collect, future, done)

    async def _collect(self, future: Any, done: Callable[[Any], None]) -> None:
        """Await one task, in the client's event loop."""
        try:
            outcome = await self._client.gather(future, asynchronous=True)
        except BaseException as error:
            outcome = error
        self._in_flight.discard(future)
        # Runs in the client's thread; `done` puts it into a thread-safe inbox.
        done(outcome)

    def result(self, outcome: Any) -> list[Any]:
        """The results of the calls; raises their error."""
        if not isinstance(outcome, BaseException):
            results: list[Any] = outcome
            return results
        kinds = {kind.__name__ for kind in type(outcome).__mro__}
        if kinds & _LOSSES:
            raise WorkerLost(str(outcome)) from outcome
        # Calls return their own errors, so an exception here is one of loading.
        text = f"{type(outcome).__name__}: {outcome}"
        raise TaskNotLoaded(text) from outcome

    def look(self) -> bool:
        """Raise if the cluster is gone, or has had no workers for too long."""
        self._check_client()
        if self._count():
            self._without_workers_since = math.inf
            return False
        self._without_workers_since = min(self._without_workers_since, time.monotonic())
        if time.monotonic() >= self._without_workers_since + _NO_WORKER_SECONDS:
            raise TimeoutError(
                "The dask cluster has had no worker for "
                f"{_NO_WORKER_SECONDS:g} seconds, and the search has fits left to run. "
                "Start workers and run it again; "
                "with a `journal` it continues where it was."
            )
        return False

    def _check_client(self) -> None:
        """Wait until a client that has lost its scheduler has found it again.

        Raises
        ------
        WorkersGone
            If the client has given up.
        """
        until = time.monotonic() + _NO_WORKER_SECONDS
        while self._client.status != "running":
            is_over = self._client.status in {"closed", "closing"}
            if is_over or time.monotonic() >= until:
                raise WorkersGone(
                    "The dask cluster does not answer: its scheduler was stopped, or "
                    "its client was closed, while the search was running. What was "
                    "finished is kept; start the cluster and run the search again. "
                    "With a `journal` it continues where it was."
                )
            time.sleep(0.1)

    def run_held(self) -> None:
        """Do nothing: this pool holds no tasks."""

    def restart(self) -> None:
        """Place the data again: they may have been lost with the workers that died."""
        self._check_client()
        for shared in self._shared.values():
            self._lay_out(shared)

    def abort(self) -> None:
        """Cancel the tasks that wait in the cluster; running ones run on."""
        if self._client.status == "running":
            self._client.cancel([*self._in_flight])


def _laid_out(argument: Any) -> Any:
    """The argument for dask: the future of a placed value, or the value itself."""
    if not isinstance(argument, _Shared):
        return argument
    return argument.value if argument.future is None else argument.future


def _run_calls(tasks: list[tuple[list[Any], Any, Callable[..., Any]]]) -> list[Any]:
    """Run calls on a worker; parallel code inside them uses the cluster too."""
    with joblib.parallel_config(backend="dask"):
        return [function(*arguments, **named) for arguments, named, function in tasks]

"""Worker processes of loky that belong to one search.

joblib has one set of workers for the whole process. If one search kills or resizes
them, because a worker died, hung or was interrupted, a search in another thread loses
them too and cannot know why. So each search has its own. The last ones used are kept
for the next search, as joblib keeps its own, because starting them takes a second.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Self

from skbayes._joblib.pickling import PickledOnce
from skbayes._joblib.pool import Call, TaskNotLoaded, WorkerLost
from skbayes._joblib.private import (
    BatchedCalls,
    BrokenProcessPool,
    LokyBackend,
    Parallel,
    ProcessPoolExecutor,
    ShutdownExecutorError,
    TemporaryResourcesManager,
    TerminatedWorkerError,
    backend_of,
    drop_unsent_tasks,
    get_memmapping_reducers,
    is_broken,
    n_workers_of,
    remove_memory_maps,
    settings_of,
    worker_environment,
)

#: Seconds after which idle workers end by themselves, as joblib's do.
_IDLE_SECONDS = 300

#: Share of that time after which kept workers are not used again. joblib warns of a
#: worker that ends just when tasks come, in the thread that serves all of them; where
#: warnings are errors that thread ends, and the search waits forever.
_STALE_SHARE = 0.9


@dataclass(frozen=True)
class _Settings:
    """The settings of worker processes; workers with equal ones can be reused."""

    n_workers: int
    environment: Any
    timeout: float
    temp_folder: Any
    reducers: dict[str, Any]
    initializer: Any
    initargs: Any
    # A forked process inherits the object but none of the threads that serve it.
    process: int


class _Workers:
    """Worker processes, and the folder of the memory maps they read."""

    def __init__(self, settings: _Settings) -> None:
        self.settings = settings
        self.maps = TemporaryResourcesManager(settings.temp_folder)
        job_reducers, result_reducers = get_memmapping_reducers(
            unlink_on_gc_collect=True,
            temp_folder_resolver=self.maps.resolve_temp_folder_name,
            **settings.reducers,
        )
        self.executor = ProcessPoolExecutor(
            settings.n_workers,
            job_reducers=job_reducers,
            result_reducers=result_reducers,
            timeout=settings.timeout,
            initializer=settings.initializer,
            initargs=settings.initargs,
            env=settings.environment,
        )
        self.rest()

    def rest(self) -> None:
        """Note since when they are idle, and what they import modules from."""
        self._idle_since = time.monotonic()
        self._path = list(sys.path)
        self._specs = _specs_of_modules()

    def can_serve(self, settings: _Settings) -> bool:
        """Whether they have these settings, are alive and will not end soon.

        Nor may a module have been imported anew, or from a place that they do not know:
        they have its old code, or cannot import it.
        """
        idle_seconds = time.monotonic() - self._idle_since
        specs = _specs_of_modules()
        return (
            self.settings == settings
            and not is_broken(self.executor)
            and idle_seconds < _STALE_SHARE * settings.timeout
            and self._path == sys.path
            and all(specs.get(name, spec) is spec for name, spec in self._specs.items())
        )

    def kill(self) -> None:
        """Kill the processes and delete their memory maps."""
        drop_unsent_tasks(self.executor)
        self.executor.shutdown(wait=True, kill_workers=True)
        remove_memory_maps(self.maps, None, by_force=True)


def _specs_of_modules() -> dict[str, Any]:
    """Specifications of the modules; ``importlib.reload`` gives a module another."""
    # Programs put other objects among the modules, too.
    modules: list[tuple[str, Any]] = list(sys.modules.items())
    return {
        name: vars(module).get("__spec__")
        for name, module in modules
        if isinstance(module, ModuleType)
    }


class _Spare:
    """The workers last used, kept for the next search with the same settings."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workers: _Workers | None = None

    def take(self, settings: _Settings) -> _Workers:
        """Workers with these settings, for the caller alone."""
        with self._lock:
            spare, self._workers = self._workers, None
        if spare is not None and spare.can_serve(settings):
            return spare
        # Ended only in the process that started them: a fork must not end its parent's.
        if spare is not None and spare.settings.process == os.getpid():
            spare.executor.shutdown(wait=False)
        return _Workers(settings)

    def give_back(self, workers: _Workers) -> None:
        """Keep these workers, and end those kept before."""
        workers.rest()
        with self._lock:
            old, self._workers = self._workers, workers
        if old is not None and old.settings.process == os.getpid():
            old.executor.shutdown(wait=False)


_SPARE = _Spare()


class _OwnLoky(LokyBackend):  # type: ignore[misc]
    """joblib's loky backend, with processes of its own; also with a single one.

    Parameters
    ----------
    like : LokyBackend or SequentialBackend
        The backend that it replaces.
    """

    def __init__(self, like: Any) -> None:
        super().__init__(**settings_of(like))
        self._timeout = settings_of(like).get("idle_worker_timeout")
        self.workers: _Workers | None = None
        self._settings: _Settings | None = None
        self._context = ""

    def configure(
        self,
        n_jobs: int = 1,
        parallel: Any = None,
        prefer: Any = None,
        require: Any = None,
        idle_worker_timeout: float | None = None,
        initializer: Any = None,
        initargs: Any = (),
        temp_folder: Any = None,
        **reducers: Any,
    ) -> int:
        """Take workers, with all settings of `parallel_config`."""
        more = {**getattr(self, "backend_kwargs", {}), **reducers}
        more.pop("idle_worker_timeout", None)
        # A context of multiprocessing, which loky does not accept.
        more.pop("context", None)
        n_workers = int(self.effective_n_jobs(n_jobs))
        self._settings = _Settings(
            n_workers=n_workers,
            environment=worker_environment(self, n_workers),
            timeout=idle_worker_timeout or self._timeout or _IDLE_SECONDS,
            temp_folder=more.pop("temp_folder", temp_folder),
            initializer=more.pop("initializer", initializer),
            initargs=more.pop("initargs", initargs),
            reducers=more,
            process=os.getpid(),
        )
        self.parallel = parallel
        self._context = f"{id(parallel)}-{os.getpid()}-{os.urandom(4).hex()}"
        self.start()
        return n_workers

    def start(self) -> None:
        """Take workers for this search."""
        assert self._settings is not None
        self.workers = _SPARE.take(self._settings)
        self.workers.maps.set_current_context(self._context)

    def kill(self) -> None:
        """Kill the workers."""
        workers, self.workers = self.workers, None
        if workers is not None:
            workers.kill()

    def terminate(self) -> None:
        """Keep the workers for the next search, and delete this one's memory maps."""
        workers, self.workers = self.workers, None
        if workers is not None:
            remove_memory_maps(workers.maps, self._context, by_force=False)
            _SPARE.give_back(workers)
        self.reset_batch_stats()

    def abort_everything(self, ensure_ready: bool = True) -> None:
        """Kill the workers, and start new ones with the same settings."""
        self.kill()
        if ensure_ready:
            self.start()


class LokyPool:
    """Worker processes of loky for one search.

    Parameters
    ----------
    n_jobs : int or None
        Number of processes in joblib's sense: -1 is all cores, None the active setting,
        1 one process.
    backend : LokyBackend or SequentialBackend
        joblib's active backend, whose settings are used.
    """

    is_far = False
    shares_memory = False
    is_on_this_machine = True
    can_lose_workers = True
    loses_single_tasks = False

    def __init__(self, n_jobs: int | None, backend: Any) -> None:
        self._parallel = Parallel(n_jobs=n_jobs, backend=_OwnLoky(backend))
        self._packed = PickledOnce()

    def __enter__(self) -> Self:
        self._parallel.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._parallel.__exit__(*error)

    @property
    def _backend(self) -> Any:
        return backend_of(self._parallel)

    @property
    def n_workers(self) -> int:
        """Calls that can run at once."""
        return n_workers_of(self._parallel)

    def share(self, value: Any) -> Any:
        """A plain array as it is (joblib maps large ones), other values packed."""
        return self._packed.share(value)

    def submit(self, calls: Iterable[Call], done: Callable[[Any], None]) -> None:
        """Hand over `calls` as one task; `done` gets an outcome for `result`."""
        batch = BatchedCalls(calls, self._backend.get_nested_backend(), pickle_cache={})
        try:
            future = self._backend.workers.executor.submit(batch)
        except (BrokenProcessPool, ShutdownExecutorError) as error:
            done(_Refused(error))
            return
        future.add_done_callback(done)

    def result(self, outcome: Any) -> list[Any]:
        """The results of the calls; raises their error."""
        try:
            results: list[Any] = outcome.result()
        except BrokenProcessPool as error:
            cause = error.__cause__
            # loky calls a worker broken too if it could not unpickle a task; the cause
            # distinguishes the two.
            if cause is not None and not isinstance(error, TerminatedWorkerError):
                raise TaskNotLoaded(str(error)) from cause
            raise WorkerLost(str(error)) from error
        except ShutdownExecutorError as error:
            raise WorkerLost(str(error)) from error
        return results

    def look(self) -> bool:
        """False: loky reports every process that has ended."""
        return False

    def run_held(self) -> None:
        """Do nothing: this pool holds no tasks."""

    def restart(self) -> None:
        """Kill the workers and start new ones."""
        self._backend.abort_everything(ensure_ready=True)

    def abort(self) -> None:
        """Kill the workers and start new ones: running tasks end."""
        self.restart()


class _Refused:
    """The outcome of a task that broken workers refused."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def result(self) -> list[Any]:
        """Raise the error."""
        raise self._error

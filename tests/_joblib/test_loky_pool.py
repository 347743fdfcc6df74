"""Has each search worker processes of its own, with all the settings of joblib?"""

from __future__ import annotations

import importlib
import os
import queue
import signal
import sys
import threading
import time

import joblib
import numpy as np
import pytest

from skbayes._joblib import loky_pool
from skbayes._joblib.active_backend import open_pool
from skbayes._joblib.pool import TaskNotLoaded, WorkerLost

pytestmark = pytest.mark.slow

TWO_MEGABYTES = np.zeros(2 * 2**17)


def answers(pool, *calls):
    """What calls return, each a task of its own, one after another."""
    done, results = queue.Queue(), []
    for function, *arguments in calls:
        pool.submit([(function, tuple(arguments), {})], done.put)
        results += pool.result(done.get(timeout=300))
    return results


def environment(name):
    """A variable of the process that runs this."""
    return os.environ.get(name)


def map_of(array):
    """The file that an array is mapped from, with its mode, None if it is not."""
    if not isinstance(array, np.memmap):
        return None
    return str(array.filename), array.mode


def process(_=None):
    """Number of the process that runs this."""
    return os.getpid()


def kill_oneself():
    """End the process that runs this."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("n_jobs", [1, 2])
@pytest.mark.parametrize("is_restarted", [False, True])
def test_loky_pool_keeps_the_settings_of_parallel_config(
    n_jobs, is_restarted, tmp_path
):
    """Threads, folder and mode of memory maps stay, also where workers are new."""
    with (
        joblib.parallel_config(
            "loky",
            n_jobs=n_jobs,
            inner_max_num_threads=3,
            temp_folder=str(tmp_path),
            max_nbytes="1M",
            mmap_mode="c",
        ),
        open_pool(None) as pool,
    ):
        assert pool.n_workers == n_jobs
        if is_restarted:
            pool.restart()
        threads, mapped = answers(
            pool, (environment, "OMP_NUM_THREADS"), (map_of, TWO_MEGABYTES)
        )
    assert threads == "3"
    name, mode = mapped
    assert name.startswith(str(tmp_path))
    assert mode == "c"


@pytest.mark.parametrize("is_restarted", [False, True])
def test_loky_pool_can_do_without_memory_maps(is_restarted):
    """``max_nbytes=None`` sends arrays as they are."""
    with joblib.parallel_config("loky", max_nbytes=None), open_pool(1) as pool:
        if is_restarted:
            pool.restart()
        assert answers(pool, (map_of, TWO_MEGABYTES)) == [None]


def test_loky_pool_after_another_has_the_same_workers():
    """Processes take a second to start."""
    numbers = []
    for _ in range(2):
        with joblib.parallel_config("loky"), open_pool(1) as pool:
            numbers += answers(pool, (process,))
    assert numbers[0] == numbers[1]


def test_loky_pool_replaces_workers_that_died_between_searches():
    """Nothing is lost that the second search would have to run again."""
    with joblib.parallel_config("loky"), open_pool(1) as pool:
        (number,) = answers(pool, (process,))
    os.kill(number, signal.SIGKILL)
    time.sleep(1)
    with joblib.parallel_config("loky"), open_pool(1) as pool:
        assert answers(pool, (process,)) != [number]


def test_loky_pool_takes_no_workers_that_are_about_to_end(monkeypatch):
    """One that ends when tasks come makes joblib warn in a thread that must not end."""
    monkeypatch.setattr(loky_pool, "_STALE_SHARE", 0.001)  # of 300 seconds
    numbers = []
    for _ in range(2):
        with joblib.parallel_config("loky"), open_pool(1) as pool:
            numbers += answers(pool, (process,))
        time.sleep(0.4)
    assert numbers[0] != numbers[1]


def test_loky_pool_takes_no_workers_with_old_code_of_a_module(tmp_path, monkeypatch):
    """An edited module that is imported anew here must not run as it was there."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    module = None
    # Of another length: byte code that is kept is told by time and length.
    for answer in (1, 22):
        (tmp_path / "made_for_workers.py").write_text(f"def f(): return {answer}\n")
        importlib.invalidate_caches()
        if module is None:
            module = importlib.import_module("made_for_workers")
        else:
            importlib.reload(module)
        with joblib.parallel_config("loky"), open_pool(1) as pool:
            assert answers(pool, (module.f,)) == [answer]
    del sys.modules["made_for_workers"]


def test_loky_pool_takes_no_workers_without_a_new_place_of_modules(
    tmp_path, monkeypatch
):
    """What can be imported here can be imported by workers."""
    with joblib.parallel_config("loky"), open_pool(1) as pool:
        (old,) = answers(pool, (process,))
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "in_a_new_place.py").write_text("def f(): return 1\n")
    module = importlib.import_module("in_a_new_place")
    with joblib.parallel_config("loky"), open_pool(1) as pool:
        assert answers(pool, (module.f,)) == [1]
        (new,) = answers(pool, (process,))
    del sys.modules["in_a_new_place"]
    assert new != old


def test_loky_pool_shares_no_worker_with_another_at_once():
    """What one pool does to its workers the other does not feel."""
    with joblib.parallel_config("loky"), open_pool(1) as one, open_pool(1) as other:
        (first,) = answers(one, (process,))
        (second,) = answers(other, (process,))
        assert first != second
        one.abort()
        assert answers(other, (process,)) == [second]
        assert answers(one, (process,)) != [first]


def test_loky_pool_does_not_touch_workers_of_joblib():
    """joblib's own calls in another thread go on while a search kills its workers."""
    results = []
    call = joblib.delayed(process)
    with joblib.parallel_config("loky"), open_pool(2) as pool:
        answers(pool, (process,))
        thread = threading.Thread(
            target=lambda: results.extend(
                joblib.Parallel(n_jobs=2)(call(k) for k in range(50))
            )
        )
        thread.start()
        pool.abort()
        thread.join(120)
    assert len(results) == 50


def test_loky_pool_tells_that_a_worker_has_died():
    """The error is `WorkerLost`, whatever loky calls it; new workers take calls."""
    with joblib.parallel_config("loky"), open_pool(2) as pool:
        with pytest.raises(WorkerLost, match="terminated|SIGKILL"):
            answers(pool, (kill_oneself,))
        pool.restart()
        assert answers(pool, (process,))


def test_loky_pool_tells_a_task_that_cannot_be_loaded_from_a_death():
    """The error is `TaskNotLoaded`, with the worker's traceback as its cause."""
    with joblib.parallel_config("loky"), open_pool(2) as pool:
        with pytest.raises(TaskNotLoaded, match="un-serialize") as raised:
            answers(pool, (process, CannotBeLoaded()))
        assert "told not to be loaded" in str(raised.value.__cause__)


class CannotBeLoaded:
    """Can be pickled, and not be read again."""

    def __reduce__(self):
        return refuse, ()


def refuse():
    """Fail."""
    raise RuntimeError("told not to be loaded")


def test_loky_pool_abort_is_not_harmed_by_tasks_that_wait(monkeypatch):
    """The thread that feeds workers ends well, and each task is reported as lost."""
    died, lost = [], queue.Queue()
    monkeypatch.setattr(threading, "excepthook", died.append)
    with joblib.parallel_config("loky", n_jobs=2):
        for attempt in range(12):
            with open_pool(None) as pool:
                for task in range(40):
                    pool.submit([(time.sleep, (0.001 * task,), {})], lost.put)
                time.sleep(0.01 * attempt)
                pool.abort()
    assert not died
    assert lost.qsize() == 12 * 40

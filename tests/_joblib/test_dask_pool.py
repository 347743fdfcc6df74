"""Does the pool of a dask cluster take a worker's death, and tell the cluster's end?

With a client that stands for dask's; the tests of searches have real clusters.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from skbayes._joblib import dask_pool
from skbayes._joblib.dask_pool import DaskPool
from skbayes._joblib.pool import TaskNotLoaded, WorkerLost, WorkersGone

pytest.importorskip("dask")

LARGE = np.zeros(100_000)


class Client:
    """Notes what it is asked for."""

    def __init__(self):
        self.status = "running"
        self.threads = {"a": 2, "b": 1}
        self.n_counts = 0
        self.scattered = []
        self.submitted = []
        self.cancelled = []
        self.loop = SimpleNamespace(add_callback=lambda *call: None)

    def nthreads(self):
        """Threads by worker; fails as a scheduler that does not answer."""
        self.n_counts += 1
        if self.threads is None:
            raise TimeoutError("no answer")
        return self.threads

    def scatter(self, values, **options):
        """Place values."""
        self.scattered.append((values, options))
        return [f"future {len(self.scattered)}"]

    def submit(self, function, tasks, **options):
        """Take a task."""
        self.submitted.append((tasks, options))
        return f"task {len(self.submitted)}"

    def cancel(self, futures):
        """Cancel tasks."""
        self.cancelled += futures


@pytest.fixture
def clock(monkeypatch):
    """Seconds that pass only when something says so."""
    clock = SimpleNamespace(now=100.0)

    def sleep(seconds):
        clock.now += seconds

    time = SimpleNamespace(monotonic=lambda: clock.now, sleep=sleep)
    monkeypatch.setattr(dask_pool, "time", time)
    return clock


def pool_of(client, n_jobs=None, **options):
    """A pool of the cluster of a client."""
    backend = SimpleNamespace(
        client=client, submit_kwargs=options, effective_n_jobs=lambda n_jobs: 3
    )
    return DaskPool(backend, n_jobs)


def test_n_workers_counts_the_cluster_once_a_second(clock):
    """The number is at least that requested, and 1 if the scheduler is silent."""
    client = Client()
    pool = pool_of(client)
    assert [pool.n_workers for _ in range(9)] == [3] * 9
    assert client.n_counts == 1
    client.threads = {}
    assert pool_of(client, 5).n_workers == 5
    assert pool_of(client, -1).n_workers == 1
    client.threads = None
    assert pool.n_workers == 3
    clock.now += 1.0
    assert pool.n_workers == 1


def test_dask_pool_says_what_its_workers_are():
    """Workers are far processes, of which one may die without the others."""
    pool = pool_of(Client())
    assert pool.is_far
    assert pool.loses_single_tasks
    assert not pool.shares_memory
    assert not pool.is_on_this_machine
    assert not pool.can_lose_workers


def test_share_places_large_values_on_all_workers_once():
    """Small values are sent with each task; None is not shared."""
    client = Client()
    pool = pool_of(client)
    large, small = pool.share(LARGE), pool.share([1, 2])
    assert pool.share(LARGE) is large
    assert pool.share(None) is None
    ((values, options),) = client.scattered
    assert values[0] is LARGE
    assert options == {"broadcast": True, "hash": False}
    pool.submit([(len, (large, small, 3), {"named": 1})], None)
    (((arguments, named, function),),) = [tasks for tasks, _ in client.submitted]
    assert arguments == ["future 1", [1, 2], 3]
    assert (named, function) == ({"named": 1}, len)


def test_submit_gives_each_task_a_key_of_its_own():
    """Dask takes tasks with equal keys for one; the user's options win."""
    client = Client()
    pool = pool_of(client, retries=2, pure=True)
    for _ in range(2):
        pool.submit([(len, ([],), {})], None)
    first, second = (options for _, options in client.submitted)
    assert first["key"] != second["key"]
    assert (first["retries"], first["pure"]) == (2, True)


class KilledWorker(Exception):
    """Has the name of dask's own."""


class Derived(KilledWorker):
    """A newer version's."""


def test_result_tells_a_lost_worker_from_a_task_that_was_not_loaded():
    """The error of dask is the cause."""
    pool = pool_of(Client())
    assert pool.result([1, 2]) == [1, 2]
    for kind in (KilledWorker, Derived):
        with pytest.raises(WorkerLost, match="gone") as caught:
            pool.result(kind("gone"))
        assert isinstance(caught.value.__cause__, kind)
    with pytest.raises(TaskNotLoaded, match="^ImportError: no module$"):
        pool.result(ImportError("no module"))


def test_look_waits_a_minute_for_workers(clock):
    """The minute begins when the last one was gone, and anew if one comes."""
    client = Client()
    pool = pool_of(client)
    assert pool.look() is False
    client.threads = {}
    pool.look()
    clock.now += 59.0
    pool.look()
    client.threads = {"c": 1}
    pool.look()
    client.threads = None
    clock.now += 59.0
    pool.look()
    clock.now += 60.0
    with pytest.raises(TimeoutError, match="has had no worker for 60 seconds"):
        pool.look()


@pytest.mark.parametrize("status", ["closed", "closing", "connecting"])
def test_look_tells_that_a_client_has_given_up(clock, status):
    """`look` tells at once of a closed client, after a minute of connecting anew."""
    client = Client()
    client.status = status
    with pytest.raises(WorkersGone, match="The dask cluster does not answer"):
        pool_of(client).look()
    waited = clock.now - 100.0
    assert waited == (pytest.approx(60.0, abs=0.2) if status == "connecting" else 0.0)


def test_restart_places_the_data_again():
    """Tasks that follow get the new data."""
    client = Client()
    pool = pool_of(client)
    shared = pool.share(LARGE)
    pool.restart()
    assert len(client.scattered) == 2
    pool.submit([(len, (shared,), {})], None)
    assert client.submitted[0][0][0][0] == ["future 2"]


@pytest.mark.parametrize("status", ["running", "closed"])
def test_abort_cancels_what_is_in_flight(status):
    """A client that was closed has no tasks to cancel."""
    client = Client()
    pool = pool_of(client)
    pool.submit([(len, ([],), {})], None)
    client.status = status
    pool.abort()
    assert client.cancelled == (["task 1"] if status == "running" else [])

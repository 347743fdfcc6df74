"""Searches on a dask cluster that outlives, or does not outlive, its drivers.

Scheduler and workers are processes of their own, as on a real cluster.
"""

from __future__ import annotations

import json
import shutil

import pytest

from skbayes import GridSearchCV
from tests.search import drivers
from tests.search.dask_processes import cluster
from tests.search.estimators import FOLDS, N_FOLDS, Scripted, X, fits, y

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

#: What a driver runs: a search with a journal whose path only the driver can know.
START = """
import json, joblib, threading, time
from distributed import Client
os.chdir({folder!r})
estimator = Scripted(log={log!r}, seconds={seconds}, is_random=True)
client = Client(scheduler_file={file!r}, timeout=2)
client.wait_for_workers(2)
"""
SEARCH = """
space = {"quality": (0.0, 1.0, "uniform")}
search = BayesSearchCV(
    estimator, space, n_iter=10, random_state=0, cv=FOLDS, journal="j.sqlite"
)
with joblib.parallel_config("dask"):
    search.fit(X, y)
def pid_and_journal():
    import os, sys
    return os.getpid(), [m for m in sys.modules if m.startswith("skbayes._journal")]
print(json.dumps({
    "trials": [
        [t.params["quality"], [f.test_scores["score"] for f in t.folds]]
        for t in search.trials_
    ],
    "ran": sorted({f.worker.split("-")[0] for t in search.trials_ for f in t.folds}),
    "workers": sorted(client.run(pid_and_journal).values()),
}))
client.close()
"""


def start_of(tmp_path, file, seconds=0.15):
    """The first lines of a driver."""
    return START.format(
        folder=str(tmp_path), log=str(tmp_path / "log"), file=str(file), seconds=seconds
    )


def test_two_drivers_share_a_search_on_one_cluster_of_dask(tmp_path):
    """No fold is run twice, and the workers know nothing of the journal."""
    with cluster(tmp_path) as (file, _):
        pair = [drivers.start(start_of(tmp_path, file) + SEARCH) for _ in range(2)]
        found = []
        for driver in pair:
            with driver:
                out, err = drivers.texts(driver, 120)
            assert driver.returncode == 0, err
            found.append(json.loads(out.strip().splitlines()[-1]))
    one, other = found
    assert one["trials"] == other["trials"]
    assert len(one["trials"]) == 10
    counts = fits(tmp_path / "log")
    assert len(counts) == 10 * N_FOLDS
    assert set(counts.values()) == {1}
    pids = {str(pid) for pid, _ in one["workers"]}
    assert set(one["ran"]) <= pids
    assert [modules for _, modules in one["workers"]] == [[], []]


KILLED = """
import signal
search = GridSearchCV(
    estimator, {"quality": list(range(12))}, cv=FOLDS, journal="j.sqlite", refit=False
)
def kill():
    while sum(fits(estimator.log).values()) < 12:
        time.sleep(0.02)
    os.kill(SCHEDULER, signal.SIGKILL)
threading.Thread(target=kill).start()
began = time.monotonic()
try:
    with joblib.parallel_config("dask"):
        search.fit(X, y)
except ConnectionError as error:
    told = str(error)
n_finished = sum(len(trial.folds) for trial in search.trials_)
print(json.dumps([told, n_finished, time.monotonic() - began]))
"""


def test_a_scheduler_of_dask_that_is_killed_is_told_and_the_search_goes_on(tmp_path):
    """The error comes soon; the journal has the finished folds, which are not rerun."""
    with cluster(tmp_path) as (file, (scheduler, *_)):
        killed = KILLED.replace("SCHEDULER", str(scheduler.pid))
        out, _ = drivers.run(start_of(tmp_path, file) + killed, timeout=120)
    told, n_finished, seconds = json.loads(out.strip().splitlines()[-1])
    assert "The dask cluster does not answer" in told
    assert "With a `journal` it continues where it was" in told
    assert seconds < 30
    # Of twelve begun, one of each worker runs and one may be on its way.
    assert n_finished >= 8
    before = fits(tmp_path / "log")
    # Anywhere: here without a cluster.
    estimator = Scripted(log=str(tmp_path / "log"), seconds=0.15, is_random=True)
    search = GridSearchCV(
        estimator,
        {"quality": list(range(12))},
        cv=FOLDS,
        journal=tmp_path / "j.sqlite",
        refit=False,
    ).fit(X, y)
    assert {str(trial.status) for trial in search.trials_} == {"complete"}
    after = fits(tmp_path / "log")
    assert sum(after.values()) - sum(before.values()) == 12 * N_FOLDS - n_finished


OTHER_VERSION = """
try:
    with joblib.parallel_config("dask"):
        GridSearchCV(Scripted(), {"quality": [0.1, 0.2]}, cv=FOLDS).fit(X, y)
except RuntimeError as error:
    print(error)
"""


def test_another_skbayes_on_the_workers_of_dask_is_named(tmp_path):
    """The workers import a copy of the package that has another version."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(
        drivers.ROOT / "skbayes",
        copy / "skbayes",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    init = copy / "skbayes" / "__init__.py"
    init.write_text(init.read_text() + '\n__version__ = "0.0.1"\n')
    with cluster(tmp_path, path=copy) as (file, _):
        out, _ = drivers.run(start_of(tmp_path, file) + OTHER_VERSION, timeout=120)
    assert "The workers cannot run this search" in out
    assert "0.0.1 there. Install the same ones on both" in out

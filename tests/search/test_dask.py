"""Searches on a dask cluster of processes that are really started, and killed."""

from __future__ import annotations

import textwrap

import pytest

from tests.search import drivers

pytest.importorskip("distributed")
pytestmark = pytest.mark.slow

START = """
import time, threading, dask, joblib, numpy as np
from distributed import Client, LocalCluster
from tests.search.test_asynchronous import make_search, check_equal
from tests.search.fault_searches import GOOD, check_rest_went_on, grid_of

def cluster_of(n, threads=1):
    return LocalCluster(n_workers=n, threads_per_worker=threads, dashboard_address=None)

def workers_of(search):
    return {f.worker.split("-")[0] for t in search.trials_ for f in t.folds}

def statuses(search):
    return [str(t.status) for t in search.trials_]

def main():
"""
END = """
if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
"""


def run_on_dask(code):
    """The last line that `code` prints, in a driver of its own."""
    out, _ = drivers.run(START + textwrap.indent(code, "    ") + END, timeout=550)
    return out.strip().splitlines()[-1]


def test_workers_of_dask_give_what_this_process_gives():
    """All three searches agree; a seed repeats Bayesian search in any order of ends."""
    assert (
        run_on_dask("""
with cluster_of(2) as cluster, Client(cluster):
    with joblib.parallel_config("dask"):
        found = {kind: make_search(kind).fit(X, y) for kind in ("grid", "random")}
        bayes = [make_search("bayes").fit(X, y) for _ in range(2)]
for kind, search in found.items():
    check_equal(search, make_search(kind).fit(X, y))
check_equal(*bayes)
for search in (*found.values(), *bayes):
    assert workers_of(search) and str(os.getpid()) not in workers_of(search)
print("equal")
""")
        == "equal"
    )


def test_a_killed_worker_of_dask_costs_the_folds_it_was_running(tmp_path):
    """No other fold is run twice or lost, and no candidate is at fault."""
    assert (
        run_on_dask(f"""
log = {str(tmp_path / "log")!r}
with cluster_of(4) as cluster, Client(cluster) as client:
    pids = list(client.run(os.getpid).values())
    def kill():
        while not fits(log):
            time.sleep(0.05)
        time.sleep(1)
        os.kill(pids[0], signal.SIGKILL)
    threading.Thread(target=kill).start()
    with joblib.parallel_config("dask"):
        estimator = Scripted(seconds=0.5, log=log)
        search = GridSearchCV(estimator, {{"quality": list(range(10))}}, cv=FOLDS)
        search.fit(X, y)
assert statuses(search) == ["complete"] * 10
counts = fits(log)
assert len(counts) == 10 * N_FOLDS
# The fold that it was running, and one whose result was still on its way.
assert sum(counts.values()) - len(counts) <= 2, counts
print("survived")
""")
        == "survived"
    )


def test_a_candidate_that_kills_workers_of_dask_is_found():
    """The candidate is found where dask gives it up; other folds are not given up."""
    assert (
        run_on_dask("""
dask.config.set({"distributed.scheduler.allowed-failures": 0})
# Large enough that the data lie at the workers, with which they are lost.
large = np.tile(X, (1, 500))
with cluster_of(2) as cluster, Client(cluster), joblib.parallel_config("dask"):
    search = GridSearchCV(Scripted(seconds=0.1), grid_of("_exit"), cv=FOLDS)
    search.fit(large, y)
check_rest_went_on(search, "The worker died")
print("found")
""")
        == "found"
    )


@pytest.mark.parametrize("kind", ["grid", "bayes"])
def test_workers_that_join_dask_later_are_used_and_may_leave(kind):
    """An unseeded search and a grid follow the size of the cluster."""
    assert (
        run_on_dask(f"""
with cluster_of(1) as cluster, Client(cluster) as client:
    first = str(list(client.run(os.getpid).values())[0])
    def resize():
        time.sleep(2)
        cluster.scale(3)
        client.wait_for_workers(3)
        time.sleep(3)
        cluster.scale(2)
    thread = threading.Thread(target=resize)
    thread.start()
    with joblib.parallel_config("dask"):
        estimator = Scripted(seconds=0.3)
        if "{kind}" == "grid":
            search = GridSearchCV(estimator, {{"quality": list(range(60))}}, cv=FOLDS)
        else:
            space = {{"quality": (0.0, 1.0, "uniform")}}
            search = BayesSearchCV(estimator, space, n_iter=60, cv=FOLDS)
        search.fit(X, y)
    thread.join()
assert statuses(search) == ["complete"] * 60
assert first in workers_of(search) and len(workers_of(search)) >= 2
print("used")
""")
        == "used"
    )


def test_several_searches_on_one_cluster_of_dask():
    """The searches run in threads of one driver, one of them in trouble."""
    assert (
        run_on_dask("""
searches = [
    GridSearchCV(Scripted(seconds=0.1), {"quality": GOOD * 3}, cv=FOLDS),
    GridSearchCV(Scripted(seconds=0.1), grid_of("raise"), cv=FOLDS),
    GridSearchCV(Scripted(), grid_of("raise"), cv=FOLDS, error_score="raise"),
]
errors = []
def fit(search):
    try:
        with joblib.parallel_config("dask"):
            search.fit(X, y)
    except RuntimeError as error:
        errors.append(str(error))
with cluster_of(2) as cluster, Client(cluster):
    threads = [threading.Thread(target=fit, args=(s,)) for s in searches]
    [t.start() for t in threads], [t.join() for t in threads]
assert statuses(searches[0]) == ["complete"] * 9
check_rest_went_on(searches[1], "told to fail")
assert errors == ["told to fail"], errors
print("apart")
""")
        == "apart"
    )


def test_a_search_inside_a_search_on_dask_does_not_block():
    """An outer fold gives its place up to the inner folds that it waits for."""
    assert (
        run_on_dask("""
from sklearn.model_selection import cross_val_score
inner = GridSearchCV(Scripted(), {"quality": GOOD}, cv=FOLDS)
with cluster_of(1) as cluster, Client(cluster), joblib.parallel_config("dask"):
    print(cross_val_score(inner, X, y, cv=2, error_score="raise").shape)
""")
        == "(2,)"
    )


def test_a_dask_cluster_that_goes_away_is_told_and_what_is_finished_is_kept(tmp_path):
    """The error says what to do; a journal goes on where the cluster was left."""
    assert (
        run_on_dask(f"""
journal = {str(tmp_path / "journal.sqlite")!r}
log = {str(tmp_path / "log")!r}
estimator = Scripted(seconds=0.3, log=log)
grid = {{"quality": list(range(12))}}
search = GridSearchCV(estimator, grid, cv=FOLDS, journal=journal)
cluster = cluster_of(2)
client = Client(cluster)
def end():
    while sum(fits(log).values()) < 12:
        time.sleep(0.05)
    client.close()
    cluster.close()
thread = threading.Thread(target=end, daemon=True)
thread.start()
try:
    with joblib.parallel_config("dask"):
        search.fit(X, y)
except ConnectionError as error:
    assert "dask cluster" in str(error) and "journal" in str(error), error
else:
    raise AssertionError("it went on without a cluster")
thread.join()
n_complete = statuses(search).count("complete")
assert n_complete and len(search.cv_results_["params"]) >= n_complete
n_finished = sum(len(trial.folds) for trial in search.trials_)
# Of twelve begun, two of each worker may be running or on their way.
assert n_finished >= 8, n_finished
n_before = sum(fits(log).values())
search.fit(X, y)
assert statuses(search) == ["complete"] * 12
n_again = sum(fits(log).values()) - n_before
assert n_again <= 12 * N_FOLDS - n_finished, (n_again, n_finished)
print("kept")
""")
        == "kept"
    )


def test_an_estimator_that_workers_of_dask_cannot_import_is_named(tmp_path):
    """The error comes at once: what is missing there, and where to put it."""
    (tmp_path / "only_here.py").write_text(
        "from tests.search.estimators import Scripted\nclass Local(Scripted): pass\n"
    )
    assert (
        run_on_dask(f"""
with cluster_of(1) as cluster, Client(cluster):
    sys.path.insert(0, {str(tmp_path)!r})
    from only_here import Local
    try:
        with joblib.parallel_config("dask"):
            GridSearchCV(Local(), {{"quality": GOOD}}, cv=FOLDS).fit(X, y)
    except RuntimeError as error:
        assert "could not load the estimator" in str(error), error
        assert "No module named 'only_here'" in str(error), error
        assert "on the path, where the workers run" in str(error), error
        print("named")
""")
        == "named"
    )


def test_a_cluster_of_dask_that_adapts_grows_and_shrinks(tmp_path):
    """Workers come for what waits, and leave in mid-search without being missed."""
    assert (
        run_on_dask(
            f"log = {str(tmp_path / 'log')!r}"
            + """
sizes = set()
with cluster_of(1) as cluster, Client(cluster) as client:
    cluster.adapt(minimum=1, maximum=3, interval="200ms", target_duration="100ms")
    def watch():
        while max(sizes, default=0) < 3 or sum(fits(log).values()) < 20:
            sizes.add(len(client.scheduler_info(n_workers=-1)["workers"]))
            time.sleep(0.05)
        cluster.adapt(minimum=1, maximum=1, interval="200ms", wait_count=1)
        while is_searching:
            sizes.add(-len(client.scheduler_info(n_workers=-1)["workers"]))
            time.sleep(0.05)
    is_searching = [True]
    thread = threading.Thread(target=watch)
    thread.start()
    with joblib.parallel_config("dask"):
        estimator = Scripted(seconds=0.2, log=log)
        search = GridSearchCV(estimator, {"quality": list(range(20))}, cv=FOLDS)
        search.fit(X, y)
    is_searching.clear()
    thread.join()
assert statuses(search) == ["complete"] * 20
# One that came last may have left before it ran anything.
assert len(workers_of(search)) >= 2, workers_of(search)
# As they grew, and with a minus as they shrank again.
assert {1, 3, -1} <= sizes, sizes
counts = fits(log)
assert len(counts) == 20 * N_FOLDS
# Two workers left: dask moves what they had finished, and reruns what they ran.
assert sum(counts.values()) - len(counts) <= 2, counts
print("adapted")
"""
        )
        == "adapted"
    )


def test_data_are_sent_to_the_workers_of_dask_once():
    """Data are pickled once for all workers and folds."""
    assert (
        run_on_dask("""
from tests.search.test_dask import CountsPickles
data = CountsPickles(np.tile(X, (1, 10_000)))
with cluster_of(2) as cluster, Client(cluster), joblib.parallel_config("dask"):
    search = GridSearchCV(Scripted(), {"quality": list(range(12))}, cv=FOLDS)
    search.fit(data, y)
assert statuses(search) == ["complete"] * 12
assert CountsPickles.n_pickles <= 2, CountsPickles.n_pickles
print("once")
""")
        == "once"
    )


class CountsPickles:
    """A table that counts how often this process has pickled it."""

    n_pickles = 0

    def __init__(self, values):
        self.values = values
        self.shape = values.shape
        self.dtype = values.dtype

    def __len__(self):
        return len(self.values)

    def __getitem__(self, rows):
        return self.values[rows]

    def __reduce__(self):
        type(self).n_pickles += 1
        return CountsPickles, (self.values,)

    def __sizeof__(self):
        return self.values.nbytes

"""Do the threads inside fits and the workers of a search multiply?

A search runs on as many workers as there are cores, with an estimator that takes all
cores for itself and with the same estimator on one thread: LightGBM (where it is
installed), whose default is all cores, a forest with n_jobs=-1, and a principal
component analysis, whose BLAS has threads of its own, on each backend of joblib.
Printed are seconds, and the threads of the estimator's process after a fit. Expected:
with loky, BLAS and OpenMP have one thread in each worker, as joblib sets it, and the
estimators that ask for a number of their own have all cores. The search's warning names
the estimators whose threads multiply here.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
import warnings
from pathlib import Path

import joblib
from _report import write
from sklearn.datasets import make_classification
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skbayes import GridSearchCV


def estimators():
    """Name, estimator with all cores, the same with one, and what is searched."""
    yield (
        "forest",
        RandomForestClassifier(100, n_jobs=-1, random_state=0),
        RandomForestClassifier(100, n_jobs=1, random_state=0),
        {"max_depth": [3, 4, 5, 6]},
    )
    pipeline = make_pipeline(PCA(10), LogisticRegression())
    yield "PCA", pipeline, pipeline, {"pca__n_components": [5, 10, 15, 20]}
    try:
        from lightgbm import LGBMClassifier
    except ImportError:
        return
    settings = {"n_estimators": 50, "verbose": -1}
    yield (
        "LightGBM",
        LGBMClassifier(**settings),
        LGBMClassifier(n_jobs=1, **settings),
        {"num_leaves": [4, 8, 16, 31]},
    )


def n_threads_here():
    """Threads of this process, those of libraries included; 0 where nobody says."""
    status = Path("/proc/self/status")
    if not status.exists():
        return threading.active_count()
    line = next(k for k in status.read_text().splitlines() if k.startswith("Threads"))
    return int(line.split()[1])


def threads_while_scored(estimator, X, y):
    """Threads that the process of a fit has when it has ended."""
    return {"score": estimator.score(X, y), "threads": n_threads_here()}


def measure(estimator, grid, data):
    """Seconds and threads of one search, and whether it warned."""
    search = GridSearchCV(
        estimator, grid, cv=3, scoring=threads_while_scored, refit=False,
        n_jobs=joblib.cpu_count(),
    )  # fmt: skip
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        search.fit(*data)  # the workers start
        began = time.monotonic()
        search.fit(*data)
        seconds = time.monotonic() - began
    threads = float(search.cv_results_["mean_test_threads"].max())
    warned = any("cores" in str(w.message) for w in caught)
    return {"seconds": seconds, "threads": threads, "warned": warned}


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", metavar="PATH")
    arguments = parser.parse_args()
    data = make_classification(2000, 30, n_informative=10, random_state=0)
    results = {}
    for backend in ("loky", "threading", "multiprocessing"):
        for name, greedy, modest, grid in estimators():
            for kind, estimator in (("all cores", greedy), ("one thread", modest)):
                with joblib.parallel_config(backend):
                    one = measure(estimator, grid, data)
                results[f"{backend}, {name}, {kind}"] = one
                print(f"{backend}, {name}, {kind}: {one}", flush=True)
    write(arguments.json, __doc__.splitlines()[0], results)
    return 0


if __name__ == "__main__":
    sys.exit(main())

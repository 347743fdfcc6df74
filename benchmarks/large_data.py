"""Is a large X held once in memory, whatever its type, and not once a worker?

A grid search on worker processes, with an estimator that only looks at its training
part, on an array, a sparse matrix, a frame of pandas, one of Arrow's types, a frame of
polars and a table of pyarrow, against scikit-learn's search of the same. A thread adds
up the proportional memory of this process and of all its workers, in which a page that
several of them map counts once, and keeps the highest. Each search runs in a process of
its own. Expected: no more than scikit-learn's; less for the frames, because their large
parts are mapped too.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
from _report import write
from sklearn.base import BaseEstimator, ClassifierMixin

KINDS = ("array", "sparse", "frame", "arrow", "polars", "table")
BAR = 1.0


class Glance(ClassifierMixin, BaseEstimator):
    """Takes so long that all workers hold their training parts at once."""

    def __init__(self, value=0, seconds=10.0):
        self.value = value
        self.seconds = seconds

    def fit(self, X, y):
        """Wait."""
        time.sleep(self.seconds)
        self.classes_ = np.unique(y)
        return self

    def score(self, X, y):
        """The value."""
        return float(self.value)


def table(kind, megabytes):
    """About as many megabytes of numbers, and a target."""
    n_rows, n_columns = megabytes * 2500, 50
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, n_rows)
    if kind == "sparse":
        from scipy import sparse

        # Every 30th of 1,000 columns, from another one in each row.
        columns = rng.integers(0, 30, (n_rows, 1)) + 30 * np.arange(33)
        n_values = columns.size
        indices = columns.ravel().astype(np.int32)
        rows = np.arange(0, n_values + 1, 33, dtype=np.int32)
        values = rng.standard_normal(n_values)
        return sparse.csr_matrix((values, indices, rows), (n_rows, 1000)), y
    X = rng.standard_normal((n_rows, n_columns))
    names = [f"c{k}" for k in range(n_columns)]
    if kind in ("frame", "arrow"):
        import pandas as pd

        X = pd.DataFrame(X, columns=names)
    if kind == "arrow":
        X = X.astype("float64[pyarrow]")
    if kind == "polars":
        import polars as pl

        X = pl.DataFrame(X, schema=names)
    if kind == "table":
        import pyarrow as pa

        X = pa.table({name: X[:, k] for k, name in enumerate(names)})
    return X, y


def tree_megabytes(pid):
    """Proportional memory of a process and all below it."""
    total, pids = 0, [pid]
    while pids:
        one = pids.pop()
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += sum(int(k.split()[1]) for k in lines if k.startswith("Pss:"))
            for task in Path(f"/proc/{one}/task").iterdir():
                pids += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return total / 1024


def child(which, kind, megabytes, n_workers, seconds):
    """Run one search; print the highest memory above that with the data alone."""
    import os

    if which == "skbayes":
        from skbayes import GridSearchCV
    else:
        from sklearn.model_selection import GridSearchCV
    X, y = table(kind, megabytes)
    peak, is_over = [0.0], threading.Event()

    def watch():
        while not is_over.wait(0.1):
            peak[0] = max(peak[0], tree_megabytes(os.getpid()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    grid = {"value": list(range(4))}
    search = GridSearchCV(
        Glance(seconds=seconds), grid, cv=3, n_jobs=n_workers, refit=False
    )
    search.fit(X, y)
    is_over.set()
    watcher.join()
    print(json.dumps(peak[0]))


def main():
    """Measure, print, and say by the exit status whether the bar holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=8)
    parser.add_argument(
        "--seconds", type=float, default=30.0, help="a fit; more than its data travel"
    )
    parser.add_argument("--kinds", nargs="*", default=KINDS)
    parser.add_argument("--child", nargs=2)
    parser.add_argument("--json", metavar="PATH")
    arguments = parser.parse_args()
    size = arguments.megabytes, arguments.workers
    if arguments.child:
        child(*arguments.child, *size, arguments.seconds)
        return 0
    results, is_good = {}, True
    for kind in arguments.kinds:
        peaks = {}
        for which in ("scikit-learn", "skbayes"):
            command = [sys.executable, __file__, "--child", which, kind]
            command += ["--megabytes", str(size[0]), "--workers", str(size[1])]
            command += ["--seconds", str(arguments.seconds)]
            out = subprocess.run(command, capture_output=True, text=True, check=True)
            peaks[which] = json.loads(out.stdout.strip().splitlines()[-1])
        results[kind] = peaks
        ratio = peaks["skbayes"] / peaks["scikit-learn"]
        is_good &= ratio <= BAR
        print(
            f"{kind} of {size[0]} MB, {size[1]} workers: {peaks['skbayes']:.0f} MB, "
            f"{ratio:.2f} of scikit-learn's",
            flush=True,
        )
    write(arguments.json, __doc__.splitlines()[0], results)
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())

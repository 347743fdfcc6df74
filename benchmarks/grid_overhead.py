"""Is our `GridSearchCV` ever slower than scikit-learn's?

Both searches run the same grid and folds, with an estimator that computes for a given
time (1, 10 and 100 ms a fit) and with one and two workers. The two run one after the
other, in turns, and the ratio of each pair is taken, so that a drift of the machine
falls on both. Worker pools are started before the timing begins. Baseline:
scikit-learn. Expected: a median ratio <= 1.0 within the noise, never above 1.05.
"""

from __future__ import annotations

import argparse
import os
import sys

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

from itertools import product
from time import perf_counter

import numpy as np
from _busy import Busy
from _report import spread, write
from sklearn.model_selection import GridSearchCV as TheirGridSearchCV

from skbayes import GridSearchCV

BAR = 1.05


def wall_time(cls, estimator, n_candidates, n_jobs, data):
    """Seconds a grid search takes, its refit left out."""
    grid = {"value": list(range(n_candidates))}
    search = cls(estimator, grid, cv=5, n_jobs=n_jobs, refit=False)
    started = perf_counter()
    search.fit(*data)
    return perf_counter() - started


def compare(estimator, n_jobs, n_candidates, repeats):
    """Wall times of both, pair by pair."""
    rng = np.random.default_rng(0)
    data = rng.normal(size=(500, 10)), rng.integers(0, 2, size=500)
    classes = (TheirGridSearchCV, GridSearchCV)
    for cls in classes:
        wall_time(cls, estimator, 4, n_jobs, data)
    times = {"scikit-learn": [], "skbayes": []}
    for repeat in range(repeats):
        # Who goes first alternates: the second finds warmer caches.
        order = classes if repeat % 2 == 0 else classes[::-1]
        for cls in order:
            name = "scikit-learn" if cls is TheirGridSearchCV else "skbayes"
            times[name].append(wall_time(cls, estimator, n_candidates, n_jobs, data))
    ratios = [b / a for a, b in zip(*times.values(), strict=True)]
    return {
        "fit_seconds": estimator.seconds,
        "fits_sleep": estimator.asleep,
        "n_jobs": n_jobs,
        "n_candidates": n_candidates,
        "n_splits": 5,
        **{name: spread(values) for name, values in times.items()},
        "ratio": spread(ratios),
    }


def main():
    """Measure every case, print a table, and compare with the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--budget", type=float, default=2.0, help="seconds of fits")
    parser.add_argument(
        "--asleep",
        action="store_true",
        help="fits sleep: for a machine with other work",
    )
    parser.add_argument("--json")
    options = parser.parse_args()
    print(
        "fit (ms)  n_jobs  candidates  scikit-learn (s)  skbayes (s)  ratio (quartiles)"
    )
    results = []
    for seconds, n_jobs in product((0.001, 0.01, 0.1), (1, 2)):
        n_candidates = int(min(100, max(4, options.budget * n_jobs / (5 * seconds))))
        result = compare(
            Busy(seconds, options.asleep), n_jobs, n_candidates, options.repeats
        )
        results.append(result)
        low, high = (result["ratio"][f"quartile_{i}"] for i in (1, 3))
        print(
            f"{seconds * 1e3:8.0f}  {n_jobs:6}  {n_candidates:10}"
            f"  {result['scikit-learn']['median']:16.3f}"
            f"  {result['skbayes']['median']:11.3f}"
            f"  {result['ratio']['median']:.3f} ({low:.3f}, {high:.3f})",
            flush=True,
        )
    write(options.json, "wall time of a grid search, ours / scikit-learn's", results)
    return int(any(result["ratio"]["median"] > BAR for result in results))


if __name__ == "__main__":
    sys.exit(main())

"""What does a candidate of a very large grid cost in memory, against scikit-learn?

A grid of 100,000 candidates of two folds, whose fits do nothing, is searched by
scikit-learn's GridSearchCV and by that of this package, each in a process of its own.
Measured are processor time and the peak of memory above that of the process before the
search. Baseline: scikit-learn. Expected: no more memory than it takes (it takes about 2
kB a candidate, this package about half), and a `cv_results_` that is equal to the last
bit, which is checked by digests of all columns but times.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from time import process_time

import numpy as np
from _report import write
from sklearn import model_selection
from sklearn.base import BaseEstimator, ClassifierMixin

import skbayes

N_SPLITS = 2
N_SECOND = 100
LIBRARIES = {
    "scikit-learn": model_selection.GridSearchCV,
    "skbayes": skbayes.GridSearchCV,
}


class Trivial(ClassifierMixin, BaseEstimator):
    """Learns nothing."""

    def __init__(self, first=0, second=0.0):
        self.first = first
        self.second = second

    def fit(self, X, y):
        """Do nothing."""
        self.classes_ = np.array([0, 1])
        return self


def score(estimator, X, y):
    """A score that costs nothing and differs."""
    return float(np.cos(estimator.first + estimator.second))


def search(library, n_candidates):
    """A grid search of about as many candidates."""
    grid = {
        "first": list(range(max(1, n_candidates // N_SECOND))),
        "second": [i / N_SECOND for i in range(N_SECOND)],
    }
    return LIBRARIES[library](Trivial(), grid, cv=N_SPLITS, refit=False, scoring=score)


def measured(library, n_candidates):
    """Memory and time of a search in this process, and what it came to."""
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(0)
    data = rng.normal(size=(50, 2)), rng.integers(0, 2, size=50)
    search(library, N_SECOND).fit(*data)  # imports and caches
    before, began = kilobytes("VmRSS"), process_time()
    fitted = search(library, n_candidates).fit(*data)
    seconds = process_time() - began
    n_rows = len(fitted.cv_results_["params"])
    return {
        "n_candidates": n_rows,
        "peak_kilobytes_a_candidate": (kilobytes("VmHWM") - before) / n_rows,
        "ms_a_fold": 1000 * seconds / (n_rows * N_SPLITS),
        "digests": digests(fitted.cv_results_),
    }


def kilobytes(name):
    """A line of what Linux tells of this process: memory now, or at its peak."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith(name)))


def digests(results):
    """Each column's name and a digest of its content; times are left out."""
    found = {}
    for name, column in results.items():
        if name.endswith("_time"):
            continue
        digest = hashlib.sha256()
        for value in column:
            digest.update(repr(value).encode())
        found[name] = digest.hexdigest()
    return found


def in_new_process(library, n_candidates):
    """What a new process measures."""
    command = [sys.executable, __file__, "--child", library]
    command += ["--candidates", str(n_candidates)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def main():
    """Measure, print, and say by the exit status whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=100_000)
    parser.add_argument("--child", choices=LIBRARIES, help="measure one, print JSON")
    parser.add_argument("--json", metavar="PATH")
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(measured(arguments.child, arguments.candidates)))
        return 0
    results = {name: in_new_process(name, arguments.candidates) for name in LIBRARIES}
    for name, one in results.items():
        print(
            f"{name}, {one['n_candidates']} candidates: at the peak "
            f"{one['peak_kilobytes_a_candidate']:.2f} kB a candidate, "
            f"{one['ms_a_fold']:.3f} ms a fold"
        )
    theirs, ours = (results[name] for name in LIBRARIES)
    is_equal = theirs.pop("digests") == ours.pop("digests")
    print("cv_results_ are equal" if is_equal else "cv_results_ DIFFER")
    write(arguments.json, __doc__.splitlines()[0], results)
    peaks = [one["peak_kilobytes_a_candidate"] for one in (ours, theirs)]
    return 0 if is_equal and peaks[0] <= peaks[1] else 1


if __name__ == "__main__":
    sys.exit(main())

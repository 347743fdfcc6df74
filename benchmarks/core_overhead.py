"""What does the core cost a fold, and does that grow with the number of candidates?

A grid of candidates whose fits do nothing is run in this process, with a thousand and
with ten thousand candidates, with and without racing. The baseline is scikit-learn's
GridSearchCV; all times are processor time. Expected: half a millisecond a fold, most of
it scikit-learn's own clone and scoring; the memory is that of the records in `trials_`,
which are kept: about a kilobyte a candidate. Neither grows with the number of
candidates, with racing or without. The exit status reports it.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from pathlib import Path
from time import process_time

import numpy as np
from _busy import Busy
from _report import write
from sklearn import model_selection

from skbayes import GridSearchCV

N_SPLITS = 2
#: By how much ten times as many candidates may make each dearer: noise of the machine.
MAX_GROWTH = 1.2
MAX_KILOBYTES = 10.0
#: A small search may find all its memory already there, from what ran before it, so
#: that growth is measured from no less than this.
LEAST_KILOBYTES = 4.0


def run(n_candidates, racing, data):
    """Processor milliseconds a fold, and memory that a search leaves, a candidate."""
    search = GridSearchCV(
        Busy(0.0), {"value": list(range(n_candidates))}, cv=N_SPLITS, refit=False,
        scoring=value_score, racing=racing,
    )  # fmt: skip
    before = resident_kilobytes()
    began = process_time()
    search.fit(*data)
    seconds = process_time() - began
    n_run = sum(len(trial.folds) for trial in search.trials_)
    return {
        "n_candidates": n_candidates,
        "n_folds": n_run,
        "ms_a_fold": 1000 * seconds / n_run,
        "kilobytes_a_candidate": (resident_kilobytes() - before) / n_candidates,
    }


def resident_kilobytes():
    """Memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def value_score(estimator, X, y):
    """A score that costs nothing and differs."""
    return float(np.cos(estimator.value))


def baseline(n_candidates, data):
    """Milliseconds a fold of scikit-learn's grid search."""
    search = model_selection.GridSearchCV(
        Busy(0.0), {"value": list(range(n_candidates))}, cv=N_SPLITS, refit=False,
        scoring=value_score,
    )  # fmt: skip
    began = process_time()
    search.fit(*data)
    return 1000 * (process_time() - began) / (n_candidates * N_SPLITS)


def missed_bars(name, few, many):
    """Say in words which bars do not hold."""
    growth = many["ms_a_fold"] / few["ms_a_fold"]
    if not growth <= MAX_GROWTH:
        yield f"{name}: a fold takes {growth:.2f} times as long, bar {MAX_GROWTH}"
    fewer, more = few["kilobytes_a_candidate"], many["kilobytes_a_candidate"]
    if not max(fewer, more) <= MAX_KILOBYTES:
        yield f"{name}: {max(fewer, more):.1f} kB a candidate, bar {MAX_KILOBYTES} kB"
    if not more <= MAX_GROWTH * max(fewer, LEAST_KILOBYTES):
        yield f"{name}: {fewer:.1f} kB a candidate grow to {more:.1f}, bar {MAX_GROWTH}"


def main():
    """Measure, print, and say by the exit status whether the bar holds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--candidates", type=int, default=10_000)
    parser.add_argument("--json", metavar="PATH")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(0)
    data = rng.normal(size=(50, 2)), rng.integers(0, 2, size=50)
    run(100, True, data)  # imports and caches
    sizes = arguments.candidates // 10, arguments.candidates
    results = {
        "plain": [run(n, False, data) for n in sizes],
        "racing": [run(n, True, data) for n in sizes],
        "scikit_learn_ms_a_fold": baseline(sizes[0], data),
    }
    for name in ("plain", "racing"):
        for one in results[name]:
            print(
                f"{name}, {one['n_candidates']} candidates: {one['ms_a_fold']:.3f} ms "
                f"a fold, {one['kilobytes_a_candidate']:.2f} kB a candidate"
            )
    print(f"scikit-learn: {results['scikit_learn_ms_a_fold']:.3f} ms a fold")
    write(arguments.json, __doc__.splitlines()[0], results)
    missed = [*missed_bars("plain", *results["plain"])]
    missed += missed_bars("racing", *results["racing"])
    print("\n".join(missed) or "all bars hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

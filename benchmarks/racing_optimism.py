"""How high is the best score among equal candidates, and do corrected scores remove it?

If all candidates are equally good in truth, the chosen candidate is worth the mean of
all. Two kinds of such searches: 600 simulated searches of 40 candidates, whose fold
scores are normal noise of standard deviation one; and 40 real grid searches of a
classifier that guesses, on 200 samples, scored by accuracy. Each runs without and with
racing. The script prints how much too high the best score, the optimism-corrected and
the bias-corrected score are.

For a raced search it also prints the optimism correction of the completed candidates
alone: these did well on the fold held out, too, so part of the optimism remains.

Expected, and reported by the exit status: without racing both corrections are off by
less than 0.05 standard deviations in the simulation and by less than 0.004 in accuracy,
or within two standard errors; with racing the same holds, or they are NaN.

Usage: ``python benchmarks/racing_optimism.py [--json result.json]``
"""

from __future__ import annotations

import argparse
import os
import sys
import warnings

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _report import write
from race_calibration import raced
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold

from skbayes import GridSearchCV
from skbayes.inspection import bias_corrected_score
from skbayes.search._optimism import optimism_corrected_score

N_CANDIDATES, N_SPLITS, N_SAMPLES = 40, 5, 200
#: Bars of the bias: of simulated searches in standard deviations, of real ones.
MAX_SIMULATED, MAX_REAL = 0.05, 0.004


class Guess(ClassifierMixin, BaseEstimator):
    """A classifier that learns nothing: its labels are drawn for each sample."""

    def __init__(self, seed=0):
        self.seed = seed

    def fit(self, X, y):
        """Note the labels."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Labels that depend on the seed and the number of the sample."""
        labels = np.random.default_rng(self.seed).integers(2, size=N_SAMPLES)
        return self.classes_[labels[X[:, 0]]]


def simulated(n_searches):
    """What is said of searches among noise, whose truth is zero."""
    rows = []
    for seed in range(n_searches):
        table = np.random.default_rng(seed).normal(size=(N_CANDIDATES, N_SPLITS))
        seen, _ = raced(table)
        rows.append(
            {
                "best score": table.mean(axis=1).max(),
                "optimism corrected": optimism_corrected_score(table),
                "raced: best score": np.nanmax(seen.mean(axis=1)),
                "raced: corrected among the complete": optimism_corrected_score(seen),
            }
        )
    return rows


def real(n_searches):
    """What is said of searches among guesses, less one half."""
    X = np.arange(N_SAMPLES)[:, None]
    y = np.arange(N_SAMPLES) % 2
    rows = []
    for seed in range(n_searches):
        grid = {"seed": list(range(N_CANDIDATES * seed, N_CANDIDATES * (seed + 1)))}
        row = {}
        for prefix, racing in (("", False), ("raced: ", True)):
            search = GridSearchCV(
                Guess(),
                grid,
                cv=StratifiedKFold(N_SPLITS, shuffle=True, random_state=seed),
                racing=racing,
                store_predictions=True,
            ).fit(X, y)
            honest = bias_corrected_score(search, random_state=seed)
            row[f"{prefix}best score"] = search.best_score_ - 0.5
            corrected = search.optimism_corrected_score_
            row[f"{prefix}optimism corrected"] = corrected - 0.5
            row[f"{prefix}bias corrected"] = honest.estimate - 0.5
        rows.append(row)
    return rows


def summary(rows):
    """Mean and its standard error of each, and how many are NaN."""
    out = {}
    for name in rows[0]:
        values = np.array([row[name] for row in rows], dtype=float)
        known = values[~np.isnan(values)]
        out[name] = {"unknown": int(np.isnan(values).sum()), "searches": len(values)}
        if len(known) > 1:
            out[name]["bias"] = float(known.mean())
            out[name]["standard_error"] = float(known.std(ddof=1) / len(known) ** 0.5)
    return out


def missed_bars(results):
    """Say in words which bars do not hold."""
    for kind, bar in (("simulated", MAX_SIMULATED), ("real", MAX_REAL)):
        for name, found in results[kind].items():
            if not name.endswith(" corrected") or "bias" not in found:
                continue
            if abs(found["bias"]) > max(bar, 2 * found["standard_error"]):
                yield f"{kind}, {name}: off by {found['bias']:+.4f}"


def main():
    """Measure, print, and say by the exit status whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--simulated", type=int, default=600)
    parser.add_argument("--real", type=int, default=40)
    parser.add_argument("--json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    results = {}
    for kind, rows in (
        ("simulated", simulated(options.simulated)),
        ("real", real(options.real)),
    ):
        results[kind] = summary(rows)
        for name, found in results[kind].items():
            told = f"{found['unknown']} of {found['searches']} are NaN"
            if "bias" in found:
                bias, error = found["bias"], found["standard_error"]
                told = f"{bias:+.4f} +- {error:.4f}, {told}"
            print(f"{kind}, {name}: {told}", flush=True)
    write(options.json, __doc__.splitlines()[0], results)
    missed = list(missed_bars(results))
    print("\n".join(missed) or "all bars hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

"""How soon does a Bayesian search of boosting reach the score of plain evaluations?

``BayesSearchCV`` scores smaller numbers of trees within each fit. It is compared with
itself with ``share_fits=False``, which evaluates each candidate at its own number
alone. Measured is the time until each reaches the final score of the plain search:
with shared fits alone, and raced besides (``racing=True``), which stops losers after
some of five folds. Each group runs one after the other in one process and thread, in
processor seconds, on eight tables and several seeds. Baseline: 50 plain evaluations on
all folds. Expected: half of its time on at least six of the eight tables with both, by
the median over the seeds. A search that does not reach the score counts as 0.

Usage: ``python benchmarks/searched_paths.py [--seeds 3] [--n-iter 50] [--scale 1.0]
[--only NAME] [--json result.json]``
"""

from __future__ import annotations

import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import json
import statistics
from pathlib import Path
from time import process_time

import numpy as np
from _boosting_tables import boosting_tables
from _report import environment
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)

from skbayes import BayesSearchCV

BAR = 2.0
N_TABLES_REACHED = 6
WAYS = {"shared": {}, "shared and raced": {"racing": True}}
SPACE = {
    "max_iter": (10, 300, "log-uniform"),
    "learning_rate": (0.01, 0.5, "log-uniform"),
    "max_leaf_nodes": (4, 64, "log-uniform"),
    "l2_regularization": (1e-3, 10.0, "log-uniform"),
}


def tables(scale):
    """Each table with a model of boosting."""
    classifier = HistGradientBoostingClassifier(random_state=0)
    regressor = HistGradientBoostingRegressor(random_state=0)
    return {
        name: (classifier if is_classes else regressor, data)
        for name, (data, is_classes) in boosting_tables(int(1500 * scale)).items()
    }


def run(model, data, seed, n_iter, goal=np.inf, **settings):
    """Seconds and best score after each candidate, until a score is reached."""
    seen, started = [], process_time()

    def note(progress):
        seen.append((process_time() - started, progress.best_score))
        return bool(progress.best_score >= goal)

    search = BayesSearchCV(
        model,
        SPACE,
        n_iter=n_iter,
        cv=5,
        scoring="neg_log_loss" if hasattr(model, "predict_proba") else "r2",
        random_state=seed,
        refit=False,
        callbacks=[note],
        **settings,
    )
    search.fit(*data)
    return seen


def compare(model, data, seed, n_iter):
    """How much sooner each way comes to the score that plain evaluations end with."""
    plain = run(model, data, seed, n_iter, share_fits=False)
    seconds, goal = plain[-1]
    found = {"seed": seed, "seconds_plain": seconds, "score_plain": goal}
    for way, settings in WAYS.items():
        seen = run(model, data, seed, n_iter, goal, **settings)
        is_reached = seen[-1][1] >= goal
        found[way] = {
            "seconds": seen[-1][0],
            "score": seen[-1][1],
            "n_candidates": len(seen),
            "speed_up": seconds / seen[-1][0] if is_reached else 0.0,
        }
    return found


def write(path, results, options):
    """Write results beside those that a file has: tables are run one by one."""
    file = Path(path)
    earlier = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    record = {
        "question": __doc__,
        "environment": environment(),
        "n_iter": options.n_iter,
        "scale": options.scale,
        "results": earlier.get("results", {}) | results,
    }
    file.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


def main():
    """Compare on all tables and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--n-iter", type=int, default=50)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples")
    parser.add_argument("--only", default="", help="tables whose name contains this")
    parser.add_argument("--json", help="file, into which results are added")
    options = parser.parse_args()
    n_reached = dict.fromkeys(WAYS, 0)
    chosen = {n: one for n, one in tables(options.scale).items() if options.only in n}
    for name, (model, data) in chosen.items():
        runs = [
            compare(model, data, seed, options.n_iter) for seed in range(options.seeds)
        ]
        medians = {}
        for way in WAYS:
            each = [one[way]["speed_up"] for one in runs]
            medians[way] = statistics.median(each)
            n_reached[way] += medians[way] >= BAR
            shown = ", ".join(f"{ratio:.2f}" for ratio in each)
            print(f"{name}, {way}: {medians[way]:.2f} x (seeds {shown})", flush=True)
        if options.json:
            found = {name: {"medians": medians, "runs": runs}}
            write(options.json, found, options)
    for way, n in n_reached.items():
        print(f"{way}: {n} of {len(chosen)} tables reach {BAR} x")
    return n_reached["shared and raced"] < min(N_TABLES_REACHED, len(chosen))


if __name__ == "__main__":
    raise SystemExit(main())

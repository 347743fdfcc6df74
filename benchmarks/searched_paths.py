"""How soon does a Bayesian search of boosting reach the score of plain evaluations?

``BayesSearchCV`` finds the number of trees along one fit a fold. It is compared with
itself with ``share_fits=False``, which models the number and fits each candidate with
its own number. Measured is the time until each reaches the final score of the plain
search. Each pair runs one after the other in one process and thread, in processor
seconds, on eight tables and several seeds. Baseline: 50 plain evaluations. Expected:
half of their time on at least six of the eight tables, by the median over the seeds. A
search that never reaches the score counts as a ratio of 0.

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


def run(model, data, seed, n_iter, share_fits, goal):
    """Seconds and best score after each candidate, until a score is reached."""
    seen, started = [], process_time()

    def note(progress):
        seen.append((process_time() - started, progress.best_score))
        return bool(progress.best_score >= goal)

    search = BayesSearchCV(
        model,
        SPACE,
        n_iter=n_iter,
        cv=3,
        scoring="neg_log_loss" if hasattr(model, "predict_proba") else "r2",
        random_state=seed,
        refit=False,
        share_fits=share_fits,
        callbacks=[note],
    )
    search.fit(*data)
    return seen


def compare(model, data, seed, n_iter):
    """How much sooner paths come to the score that plain evaluations end with."""
    plain = run(model, data, seed, n_iter, False, np.inf)
    goal = plain[-1][1]
    paths = run(model, data, seed, n_iter, True, goal)
    is_reached = paths[-1][1] >= goal
    return {
        "seed": seed,
        "seconds_plain": plain[-1][0],
        "score_plain": goal,
        "seconds_paths": paths[-1][0],
        "score_paths": paths[-1][1],
        "n_candidates": len(paths),
        "speed_up": plain[-1][0] / paths[-1][0] if is_reached else 0.0,
    }


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
    ratios = {}
    for name, (model, data) in tables(options.scale).items():
        if options.only not in name:
            continue
        runs = [
            compare(model, data, seed, options.n_iter) for seed in range(options.seeds)
        ]
        each = [one["speed_up"] for one in runs]
        ratios[name] = statistics.median(each)
        print(
            f"{name}: {ratios[name]:.2f} x (bar {BAR}), seeds "
            + ", ".join(f"{ratio:.2f}" for ratio in each),
            flush=True,
        )
        if options.json:
            write(options.json, {name: {"median": ratios[name], "runs": runs}}, options)
    n_reached = sum(ratio >= BAR for ratio in ratios.values())
    print(f"{n_reached} of {len(ratios)} tables reach the bar")
    return n_reached < min(N_TABLES_REACHED, len(ratios))


if __name__ == "__main__":
    raise SystemExit(main())

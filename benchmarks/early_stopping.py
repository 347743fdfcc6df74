"""How soon does early stopping reach the score of a fixed number of trees?

``RandomSearchCV`` over the learning rate and the size of the trees, of hist gradient
boosting with a fixed number of trees, is compared with itself with
``early_stopping_set=0.1``: the same candidates in the same order, then more of the same
kind, until the best score over the folds reaches the final score of the search with the
fixed number. Both run one after the other in one process and thread; times are
processor seconds. Baseline: 500 trees. Expected: less time on most tables, by the
median over the seeds, and no worse a score of the refitted winner on held-out data on
average. A search that has not reached the score after three times as many candidates
counts as a ratio of 0.

Usage: ``python benchmarks/early_stopping.py [--seeds 3] [--n-iter 12] [--scale 1.0]
[--json result.json]``
"""

from __future__ import annotations

import argparse
import os

os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")

import statistics
from time import process_time

import numpy as np
from _boosting_tables import boosting_tables
from _report import write
from scipy.stats import loguniform, randint
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.model_selection import train_test_split

from skbayes import RandomSearchCV

N_TREES = 500
SHARE = 0.1
MORE_CANDIDATES = 3
SPACE = {
    "learning_rate": loguniform(0.02, 0.5),
    "max_leaf_nodes": randint(4, 40),
    "l2_regularization": loguniform(1e-3, 10.0),
}


def run(data, is_classes, seed, n_iter, goal, **settings):
    """A fitted search that ends when a score is reached, and its seconds till then."""
    kind = (
        HistGradientBoostingClassifier if is_classes else HistGradientBoostingRegressor
    )
    seen = []

    def note(progress):
        seen.append(process_time() - started)
        return bool(progress.best_score >= goal)

    search = RandomSearchCV(
        kind(max_iter=N_TREES, early_stopping=False, random_state=0),
        SPACE,
        n_iter=n_iter,
        cv=3,
        scoring="neg_log_loss" if is_classes else "r2",
        random_state=seed,
        callbacks=[note],
        **settings,
    )
    started = process_time()
    search.fit(*data)
    return search, seen[-1]


def compare(data, is_classes, seed, n_iter):
    """How much sooner early stopping comes to the score of the fixed number."""
    X, y = data
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.4, random_state=seed, stratify=y if is_classes else None
    )
    common = (X, y), is_classes, seed
    fixed, seconds_fixed = run(*common, n_iter, np.inf)
    goal = fixed.best_score_
    stopped, seconds = run(
        *common, n_iter * MORE_CANDIDATES, goal, early_stopping_set=SHARE
    )
    is_reached = stopped.best_score_ >= goal
    return {
        "seed": seed,
        "seconds_fixed": seconds_fixed,
        "seconds_stopped": seconds,
        "n_candidates": len(stopped.trials_),
        "score_fixed": goal,
        "score_stopped": stopped.best_score_,
        "held_out_fixed": fixed.score(X_test, y_test),
        "held_out_stopped": stopped.score(X_test, y_test),
        "speed_up": seconds_fixed / seconds if is_reached else 0.0,
    }


def main():
    """Compare on all tables and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--n-iter", type=int, default=12)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the samples")
    parser.add_argument("--json")
    options = parser.parse_args()
    results, leads = {}, []
    for name, (data, is_classes) in boosting_tables(int(2000 * options.scale)).items():
        runs = [
            compare(data, is_classes, seed, options.n_iter)
            for seed in range(options.seeds)
        ]
        ratio = statistics.median(one["speed_up"] for one in runs)
        lead = statistics.mean(
            one["held_out_stopped"] - one["held_out_fixed"] for one in runs
        )
        leads.append(lead)
        results[name] = {"median": ratio, "held_out_lead": lead, "runs": runs}
        each = ", ".join(f"{one['speed_up']:.2f}" for one in runs)
        print(f"{name}: {ratio:.2f} x, seeds {each}; held out {lead:+.4f}", flush=True)
    n_faster = sum(one["median"] > 1.0 for one in results.values())
    print(f"{n_faster} of {len(results)} faster, held out {np.mean(leads):+.4f}")
    write(options.json, __doc__, results)
    return n_faster <= len(results) / 2 or np.mean(leads) < 0


if __name__ == "__main__":
    raise SystemExit(main())

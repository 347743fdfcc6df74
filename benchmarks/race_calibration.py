"""Does the race's stated chance to win agree with the share of candidates that win?

Between its folds each candidate of a race has a stated chance to beat the best complete
candidate. The true outcome is known only if all folds of the candidate are known, also
those that the race spared. Therefore the script races over complete tables of fold
scores. In simulated tables, candidates do not differ, differ as much as their folds
vary, differ more than that, or have a long tail of bad ones. Real tables come from
random and Bayesian searches on seven problems (as in `racing.py`). Decisions are binned
by the stated chance, and the share that came true is printed beside it.

Expected, and reported by the exit status: on simulated tables the stated and the true
share differ by at most 0.1 in every bin with a hundred decisions; on real tables by at
most 0.2, because scores there tie, and candidates of a Bayesian search get better than
earlier ones.

Usage: ``python benchmarks/race_calibration.py [--tables 60] [--json result.json]``
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
from racing import PROBLEMS, SEARCHES, data_of, dimensions
from sklearn.datasets import load_diabetes
from sklearn.model_selection import KFold, StratifiedKFold

from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._evaluation.racing.paired_race import (
    MARGIN,
    MIN_COMPLETE,
    PairedRace,
    chances_to_win,
)

N_CANDIDATES = 40
EDGES = (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
#: Bars of the difference in a bin, and how many decisions it must have.
MAX_SIMULATED, MAX_REAL, MIN_DECISIONS = 0.1, 0.2, 100


def normal(spread):
    """Candidates that differ by so much, folds that vary by one."""

    def draw(rng, n_splits):
        candidates = spread * rng.normal(size=(N_CANDIDATES, 1))
        return candidates + rng.normal(size=(N_CANDIDATES, n_splits))

    return draw


def skewed(rng, n_splits):
    """A few good candidates, and a long tail of bad ones."""
    candidates = -2.0 * rng.exponential(size=(N_CANDIDATES, 1))
    return candidates + rng.normal(size=(N_CANDIDATES, n_splits))


SIMULATED = {
    "nothing but noise": normal(0.0),
    "as much as folds vary": normal(1.0),
    "three times that": normal(3.0),
    "a tail of bad ones": skewed,
}


def raced(table):
    """Race over a table: what was run of it, chance and outcome of all decisions."""
    n_splits = table.shape[1]
    race = PairedRace(n_splits)
    complete, stopped, decisions = [], [], []
    seen = np.full(table.shape, np.nan)
    for row, scores in enumerate(table):
        earlier = EarlierScores(
            np.reshape(complete, (-1, n_splits)), np.reshape(stopped, (-1, n_splits))
        )
        is_lost = False
        for n_run, fold in enumerate(race.fold_order(row), start=1):
            seen[row, fold] = scores[fold]
            if n_run == n_splits or n_run % race.first_look:
                continue
            if len(complete) < MIN_COMPLETE:
                continue
            margin = MARGIN * earlier.spread
            chance = float(chances_to_win(seen[row][None], earlier, margin)[0])
            lead = scores.mean() - earlier.incumbent.mean()
            decisions.append((chance, bool(lead > margin)))
            is_lost = chance < race.alpha
            if is_lost:
                break
        (stopped if is_lost else complete).append(seen[row])
    return seen, decisions


def searched(name, kind, n_splits, seed):
    """All fold scores of a search that is not raced."""
    problem = PROBLEMS[name]
    folds = KFold if problem.load is load_diabetes else StratifiedKFold
    search = SEARCHES[kind](
        problem.model,
        dimensions(problem.space),
        n_iter=N_CANDIDATES,
        cv=folds(n_splits, shuffle=True, random_state=seed),
        scoring=problem.scoring,
        refit=False,
        random_state=seed,
    ).fit(*data_of(problem))
    columns = [search.cv_results_[f"split{k}_test_score"] for k in range(n_splits)]
    return np.column_stack(columns)


def binned(tables):
    """Stated and true chances by bin, with what the races saved and lost."""
    outcomes = [raced(table) for table in tables]
    stated, true = np.array([d for _, found in outcomes for d in found]).T
    losses = [
        (table.mean(axis=1).max() - np.nanmax(seen.mean(axis=1)))
        / table.mean(axis=1).std()
        for table, (seen, _) in zip(tables, outcomes, strict=True)
    ]
    bins = []
    for low, high in zip(EDGES[:-1], EDGES[1:], strict=True):
        chosen = (stated >= low) & ((stated < high) | (high == 1.0))
        if chosen.any():
            bins.append(
                {
                    "from": low,
                    "to": high,
                    "decisions": int(chosen.sum()),
                    "stated": float(stated[chosen].mean()),
                    "true": float(true[chosen].mean()),
                }
            )
    return {
        "bins": bins,
        "share_of_folds": float(np.mean([~np.isnan(seen) for seen, _ in outcomes])),
        "loss_in_sd": float(np.mean(losses)),
    }


def measure(n_tables, n_splits, seeds):
    """Every kind of table, by name."""
    results = {}
    for name, draw in SIMULATED.items():
        rngs = [np.random.default_rng(seed) for seed in range(n_tables)]
        tables = [draw(rng, n_splits) for rng in rngs]
        results[f"simulated: {name}"] = binned(tables)
        tell(f"simulated: {name}", results)
    for kind in SEARCHES:
        tables = [
            searched(name, kind, n_splits, seed) for name in PROBLEMS for seed in seeds
        ]
        results[f"real: {kind}"] = binned(tables)
        tell(f"real: {kind}", results)
    return results


def tell(name, results):
    """Print one table."""
    found = results[name]
    saved = f"{found['share_of_folds']:.0%} of the folds"
    print(f"\n{name}: {saved}, loss {found['loss_in_sd']:.3f} sd")
    for one in found["bins"]:
        print(
            f"  {one['from']:.2f} to {one['to']:.2f}: {one['decisions']:5d} decisions, "
            f"stated {one['stated']:.3f}, true {one['true']:.3f}",
            flush=True,
        )


def missed_bars(results):
    """Say in words which bars do not hold."""
    for name, found in results.items():
        bar = MAX_REAL if name.startswith("real") else MAX_SIMULATED
        for one in found["bins"]:
            gap = abs(one["stated"] - one["true"])
            if one["decisions"] >= MIN_DECISIONS and gap > bar:
                yield f"{name}: {one['stated']:.2f} is {one['true']:.2f} in truth"


def main():
    """Measure, print, and say by the exit status whether the bars hold."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=60)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    results = measure(options.tables, options.folds, range(options.seeds))
    write(options.json, __doc__.splitlines()[0], results)
    missed = list(missed_bars(results))
    print("\n".join(missed) or "all bars hold")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Does a search that begins on part of the data find as good a candidate in less time?

Two questions, on tasks with some thousand samples, in one thread; times are processor
seconds:

1. ``RandomSearchCV`` over the same 30 candidates, plain, with ``racing=True``, with
   ``resource="n_samples"`` and with both: the share of the time of the plain search,
   and what the winner loses, in standard deviations of the candidates' scores.
2. scikit-learn's ``HalvingRandomSearchCV``, and ours with the time that halving took:
   the score of the winner by the same cross-validation on all data.

Expected: with both, less time than the plain search on every task, a mean loss of at
most a tenth of a standard deviation, and winners no worse than those of halving on
average. The exit status reports it.
"""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from _report import write
from scipy.stats import loguniform, randint
from sklearn.base import clone
from sklearn.datasets import load_digits, make_classification, make_friedman1
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import (
    HalvingRandomSearchCV,
    KFold,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR
from threadpoolctl import threadpool_limits

from skbayes import RandomSearchCV

N_ITER = 30
MODES = {
    "racing": {"racing": True},
    "resource": {"resource": "n_samples"},
    "both": {"racing": True, "resource": "n_samples"},
}
MAX_LOSS = 0.1


@dataclass(frozen=True)
class Task:
    """Data, a model and a space."""

    data: tuple[Any, Any]
    model: Any
    space: dict[str, Any]


CLASSES = make_classification(
    5000, 15, n_informative=10, n_classes=4, n_clusters_per_class=3, random_state=1
)
CURVE = make_friedman1(5000, 10, noise=1.0, random_state=0)
TASKS = {
    "classes, SVC": Task(
        CLASSES,
        make_pipeline(StandardScaler(), SVC()),
        {"svc__C": loguniform(1e-2, 1e3), "svc__gamma": loguniform(1e-4, 1.0)},
    ),
    "curve, SVR": Task(
        CURVE,
        make_pipeline(StandardScaler(), SVR()),
        {"svr__C": loguniform(1e-2, 1e2), "svr__gamma": loguniform(1e-4, 1.0)},
    ),
    "curve, boosting": Task(
        CURVE,
        HistGradientBoostingRegressor(max_iter=30, random_state=0),
        {
            "learning_rate": loguniform(1e-3, 1.0),
            "max_leaf_nodes": randint(2, 64),
            "min_samples_leaf": randint(1, 200),
        },
    ),
    "digits, SVC": Task(
        load_digits(return_X_y=True),
        SVC(),
        {"C": loguniform(1e-2, 1e3), "gamma": loguniform(1e-5, 1e-1)},
    ),
    "classes, neighbours": Task(
        CLASSES,
        make_pipeline(StandardScaler(), KNeighborsClassifier()),
        {
            "kneighborsclassifier__n_neighbors": randint(1, 200),
            "kneighborsclassifier__p": [1, 2],
            "kneighborsclassifier__weights": ["uniform", "distance"],
        },
    ),
}


class SecondsUsed:
    """Ends a search when the processor has worked so long for it."""

    def __init__(self, seconds):
        self.end = time.process_time() + seconds

    def __call__(self, progress):
        """Whether the time is over."""
        return time.process_time() >= self.end


def folds(task, seed):
    """Five folds, shuffled."""
    is_classes = len(np.unique(task.data[1])) < 20
    kind = StratifiedKFold if is_classes else KFold
    return kind(5, shuffle=True, random_state=seed)


def timed(search, data):
    """A fitted search, and the seconds it took."""
    start = time.process_time()
    search.fit(*data)
    return search, time.process_time() - start


def searched(task, seed, *, n_iter=N_ITER, **settings):
    """One of our searches, without refit."""
    search = RandomSearchCV(
        task.model, task.space, n_iter=n_iter, cv=folds(task, seed), refit=False,
        random_state=seed, share_fits=False, **settings,
    )  # fmt: skip
    return timed(search, task.data)


def compared(task, seed):
    """Share of the time and loss of each way, and how halving fares."""
    plain, seconds = searched(task, seed)
    unit = float(np.nanstd(plain.cv_results_["mean_test_score"]))
    row: dict[str, Any] = {}
    for mode, settings in MODES.items():
        search, taken = searched(task, seed, **settings)
        row[mode] = {
            "share_of_time": taken / seconds,
            "loss_in_sd": float(plain.best_score_ - search.best_score_) / unit,
        }
    halving, taken = timed(
        HalvingRandomSearchCV(
            task.model, task.space, cv=folds(task, seed), refit=False, random_state=seed
        ),
        task.data,
    )
    winner = clone(task.model).set_params(**halving.best_params_)
    theirs = cross_val_score(winner, *task.data, cv=folds(task, seed)).mean()
    ours, ours_taken = searched(
        task, seed, n_iter=2000, callbacks=[SecondsUsed(taken)], **MODES["both"]
    )
    row["halving"] = {
        "share_of_time": taken / seconds,
        "our_time": ours_taken / seconds,
        "our_lead_in_sd": float(ours.best_score_ - theirs) / unit,
    }
    return row


def mean_of(rows):
    """Means over seeds, figure by figure."""
    return {
        mode: {k: float(np.mean([row[mode][k] for row in rows])) for k in one}
        for mode, one in rows[0].items()
    }


def tell(title, result):
    """Print one task."""
    print(title)
    for mode, one in result.items():
        told = ", ".join(f"{name} {value:.3f}" for name, value in one.items())
        print(f"  {mode:9} {told}", flush=True)


def main():
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--tasks", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--json")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    results = {}
    with threadpool_limits(1):
        for name in options.tasks:
            rows = [compared(TASKS[name], seed) for seed in range(options.seeds)]
            results[name] = mean_of(rows)
            tell(name, results[name])
    overall = mean_of(list(results.values()))
    tell("all", overall)
    write(options.json, __doc__.splitlines()[0], {"tasks": results, "all": overall})
    is_faster = all(one["both"]["share_of_time"] < 1.0 for one in results.values())
    is_good = overall["both"]["loss_in_sd"] <= MAX_LOSS
    return (
        0 if is_faster and is_good and overall["halving"]["our_lead_in_sd"] >= 0 else 1
    )


if __name__ == "__main__":
    sys.exit(main())

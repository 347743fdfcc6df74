"""Do the corrected scores of one search agree with nested cross-validation?

Small samples are drawn from real data sets and a search is fitted to each. The score of
its choice on the rest of the data is the truth. Compared with that truth: the best
score of the search (the baseline), its `optimism_corrected_score_`, its bootstrap
`bias_corrected_score`, and nested cross-validation, which fits the search anew in each
of five outer folds.

There are two truths. Every estimate is about models trained on four fifths of the
sample. The first truth is about the same models: the mean score, on the rest of the
data, of the chosen candidate fitted on each fold's training part. The second is the
score of the model refitted on the whole sample: it has learnt from more data and scores
a little higher than any estimate.

Nested cross-validation sees the same samples, so the difference between each estimate
and that of nested cross-validation is far more precise than either alone; the script
prints that difference too.

Expected: the best score is too high; both corrections are as near the first truth as
nested cross-validation, within one standard error of its bias over the samples, at a
sixth of its fits. If R2 is the score, all of them are too low alike: the truth varies
less in a small fold than in all the data.

Usage: ``python benchmarks/honest_score.py [--repeats 35] [--json result.json]``
"""

from __future__ import annotations

import argparse
import os
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from _report import write
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.metrics import get_scorer
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from skbayes import GridSearchCV
from skbayes.inspection import bias_corrected_score

WAYS = ("best score", "optimism corrected", "bias corrected", "nested")
TRUTHS = ("of its like", "refitted")


def digits():
    """Is a digit odd? A tree, whose scores are noisy."""
    X, y = load_digits(return_X_y=True)
    grid = {
        "max_depth": [2, 4, 6, 8, None],
        "min_samples_leaf": [1, 2, 3, 5, 8, 12],
        "random_state": [0, 1],
    }
    return X, y % 2, DecisionTreeClassifier(), grid, 150, "accuracy"


def cancer():
    """The area under the curve of a support vector machine."""
    X, y = load_breast_cancer(return_X_y=True)
    X = X[:, :10] + np.random.default_rng(0).normal(0, X[:, :10].std(0), (len(X), 10))
    model = make_pipeline(StandardScaler(), SVC())
    grid = {
        "svc__C": np.logspace(-2, 3, 9).tolist(),
        "svc__gamma": np.logspace(-4, 1, 7).tolist(),
    }
    return X, y, model, grid, 100, "roc_auc"


def diabetes():
    """The coefficient of determination of neighbours."""
    X, y = load_diabetes(return_X_y=True)
    grid = {
        "n_neighbors": list(range(2, 30, 2)),
        "weights": ["uniform", "distance"],
        "p": [1, 2],
    }
    return X, y, KNeighborsRegressor(), grid, 120, "r2"


def estimates(X, y, model, grid, scoring, seed):
    """Every estimate, with its fits, and the fitted search."""
    kind = StratifiedKFold if scoring != "r2" else KFold
    cv = kind(5, shuffle=True, random_state=seed)
    outer = kind(5, shuffle=True, random_state=seed + 1000)
    search = GridSearchCV(model, grid, cv=cv, scoring=scoring, store_predictions=True)
    start = time.perf_counter()
    search.fit(X, y)
    seconds_search = time.perf_counter() - start
    start = time.perf_counter()
    corrected = bias_corrected_score(search, random_state=seed).estimate
    seconds_bootstrap = time.perf_counter() - start
    start = time.perf_counter()
    plain = GridSearchCV(model, grid, cv=cv, scoring=scoring)
    nested = cross_val_score(plain, X, y, cv=outer, scoring=scoring).mean()
    seconds_nested = time.perf_counter() - start
    values = (search.best_score_, search.optimism_corrected_score_, corrected, nested)
    return values, (seconds_search, seconds_bootstrap, seconds_nested), search


def truths(search, drawn, rest):
    """What the choice is worth: its models of the folds, and the refitted one."""
    (X, y), new = drawn, rest
    score = get_scorer(search.scoring)
    of_folds = [
        score(clone(search.best_estimator_).fit(X[train], y[train]), *new)
        for train, _ in search.cv.split(X, y)
    ]
    return float(np.mean(of_folds)), search.score(*new)


def compare(problem, n_repeats):
    """Errors on one problem, shape (n_repeats, n_truths, n_ways), and seconds."""
    X, y, model, grid, n_samples, scoring = problem()
    errors, seconds = [], []
    for seed in range(n_repeats):
        order = np.random.default_rng(seed).permutation(len(y))
        drawn, rest = ((X[i], y[i]) for i in np.split(order, [n_samples]))
        values, took, search = estimates(*drawn, model, grid, scoring, seed)
        true = truths(search, drawn, rest)
        errors.append(np.array(values) - np.array(true)[:, np.newaxis])
        seconds.append(took)
    return np.array(errors), np.array(seconds)


def mean_of(values):
    """Mean over the samples, and its standard error."""
    return float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))


def summary(errors):
    """Bias, root mean squared error and distance from nested of every way."""
    summaries = {}
    for way, error in zip(WAYS, errors.T, strict=True):
        bias, uncertainty = mean_of(error)
        summaries[way] = {
            "bias": bias,
            "standard_error": uncertainty,
            "rmse": float(np.sqrt((error**2).mean())),
            "minus_nested": mean_of(error - errors[:, -1]),
        }
    return summaries


def main():
    """Print tables, and write the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=35)
    parser.add_argument("--json")
    options = parser.parse_args()
    results = {"repeats": options.repeats}
    for problem in (digits, cancer, diabetes):
        errors, seconds = compare(problem, options.repeats)
        took = dict(
            zip(
                ("search", "bootstrap", "nested"), seconds.mean(0).tolist(), strict=True
            )
        )
        of_truths = {t: summary(errors[:, i]) for i, t in enumerate(TRUTHS)}
        results[problem.__name__] = {"against the truth": of_truths, "seconds": took}
        print(
            f"\n{problem.__name__}, seconds:", {k: round(v, 2) for k, v in took.items()}
        )
        for truth, ways in of_truths.items():
            print(f" against the truth {truth}: bias, rmse, bias less that of nested")
            for way, n in ways.items():
                told = f"{n['bias']:+.4f} +- {n['standard_error']:.4f}"
                paired = "{:+.4f} +- {:.4f}".format(*n["minus_nested"])
                print(f"  {way:20s} {told}   {n['rmse']:.4f}   {paired}", flush=True)
    write(options.json, __doc__.splitlines()[0], results)


if __name__ == "__main__":
    main()

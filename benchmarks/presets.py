"""Does knowing the estimator pay? Searches of real data with and without it, paired.

Three ways to search the same estimator on the same folds:

- ``typed``: a space as users type it, flat, nothing known (``first_points=False``);
- ``known``: the same space with rules and first points, as the search does by itself;
- ``auto``: the suggested space.

Reported after 10 and 20 candidates: mean of the best score so far, as the share of the
way from the untuned estimator to the best that any of them found; higher is better.

    python benchmarks/presets.py --seeds 2 --n-iter 20
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestRegressor
from sklearn.model_selection import KFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

import skbayes.search._bayes_strategy as strategy_module
from skbayes import BayesSearchCV

MARKS = (10, 20)
KERNELS = ["rbf", "poly", "sigmoid", "linear"]


def svm_space(prefix):
    """What users type for a support vector machine."""
    return {
        f"{prefix}__C": (1e-2, 1e3, "log-uniform"),
        f"{prefix}__gamma": (1e-4, 1e1, "log-uniform"),
        f"{prefix}__kernel": KERNELS,
        f"{prefix}__degree": [2, 3],
        f"{prefix}__coef0": (0.0, 1.0, "uniform"),
    }


CASES = {
    "wine-svc": (
        make_pipeline(StandardScaler(), SVC()),
        svm_space("svc"),
        load_wine(return_X_y=True),
    ),
    "cancer-svc": (
        make_pipeline(StandardScaler(), SVC()),
        svm_space("svc"),
        load_breast_cancer(return_X_y=True),
    ),
    "diabetes-svr": (
        make_pipeline(StandardScaler(), SVR()),
        svm_space("svr") | {"svr__epsilon": (1e-2, 1e1, "log-uniform")},
        load_diabetes(return_X_y=True),
    ),
    "cancer-boosting": (
        HistGradientBoostingClassifier(max_iter=30, random_state=0),
        {
            "learning_rate": (1e-2, 1.0, "log-uniform"),
            "max_leaf_nodes": (3, 63, "log-uniform"),
            "min_samples_leaf": (1, 50, "log-uniform"),
            "l2_regularization": (1e-4, 10.0, "log-uniform"),
            "max_features": (0.2, 1.0, "uniform"),
        },
        load_breast_cancer(return_X_y=True),
    ),
    "diabetes-forest": (
        RandomForestRegressor(20, random_state=0),
        {
            "max_features": (0.1, 1.0, "uniform"),
            "min_samples_leaf": (1, 20, "log-uniform"),
            "bootstrap": [True, False],
            "max_samples": (0.3, 1.0, "uniform"),
            "max_depth": (2, 20, "uniform"),
        },
        load_diabetes(return_X_y=True),
    ),
}


def best_so_far(case, way, seed, n_iter):
    """The best mean score after each candidate, shape (n_iter,)."""
    estimator, space, (X, y) = CASES[case]
    known_rules = strategy_module._with_known_rules
    if way == "typed":
        strategy_module._with_known_rules = lambda space, search: space
    try:
        search = BayesSearchCV(
            estimator,
            "auto" if way == "auto" else space,
            n_iter=n_iter,
            cv=KFold(5, shuffle=True, random_state=seed),
            random_state=seed,
            first_points=way != "typed",
            refit=False,
        ).fit(X, y)
    finally:
        strategy_module._with_known_rules = known_rules
    scores = np.nan_to_num(search.cv_results_["mean_test_score"], nan=-np.inf)
    best = np.maximum.accumulate(scores)
    return np.append(best, np.full(max(0, n_iter - len(best)), best[-1]))[:n_iter]


def main():
    """Run all cases and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--n-iter", type=int, default=20)
    parser.add_argument("--cases", nargs="*", default=list(CASES))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    marks = [m for m in MARKS if m <= arguments.n_iter]
    shares = {way: [] for way in ("typed", "known", "auto")}
    for case in arguments.cases:
        estimator, _, (X, y) = CASES[case]
        for seed in range(arguments.seeds):
            cv = KFold(5, shuffle=True, random_state=seed)
            untuned = cross_val_score(estimator, X, y, cv=cv).mean()
            runs = {
                way: best_so_far(case, way, seed, arguments.n_iter) for way in shares
            }
            top = max(run[-1] for run in runs.values())
            span = max(top - untuned, 1e-12)
            for way, run in runs.items():
                shares[way].append([(run[m - 1] - untuned) / span for m in marks])
            shown = {
                w: [round(run[m - 1], 4) for m in marks] for w, run in runs.items()
            }
            print(case, seed, f"untuned {untuned:.4f}", shown, flush=True)
    for way, values in shares.items():
        table = np.array(values)
        error = table.std(axis=0) / np.sqrt(len(table))
        print(way, len(table), table.mean(axis=0).round(3), "+-", error.round(3))


if __name__ == "__main__":
    main()

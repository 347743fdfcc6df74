"""
From an untuned pipeline to a tuned one
=======================================

A pipeline with everything a real one has is tuned with equal effort by random search
and by Bayesian search, three times each, because a single search of either kind can be
lucky. The data are scikit-learn's handwritten digits, made harder on purpose, because
what ships with scikit-learn is clean: one value in twenty is knocked out at random,
so that imputation has something to do, and four columns are cut into three classes, so
that there is something to encode.
"""

# %%
# The data
# --------
# 500 of the 1797 digits are for the searches, the others are held out.

from __future__ import annotations

import os

# One thread a process, as two workers share the processors; and no window.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MPLBACKEND", "agg")

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_digits
from sklearn.impute import SimpleImputer
from sklearn.model_selection import StratifiedKFold, cross_val_score, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    StandardScaler,
)
from sklearn.svm import SVC

from skbayes import BayesSearchCV, RandomSearchCV
from skbayes.space import Real

CATEGORIES = ["pixel_0_2", "pixel_0_5", "pixel_7_2", "pixel_7_5"]


def load_damaged_digits():
    """Digits, one value in twenty missing, four columns cut into three classes."""
    X, y = load_digits(return_X_y=True, as_frame=True)
    numbers = [name for name in X if name not in CATEGORIES]
    for name in CATEGORIES:
        shades = pd.cut(X[name], [-1, 0, 8, 16], labels=["blank", "grey", "dark"])
        X[name] = shades.astype(object)
    is_lost = np.random.default_rng(0).random(X.shape) < 0.05
    return X.mask(is_lost), y, numbers


X, y, numbers = load_damaged_digits()
X_train, X_test, y_train, y_test = train_test_split(
    X, y, train_size=500, stratify=y, random_state=0
)
folds = StratifiedKFold(5, shuffle=True, random_state=0)

# %%
# The pipeline, and what may be changed about it
# ----------------------------------------------

prepare_numbers = Pipeline([("impute", SimpleImputer()), ("scale", StandardScaler())])
prepare_categories = Pipeline(
    [
        ("impute", SimpleImputer(strategy="most_frequent")),
        ("encode", OneHotEncoder(handle_unknown="ignore")),
    ]
)
columns = ColumnTransformer(
    [
        ("numbers", prepare_numbers, numbers),
        ("categories", prepare_categories, CATEGORIES),
    ]
)
pipeline = Pipeline([("columns", columns), ("model", SVC())])

space = {
    "columns__numbers__impute__strategy": ["mean", "median", "most_frequent"],
    "columns__numbers__impute__add_indicator": [False, True],
    "columns__numbers__scale": [StandardScaler(), MinMaxScaler(), "passthrough"],
    "model__C": Real(1e-2, 1e4, prior="log-uniform"),
    "model__gamma": Real(1e-6, 1e1, prior="log-uniform"),
    "model__class_weight": [None, "balanced"],
}

N_ITER = 30
SEEDS = (0, 1, 2)


# %%
# The searches
# ------------


def show(progress):
    """Print where a search stands, every tenth candidate."""
    if progress.n_done % 10 == 0:
        print(
            f"    {progress.n_done:3}/{progress.n_total} candidates,"
            f" best CV score {progress.best_score:.4f}, {progress.elapsed:5.1f} s",
            flush=True,
        )


def search_with(cls, seed):
    """Fit one search, telling how it goes."""
    print(f"{cls.__name__}, seed {seed}", flush=True)
    search = cls(
        clone(pipeline),
        space,
        n_iter=N_ITER,
        cv=folds,
        n_jobs=2,
        random_state=seed,
        callbacks=[show],
    )
    return search.fit(X_train, y_train)


started = perf_counter()
untuned_cv = cross_val_score(pipeline, X_train, y_train, cv=folds).mean()
untuned_test = clone(pipeline).fit(X_train, y_train).score(X_test, y_test)
print(f"untuned pipeline: CV {untuned_cv:.4f}, held out {untuned_test:.4f}")
searches = {
    cls.__name__: [search_with(cls, seed) for seed in SEEDS]
    for cls in (RandomSearchCV, BayesSearchCV)
}

# %%
# What came of it
# ---------------

best = max(searches["BayesSearchCV"], key=lambda search: search.best_score_)
print("\nbest parameters:")
for name, value in best.best_params_.items():
    print(f"    {name} = {value}")

print(f"\naccuracy after {N_ITER} candidates       CV score       held-out score")
print(f"    untuned                     {untuned_cv:.4f}         {untuned_test:.4f}")
summary = {}
for name, found in searches.items():
    cv_scores = [search.best_score_ for search in found]
    test_scores = [search.score(X_test, y_test) for search in found]
    summary[name] = np.mean(cv_scores), np.mean(test_scores)
    print(
        f"    {name:<16} mean of {len(SEEDS)}   "
        f"{np.mean(cv_scores):.4f}         {np.mean(test_scores):.4f}"
    )
    for seed, pair in zip(SEEDS, zip(cv_scores, test_scores, strict=True), strict=True):
        print(
            f"        seed {seed}                  {pair[0]:.4f}         {pair[1]:.4f}"
        )

# %%
# Best score against the number of candidates
# -------------------------------------------

figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
for (name, found), colour in zip(searches.items(), ("#E69F00", "#0072B2"), strict=True):
    curves = np.array(
        [np.maximum.accumulate(s.cv_results_["mean_test_score"]) for s in found]
    )
    candidates = np.arange(1, curves.shape[1] + 1)
    axes.plot(candidates, curves.T, color=colour, alpha=0.35, linewidth=1)
    axes.plot(candidates, curves.mean(axis=0), color=colour, linewidth=2.5, label=name)
axes.axhline(untuned_cv, color="0.4", linestyle="--", label="untuned pipeline")
axes.set(
    xlabel="candidates tried",
    ylabel="best mean accuracy over 5 folds",
    title=f"Mean of {len(SEEDS)} searches (thin: each of them)",
    ylim=(untuned_cv - 0.03, max(cv for cv, _ in summary.values()) + 0.01),
)
axes.legend(loc="lower right")
figure.savefig("demo-convergence.png", dpi=120)
print(f"\nplot: demo-convergence.png ({perf_counter() - started:.0f} s altogether)")

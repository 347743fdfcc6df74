"""
A first search: untuned, random, Bayes
======================================

A support vector machine reads handwritten digits. It is tuned by random search and by
Bayesian search, twenty candidates each, three times with other seeds, because a single
search of either kind can be lucky. Everything is compared on digits that no search has
seen. ``make demo`` runs this script.
"""

# %%
# The data and the pipeline
# -------------------------
# 500 digits to search with, the other 1297 to check.

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.svm import SVC

from skbayes import BayesSearchCV, RandomSearchCV
from skbayes.inspection import ConvergenceDisplay, EffectDisplay, search_report

X, y = load_digits(return_X_y=True)
X, X_new, y, y_new = train_test_split(X, y, train_size=500, stratify=y, random_state=0)
pipeline = Pipeline([("scale", StandardScaler()), ("svc", SVC())])
space = {
    "scale": [StandardScaler(), MinMaxScaler(), "passthrough"],
    "svc__C": (1e-2, 1e4, "log-uniform"),
    "svc__gamma": (1e-7, 1e1, "log-uniform"),
    "svc__class_weight": [None, "balanced"],
}

# %%
# The searches
# ------------

untuned = cross_val_score(pipeline, X, y, cv=5).mean()
untuned_new = clone(pipeline).fit(X, y).score(X_new, y_new)
print(f"untuned         CV {untuned:.3f}   new digits {untuned_new:.3f}", flush=True)

searches = {}
for cls in (RandomSearchCV, BayesSearchCV):
    found = [
        cls(pipeline, space, n_iter=20, cv=5, n_jobs=2, random_state=seed).fit(X, y)
        for seed in range(3)
    ]
    cv = np.mean([search.best_score_ for search in found])
    new = np.mean([search.score(X_new, y_new) for search in found])
    print(f"{cls.__name__:15} CV {cv:.3f}   new digits {new:.3f}", flush=True)
    searches[cls.__name__] = found

# %%
# Best score so far against the number of candidates: thin lines are single searches,
# thick ones their mean.

figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
for (name, found), color in zip(searches.items(), ("#E69F00", "#0072B2"), strict=True):
    scores = [search.cv_results_["mean_test_score"] for search in found]
    curves = np.fmax.accumulate(np.array(scores), axis=1)
    candidates = np.arange(1, curves.shape[1] + 1)
    ax.step(candidates, curves.T, where="post", color=color, linewidth=1, alpha=0.4)
    mean = curves.mean(axis=0)
    ax.step(candidates, mean, where="post", color=color, linewidth=3, label=name)
ax.axhline(untuned, color="0.4", linestyle="--", label="untuned")
ax.set(xlabel="candidates", ylabel="best mean accuracy, 5 folds")
ax.set_xticks([1, 5, 10, 15, 20])
ax.set_ylim(untuned - 0.01, curves.max() + 0.005)
ax.legend(loc="lower right")
figure.savefig("comparison.png", dpi=110)

# %%
# What the Bayesian search did
# ----------------------------
# Its best score so far, against the number of fits. Each dot is a candidate.

search = searches["BayesSearchCV"][0]
print(search.best_params_["scale"])
print(f"C = {search.best_params_['svc__C']:.3g}")
print(f"gamma = {search.best_params_['svc__gamma']:.3g}")
display = ConvergenceDisplay.from_search(search)
display.figure_.savefig("convergence.png", dpi=110)

# %%
# Where good values lie, as the Gaussian process sees it:

display = EffectDisplay.from_search(search, random_state=0)
display.figure_.savefig("effects.png", dpi=110)

# %%
# Everything on one page, to open in a browser:

print(search_report(search, "report.html").name)

"""
Choose between models in one search
===================================

Three models with parameters of their own are searched as one conditional space: a list
of dicts. One Gaussian process learns about all of them, and the search spends its
candidates on the model that pays.
"""

# %%
from collections import Counter

from sklearn.datasets import load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skbayes import BayesSearchCV
from skbayes.inspection import FoldScoresDisplay, ParallelCoordinatesDisplay

X, y = load_wine(return_X_y=True)
pipeline = Pipeline([("scale", StandardScaler()), ("model", SVC())])
space = [
    {
        "model": [SVC()],
        "model__C": (1e-2, 1e3, "log-uniform"),
        "model__gamma": (1e-5, 1e1, "log-uniform"),
    },
    {
        "model": [LogisticRegression(max_iter=2000)],
        "model__C": (1e-3, 1e2, "log-uniform"),
    },
    {
        "model": [KNeighborsClassifier()],
        "model__n_neighbors": (1, 40, "log-uniform"),
    },
]
search = BayesSearchCV(
    pipeline, space, n_iter=24, cv=5, scoring="accuracy", random_state=0
)
search.fit(X, y)

# %%
# How many candidates each model got, and its best score:

names = [type(params["model"]).__name__ for params in search.cv_results_["params"]]
best = dict.fromkeys(names, 0.0)
for name, score in zip(names, search.cv_results_["mean_test_score"], strict=True):
    best[name] = max(best[name], score)
for name, count in Counter(names).most_common():
    print(f"{name:22} {count:3} candidates, best {best[name]:.3f}")

# %%
# Is the winner better than the best of another kind? Fold by fold:

_ = FoldScoresDisplay.from_search(search, n_top=6)

# %%
# A candidate's line passes only through the axes of its own model:

_ = ParallelCoordinatesDisplay.from_search(search)

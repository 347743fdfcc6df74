"""Does BayesSearchCV search spaces of every form, for the score that decides?"""

from __future__ import annotations

import pytest
from scipy.stats import loguniform
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV

X, y = load_iris(return_X_y=True)


def test_bayes_search_cv_enumerates_a_small_space_as_a_grid():
    """All points are tried: the untuned estimator first, the others in grid order."""
    space = {"C": [3, 1, 2], "kernel": ["rbf", "linear"]}
    grid = GridSearchCV(SVC(), space).fit(X, y)
    bayes = BayesSearchCV(SVC(), space, n_iter=6).fit(X, y)
    tried = grid.cv_results_["params"]
    untuned = {"C": 1, "kernel": "rbf"}
    assert bayes.cv_results_["params"] == [
        untuned,
        *(params for params in tried if params != untuned),
    ]
    assert bayes.best_score_ == grid.best_score_


def test_bayes_search_cv_searches_a_list_of_dicts_as_one():
    """n_iter counts over all dicts; inactive parameters are absent and masked."""
    space = [
        {"kernel": ["rbf"], "gamma": loguniform(1e-3, 10), "C": loguniform(0.1, 10)},
        {"kernel": ["linear"], "C": loguniform(0.1, 10)},
    ]
    search = BayesSearchCV(SVC(), space, n_iter=15, random_state=0).fit(X, y)
    kernels = [p["kernel"] for p in search.cv_results_["params"]]
    assert len(kernels) == 15
    assert set(kernels) == {"rbf", "linear"}
    for kernel, masked in zip(
        kernels, search.cv_results_["param_gamma"].mask, strict=True
    ):
        assert masked == (kernel == "linear")


@pytest.mark.parametrize(
    ("estimator", "space"),
    [
        (KNeighborsClassifier(), {"n_neighbors": (1, 30, "log-uniform")}),
        (SVC(), {"class_weight": [None, "balanced"], "shrinking": [True, False]}),
        (
            make_pipeline(StandardScaler(), SVC()),
            {
                "standardscaler": [
                    StandardScaler(),
                    FunctionTransformer(),
                    "passthrough",
                ],
                "svc__C": loguniform(0.1, 10),
            },
        ),
    ],
    ids=["integers", "finite", "steps"],
)
def test_bayes_search_cv_takes_every_kind_of_value(estimator, space):
    """The values are integers, None, bools, estimators and "passthrough"."""
    search = BayesSearchCV(estimator, space, n_iter=8, random_state=0).fit(X, y)
    assert search.best_score_ > 0.9
    assert 4 <= len(search.cv_results_["params"]) <= 8


def test_bayes_search_cv_maximises_the_score_that_refit_names():
    """With several scores the surrogate learns from the deciding one."""
    search = BayesSearchCV(
        LogisticRegression(max_iter=50, tol=0.01),
        {"C": loguniform(1e-4, 1e2)},
        n_iter=6,
        scoring=["accuracy", "neg_log_loss"],
        refit="neg_log_loss",
        random_state=0,
        cv=KFold(3, shuffle=True, random_state=0),
    ).fit(X, y)
    best = search.optimizer_.recommend()
    assert best["C"] > 1
    assert search.best_score_ == max(search.cv_results_["mean_test_neg_log_loss"])

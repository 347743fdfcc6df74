"""Safe racing: the winner of a search without racing, in fewer fits."""

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.metrics import make_scorer
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier

from skbayes import BayesSearchCV, GridSearchCV

X, y = load_iris(return_X_y=True)
GRID = {"max_depth": [3, 1, 2, 4], "min_samples_leaf": [1, 60, 20]}
TREE = DecisionTreeClassifier(random_state=0)


@pytest.mark.parametrize("scoring", [None, "accuracy", "neg_log_loss"])
def test_safe_racing_finds_the_same_winner_in_fewer_folds(scoring):
    """No candidate that is stopped could have won."""
    plain = GridSearchCV(TREE, GRID, cv=10, scoring=scoring).fit(X, y)
    raced = GridSearchCV(TREE, GRID, cv=10, scoring=scoring, racing="safe").fit(X, y)
    assert raced.best_index_ == plain.best_index_
    assert raced.best_score_ == plain.best_score_
    assert raced.cv_results_["n_splits_evaluated"].sum() < 10 * len(raced.trials_)
    stopped = raced.cv_results_["status"] == "stopped"
    best = plain.cv_results_["mean_test_score"]
    assert best[stopped].max() < plain.best_score_


def test_safe_racing_in_a_bayesian_search():
    """The best candidate has all of its folds."""
    search = BayesSearchCV(
        KNeighborsClassifier(),
        {"n_neighbors": (1, 120, "uniform")},
        n_iter=10,
        cv=5,
        racing="safe",
        random_state=0,
    ).fit(X, y)
    assert search.cv_results_["n_splits_evaluated"][search.best_index_] == 5


def test_safe_racing_needs_a_metric_with_a_best_value():
    """A metric of one's own may have no bound: it is refused before the first fit."""
    scorer = make_scorer(lambda y, p: float(np.mean(y == p)))
    search = GridSearchCV(TREE, GRID, scoring=scorer, racing="safe")
    with pytest.raises(ValueError, match="`racing` parameter of GridSearchCV can be"):
        search.fit(X, y)

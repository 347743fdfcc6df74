"""Is it said that all candidates have the same scores?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.model_selection import KFold
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

X, y = load_iris(return_X_y=True)
VALUES = [0.5, 1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize("kind", [GridSearchCV, RandomSearchCV, BayesSearchCV])
def test_warn_of_equal_scores_when_nothing_is_learned(kind):
    """Classes are sorted and folds are not shuffled: no prediction is ever right."""
    settings = {} if kind is GridSearchCV else {"n_iter": 6}
    search = kind(SVC(), {"C": VALUES}, cv=KFold(3), **settings)
    message = f"All 6 candidates of this {kind.__name__} have the same score 0 on every"
    with pytest.warns(UserWarning, match=message) as seen:
        search.fit(X, y)
    assert [w.filename for w in seen] == [__file__]


def test_warn_of_equal_scores_that_differ_between_folds():
    """Folds may differ; candidates do not."""

    def by_fold(estimator, X, y):
        return float(X[0, 0])

    search = GridSearchCV(SVC(), {"C": VALUES}, scoring=by_fold)
    with pytest.warns(UserWarning, match="the same scores on every fold"):
        search.fit(X, y)


def test_warn_of_equal_scores_looks_at_the_metric_that_decides():
    """Another metric may well be constant."""
    scoring = {"one": lambda e, X, y: 1.0, "C": lambda e, X, y: e.C}
    search = GridSearchCV(SVC(), {"C": VALUES}, scoring=scoring, refit="C")
    assert search.fit(X, y).best_params_ == {"C": 5.0}
    with pytest.warns(UserWarning, match="have the same score 1 on every fold"):
        search.set_params(refit="one").fit(X, y)


@pytest.mark.parametrize("values", [VALUES[:4], [1.0] * 6], ids=["few", "one"])
def test_warn_of_equal_scores_needs_several_candidates(values):
    """A few ties on a small test part say nothing, one candidate ties with itself."""
    search = GridSearchCV(SVC(), {"C": values}, scoring=lambda e, X, y: 1.0)
    assert np.ptp(search.fit(X, y).cv_results_["mean_test_score"]) == 0

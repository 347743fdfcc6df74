"""Does a clone keep what scikit-learn's would lose?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV as TheirGrid
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

X, y = make_classification(80, random_state=0)

SPACE = {"C": (0.1, 10.0, "log-uniform")}

GRID = {"C": [0.1, 1.0, 10.0]}

PRIORS = {
    "bayes": lambda: BayesSearchCV(SVC(), SPACE, n_iter=4, cv=2, random_state=0),
    "random": lambda: RandomSearchCV(SVC(), SPACE, n_iter=4, cv=2, random_state=0),
    "grid": lambda: GridSearchCV(SVC(), GRID, cv=2),
    "theirs": lambda: TheirGrid(SVC(), GRID, cv=2),
}


def informed(prior):
    """A search that knows of an earlier one."""
    return BayesSearchCV(
        SVC(), SPACE, n_iter=2, cv=2, prior_results=prior, random_state=0
    )


@pytest.mark.parametrize("kind", PRIORS)
def test_clone_search_keeps_prior_results(kind):
    """The clone learns from the same rows, and is itself unfitted."""
    prior = PRIORS[kind]().fit(X, y)
    search = informed(prior).fit(X, y)
    restored = clone(search)
    assert not hasattr(restored, "cv_results_")
    assert restored.prior_results is prior
    np.testing.assert_equal(
        restored.fit(X, y).cv_results_["params"], search.cv_results_["params"]
    )
    assert hasattr(prior, "cv_results_")


def test_clone_search_clones_what_has_no_results():
    """An unfitted search as prior results is cloned as any other estimator."""
    prior = PRIORS["grid"]()
    assert clone(informed(prior)).prior_results is not prior

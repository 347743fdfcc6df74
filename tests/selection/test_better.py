"""Is another candidate than the untuned one taken for a significant gain only?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from skbayes.search import BayesSearchCV
from skbayes.selection import BestIfBetter
from skbayes.selection._better import corrected_t_test
from tests.selection.tables import table


def test_corrected_test_has_the_stated_size():
    """With folds that overlap, no difference is rejected as often as promised."""
    rng = np.random.default_rng(0)
    # The common part of training sets makes the folds' differences correlated by 1/K.
    n_splits, n_sets = 5, 4000
    common = np.sqrt(0.2) * rng.standard_normal((n_sets, 1))
    own = np.sqrt(0.8) * rng.standard_normal((n_sets, n_splits))
    rejected = [corrected_t_test(d, 0.2) < 0.05 for d in common + own]
    naive = [corrected_t_test(d, 1e-12) < 0.05 for d in common + own]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.012)
    assert np.mean(naive) > 0.09


def test_only_a_significant_gain_is_taken():
    """A gain that all folds show is taken, one that some show is not."""
    params = [{"C": 1.0}, {"C": 2.0}]
    unsure = table([[0.8, 0.8, 0.8, 0.8], [0.7, 0.9, 0.7, 0.95]], params)
    sure = table([[0.8, 0.8, 0.8, 0.8], [0.88, 0.9, 0.89, 0.9]], params)
    assert BestIfBetter(SVC())(unsure) == 0
    assert BestIfBetter(SVC())(sure) == 1
    assert BestIfBetter({"C": 2.0})(sure) == 1


def test_untuned_estimator_is_found_in_a_bayesian_search():
    """A Bayesian search tries it first, so that it can always be compared with."""
    X, y = load_iris(return_X_y=True)
    rule = BestIfBetter(SVC(), alpha=1e-6)
    search = BayesSearchCV(
        SVC(), {"C": (0.1, 10.0, "log-uniform")}, n_iter=6, random_state=0, refit=rule
    ).fit(X, y)
    assert search.best_params_ == {"C": 1.0}


def test_untuned_steps_are_found_among_copies():
    """Candidates hold copies of estimators; they are known by what they are."""
    steps = [{"clf": SVC()}, {"clf": LogisticRegression()}]
    own = Pipeline([("clf", LogisticRegression())])
    scores = [[0.8, 0.8, 0.9], [0.8, 0.8, 0.8]]
    assert BestIfBetter(own)(table(scores, steps)) == 1

"""Is another candidate than the untuned one taken for a significant gain only?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from skbayes._fold_statistics import TableOfFolds
from skbayes.search import BayesSearchCV
from skbayes.selection import BestIfBetter
from skbayes.selection._better import corrected_t_test
from tests.selection.tables import table


def test_corrected_t_test_has_the_stated_size():
    """No difference is rejected as often as promised, though folds overlap."""
    rng = np.random.default_rng(0)
    # The common part of training sets makes the folds' differences correlated by 1/K.
    n_splits, n_sets = 5, 4000
    common = np.sqrt(0.2) * rng.standard_normal((n_sets, 1))
    own = np.sqrt(0.8) * rng.standard_normal((n_sets, n_splits))
    rejected = [corrected_t_test(d, 0.2) < 0.05 for d in common + own]
    naive = [corrected_t_test(d, 1e-12) < 0.05 for d in common + own]
    assert np.mean(rejected) == pytest.approx(0.05, abs=0.012)
    assert np.mean(naive) > 0.09


def test_best_if_better_takes_only_a_significant_gain():
    """A gain that all folds show is taken, one that some show is not."""
    params = [{"C": 1.0}, {"C": 2.0}]
    unsure = table([[0.8, 0.8, 0.8, 0.8], [0.7, 0.9, 0.7, 0.95]], params)
    sure = table([[0.8, 0.8, 0.8, 0.8], [0.88, 0.9, 0.89, 0.9]], params)
    assert BestIfBetter(SVC())(unsure) == 0
    assert BestIfBetter(SVC())(sure) == 1
    assert BestIfBetter({"C": 2.0})(sure) == 1


def test_best_if_better_finds_the_untuned_of_a_bayesian_search():
    """A Bayesian search tries the untuned estimator first, for comparisons."""
    X, y = load_iris(return_X_y=True)
    rule = BestIfBetter(SVC(), alpha=1e-6)
    search = BayesSearchCV(
        SVC(), {"C": (0.1, 10.0, "log-uniform")}, n_iter=6, random_state=0, refit=rule
    ).fit(X, y)
    assert search.best_params_ == {"C": 1.0}


def test_best_if_better_finds_untuned_steps_among_copies():
    """Candidates hold copies of estimators, which are known by what they are."""
    steps = [{"clf": SVC()}, {"clf": LogisticRegression()}]
    own = Pipeline([("clf", LogisticRegression())])
    scores = [[0.8, 0.8, 0.9], [0.8, 0.8, 0.8]]
    assert BestIfBetter(own)(table(scores, steps)) == 1


def test_corrected_t_test_is_that_of_student():
    """The tail with two degrees of freedom is 1/2 - t / (2 sqrt(2 + t^2))."""
    differences = np.array([0.1, 0.2, 0.3])
    # Variance 0.01; 1/3 + (1/3) / (2/3) of it is that of the mean.
    t = 0.2 / np.sqrt(0.01 * 5 / 6)
    expected = 0.5 - t / (2 * np.sqrt(2 + t**2))
    assert corrected_t_test(differences, 1 / 3) == pytest.approx(expected, rel=1e-12)
    assert corrected_t_test(-differences, 1 / 3) == pytest.approx(1 - expected)


@pytest.mark.parametrize(
    ("differences", "p_value"),
    [([9.0], 1.0), ([0.5, 0.5], 0.0), ([0.0, 0.0], 1.0), ([-0.5, -0.5], 1.0)],
)
def test_corrected_t_test_without_variance(differences, p_value):
    """A single fold decides nothing; equal differences decide all."""
    assert corrected_t_test(np.array(differences), 0.5) == p_value


def test_best_if_better_takes_the_share_that_the_table_tells():
    """The more is held out, the more the training sets differ from all data."""
    scores = [[0.8, 0.8, 0.8, 0.8], [0.84, 0.9, 0.89, 0.86]]
    results = table(scores, [{"C": 1.0}, {"C": 2.0}])
    rule = BestIfBetter(SVC())
    assert rule(TableOfFolds(results, 0.1)) == 1
    assert rule(TableOfFolds(results, 0.9)) == 0
    assert BestIfBetter(SVC(), test_share=0.1)(TableOfFolds(results, 0.9)) == 1


def test_best_if_better_does_not_prefer_a_failed_untuned_estimator():
    """The best is not tested against itself, either."""
    scores = [[np.nan, 0.9], [0.1, 0.8]]
    assert BestIfBetter(SVC())(table(scores, [{"C": 1.0}, {"C": 2.0}])) == 1
    assert BestIfBetter({"C": 2.0})(table(scores, [{"C": 1.0}, {"C": 2.0}])) == 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alpha": 5}, "`alpha` .* Got 5 "),
        ({"alpha": "0.05"}, "`alpha` .* Got '0.05'"),
        ({"test_share": 20}, "`test_share` .* Got 20"),
    ],
    ids=["alpha", "text", "share"],
)
def test_check_search_refuses_shares_that_are_none(settings, message):
    """What is wrong for every result is told before the first fit."""

    def never(estimator, X, y):
        raise AssertionError("a candidate was scored before the rule was checked")

    rule = BestIfBetter(SVC(), **settings)
    search = BayesSearchCV(SVC(), {"C": [1, 2]}, refit=rule, scoring=never)
    with pytest.raises(ValueError, match=message):
        search.set_params(error_score="raise").fit([[0], [1]] * 5, [0, 1] * 5)

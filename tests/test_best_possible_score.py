"""Is the score of a perfect model known where it is?"""

from __future__ import annotations

import pytest
from sklearn.base import BaseEstimator
from sklearn.cluster import KMeans
from sklearn.linear_model import Ridge
from sklearn.metrics import (
    accuracy_score,
    check_scoring,
    fbeta_score,
    make_scorer,
    mean_squared_error,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skbayes._best_possible_score import best_possible_score
from skbayes._compat import scorer_parts

TREE = DecisionTreeClassifier(random_state=0)


class Own(Ridge):
    """Scores by something that is not R2."""

    def score(self, X, y, sample_weight=None):
        """More than one."""
        return 5.0


@pytest.mark.parametrize(
    ("estimator", "scoring", "best"),
    [
        (Ridge(), None, 1.0),
        (make_pipeline(StandardScaler(), Ridge()), None, 1.0),
        (Ridge(), "neg_mean_squared_error", 0.0),
        (TREE, "roc_auc", 1.0),
        (Own(), None, None),
    ],
    ids=["own", "pipeline", "loss", "ranking", "unknown"],
)
def test_best_possible_score_of_metrics(estimator, scoring, best):
    """The score is a perfect model's; it is None where no such score is known."""
    scorer = check_scoring(estimator, scoring)
    assert best_possible_score(scorer, estimator) == best
    assert scorer_parts(scorer) is None or scoring is not None


class Clustering(BaseEstimator):
    """Neither a classifier nor a regressor, with a score of its own."""

    def fit(self, X, y=None):
        """Nothing to learn."""
        return self

    def score(self, X, y=None):
        """Some number."""
        return 0.0


@pytest.mark.parametrize(
    ("scorer", "estimator", "best"),
    [
        (make_scorer(accuracy_score), TREE, 1.0),
        (make_scorer(accuracy_score, greater_is_better=False), TREE, None),
        (make_scorer(mean_squared_error), Ridge(), None),
        (make_scorer(mean_squared_error, greater_is_better=False), Ridge(), 0.0),
        (make_scorer(fbeta_score, beta=2), TREE, 1.0),
        (lambda estimator, X, y: 1.0, TREE, None),
        (check_scoring(KMeans()), KMeans(), None),
        (check_scoring(Clustering()), Clustering(), None),
    ],
)
def test_best_possible_score_looks_at_function_and_sign(scorer, estimator, best):
    """A loss that is to be large has no best value."""
    assert best_possible_score(scorer, estimator) == best

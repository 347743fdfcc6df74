"""Is it found which predictions a scorer needs, and what to compare them with?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import get_scorer
from sklearn.model_selection import ShuffleSplit
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from skbayes._evaluation.fold.response_method import response_method
from skbayes.search import GridSearchCV

X = np.random.default_rng(0).normal(size=(30, 2))
Y = (X[:, 0] > 0).astype(int)


@pytest.mark.parametrize(
    ("scoring", "estimator", "expected"),
    [
        ("accuracy", SVC(), "predict"),
        ("roc_auc", SVC(), "decision_function"),
        ("roc_auc", LogisticRegression(), "decision_function"),
        ("neg_log_loss", LogisticRegression(), "predict_proba"),
        ("neg_log_loss", SVC(), None),
        ("f1", Pipeline([("clf", SVC())]), "predict"),
        ("accuracy", Pipeline([("clf", "passthrough")]), "predict"),
        ("r2", LinearRegression(), "predict"),
    ],
)
def test_response_method_is_the_one_that_a_scorer_calls(scoring, estimator, expected):
    """The scorer calls the first of its methods that the estimator has."""
    assert response_method(get_scorer(scoring), estimator, X, Y) == expected


def test_response_method_takes_words_for_labels():
    """A scorer that needs to know the positive label is told the labels."""
    scorer = get_scorer("roc_auc")
    words = np.where(Y, "yes", "no")
    assert response_method(scorer, SVC(), X, words) == "decision_function"


def test_response_method_of_a_scorer_that_predicts_nothing_is_none():
    """A function that calls no method, or fails, tells none."""
    assert response_method(lambda e, X, y: 1.0, SVC(), X, Y) is None
    assert response_method(lambda e, X, y: e.coef_, SVC(), X, Y) is None


def test_held_out_parts_belong_to_the_predictions():
    """The targets are a copy, and each fold's samples are the predicted ones."""
    cv = ShuffleSplit(3, test_size=7, random_state=0)
    y = Y.copy()
    search = GridSearchCV(SVC(), {"C": [1, 2]}, cv=cv, store_predictions=True)
    search.fit(X, y)
    y[:] = 9
    held_out = search.held_out_
    np.testing.assert_array_equal(held_out.y, Y)
    for k, (train, test) in enumerate(cv.split(X)):
        np.testing.assert_array_equal(held_out.tests[k], test)
        np.testing.assert_array_equal(held_out.classes[k], np.unique(Y[train]))
        fold = search.trials_[0].folds[k]
        hits = np.mean(fold.predictions == Y[test])
        assert fold.test_scores["score"] == pytest.approx(hits)


def test_nothing_is_kept_unless_it_is_asked_for():
    """Predictions and a copy of the targets take memory."""
    search = GridSearchCV(SVC(), {"C": [1]}).fit(X, Y)
    assert not hasattr(search, "held_out_")
    assert search.trials_[0].folds[0].predictions is None


def test_clusters_have_no_targets():
    """Without targets a search still keeps what it can."""
    search = GridSearchCV(KMeans(), {"n_clusters": [2]}, store_predictions=True)
    assert search.fit(X).held_out_.y is None

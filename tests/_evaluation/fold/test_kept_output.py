"""Is the output kept that a scorer judges, and nothing where there is none?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import check_scoring
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeRegressor

from skbayes._evaluation.fold.kept_output import (
    KeptOutput,
    kept_output,
    without_output,
)
from skbayes._protocol import FoldResult

X = np.array([[0.0], [1.0], [2.0], [3.0], [4.0], [5.0]])
Y = np.array(["n", "n", "p", "n", "p", "p"])


def kept(estimator, scoring, y=Y, **settings):
    """The output of a fitted estimator."""
    scorer = check_scoring(estimator, scoring) if isinstance(scoring, str) else scoring
    settings = {"with_probabilities": False, **settings}
    return kept_output(estimator.fit(X, y), scorer, X, y, **settings)


@pytest.mark.parametrize(
    ("scoring", "method"),
    [
        ("accuracy", "predict"),
        ("neg_log_loss", "predict_proba"),
        ("roc_auc", "decision_function"),
    ],
)
@pytest.mark.parametrize("with_probabilities", [True, False])
def test_kept_output_is_that_of_the_scorers_method(scoring, method, with_probabilities):
    """Probabilities are kept beside the output, or are the output."""
    model = LogisticRegression()
    found = kept(model, scoring, with_probabilities=with_probabilities)
    assert found.method == method
    np.testing.assert_array_equal(found.predictions, getattr(model, method)(X))
    assert found.classes.tolist() == ["n", "p"]
    if not with_probabilities:
        assert found.probabilities is None
        return
    np.testing.assert_array_equal(found.probabilities, model.predict_proba(X))
    assert (found.probabilities is found.predictions) is (method == "predict_proba")


def test_kept_output_of_what_has_no_probabilities():
    """A classifier that cannot join an ensemble has not failed."""
    found = kept(LinearSVC(), "accuracy", with_probabilities=True)
    assert found.probabilities is None
    assert found.predictions.tolist() == LinearSVC().fit(X, Y).predict(X).tolist()
    regressor = kept(
        DecisionTreeRegressor(), "r2", y=X.ravel(), with_probabilities=True
    )
    assert (regressor.probabilities, regressor.classes) == (None, None)


class Failing(LogisticRegression):
    """Fails to predict."""

    def predict(self, X):
        """Fail."""
        raise RuntimeError("told to fail")


def constant(estimator, X, y):
    """A scorer that calls no method."""
    return 0.5


@pytest.mark.parametrize(
    ("estimator", "scoring"),
    [(Failing(), "accuracy"), (LogisticRegression(), constant)],
)
def test_kept_output_is_nothing_where_nothing_is_predicted(estimator, scoring):
    """The failure shows in the score."""
    found = kept(estimator, scoring)
    assert (found.predictions, found.method) == (None, None)


def test_without_output_leaves_the_scores():
    """Neither predictions nor the estimator are kept; the record is a new one."""
    usual = FoldResult(3, {"score": 0.5}, fit_time=2.0, n_test_samples=6)
    full = FoldResult(
        3,
        {"score": 0.5},
        fit_time=2.0,
        n_test_samples=6,
        predictions=Y,
        probabilities=X,
        response_method="predict",
        response_classes=Y,
        estimator=object(),
    )
    found = without_output(full)
    assert found == usual
    assert found.estimator is None
    assert full.predictions is Y
    assert KeptOutput() == KeptOutput(None, None, None, None)

"""Do scorers take a stand-in for the fitted estimator that it stands for?"""

from __future__ import annotations

import copy

import numpy as np
import pytest
from sklearn.base import is_classifier, is_regressor
from sklearn.metrics import accuracy_score, get_scorer, r2_score, roc_auc_score
from sklearn.utils.validation import check_is_fitted

from skbayes._stand_in import METHODS, stand_in

Y = np.array([0, 1, 1, 0, 1])
#: Probabilities of the second label, one of them on the wrong side.
P = np.array([0.2, 0.9, 0.4, 0.3, 0.8])
ROWS = np.arange(5)[:, None]


def outputs(method, X):
    """What a model has predicted for the rows whose numbers are X."""
    of_all = {
        "predict": (P > 0.5).astype(int),
        "predict_proba": np.column_stack([1 - P, P]),
        "decision_function": P - 0.5,
    }
    return of_all[method][X[:, 0]]


def classifier(*methods):
    """A stand-in for a classifier with some methods."""
    return stand_in(
        methods=methods, respond=outputs, kind="classifier", classes=np.array([0, 1])
    )


@pytest.mark.parametrize("methods", [("predict_proba",), ("decision_function",)])
def test_stand_in_gives_a_scorer_the_method_that_it_has(methods):
    """A scorer that takes either asks for the other one in vain."""
    score = get_scorer("roc_auc")(classifier(*methods), ROWS, Y)
    assert score == roc_auc_score(Y, P)
    score = get_scorer("roc_auc")(classifier(*methods), ROWS[::-1], Y[::-1])
    assert score == roc_auc_score(Y, P)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "predict"])
def test_stand_in_names_the_method_that_was_not_kept(method):
    """The stand-in has no such attribute, and says why."""
    model = classifier("predict")
    assert not hasattr(model, method)
    with pytest.raises(AttributeError, match=f"asks for `{method}`, of which no"):
        getattr(model, method)


@pytest.mark.parametrize("weights", [None, np.array([1.0, 0.0, 3.0, 1.0, 1.0])])
def test_stand_in_scores_as_its_kind_does(weights):
    """Classifiers have accuracy, regressors R2, and others nothing."""
    model = classifier("predict")
    assert is_classifier(model)
    expected = accuracy_score(Y, P > 0.5, sample_weight=weights)
    assert model.score(ROWS, Y, weights) == expected
    model = stand_in(
        methods=("predict",), respond=lambda _, X: P[X[:, 0]], kind="regressor"
    )
    assert is_regressor(model)
    assert model.score(ROWS, Y, weights) == r2_score(Y, P, sample_weight=weights)
    model = stand_in(methods=("predict",), respond=outputs, kind=None)
    assert not hasattr(model, "score")
    assert not hasattr(model, "classes_")


def test_stand_in_for_several_labels_counts_rows_that_are_all_right():
    """MultiOutputClassifier of scikit-learn does so, whose labels may be any."""
    truth = np.array([[0, 2], [1, 2], [1, 0], [0, 1]])
    found = np.array([[0, 2], [1, 1], [0, 1], [0, 1]])
    model = stand_in(
        methods=("predict",), respond=lambda _, X: found[X[:, 0]], kind="classifier"
    )
    assert model.score(ROWS[:4], truth) == 0.5
    assert model.score(ROWS[:4], truth, np.array([1, 1, 2, 0])) == 0.25


def test_stand_in_is_fitted_and_can_be_copied():
    """A copy is made without its attributes at first, and asks for some meanwhile."""
    model = copy.deepcopy(classifier("predict"))
    check_is_fitted(model)
    with pytest.raises(AttributeError, match="the scorer asks for `fit`"):
        model.fit(ROWS, Y)
    assert model.predict(ROWS).tolist() == [0, 1, 0, 0, 1]
    assert model.predict.__name__ == "predict"

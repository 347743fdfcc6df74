"""Are scores of labels and probabilities the functions of sums that they should be?"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn import metrics

from skbayes.inspection._bias_correction.classification_sums import (
    LABEL_FORMS,
    has_too_many_sums,
)
from skbayes.inspection._bias_correction.score_sums import FoldTruth

#: Truth and prediction of folds in which labels are missing here or there.
HARD = {
    "a label that is not there": ([0, 0, 2, 2, 2], [0, 2, 2, 2, 0]),
    "a label that is only predicted": ([0, 0, 2, 2, 2], [0, 1, 2, 1, 2]),
    "a label that is never predicted": ([0, 1, 2, 2, 1], [0, 0, 2, 0, 0]),
    "one label": ([1, 1, 1], [1, 1, 1]),
    "all wrong": ([0, 1, 2], [1, 2, 0]),
    "one sample": ([2], [2]),
}
OF_LABELS = [n for n in LABEL_FORMS if not n.startswith("neg_")]


def combined(name, truth, response):
    """The score of a fold, by sums."""
    form = LABEL_FORMS[name]
    terms, shared = form.terms(truth, response), form.shared(truth)
    assert len(terms) == len(shared) == len(truth.y)
    return form.combine(terms.sum(axis=0), shared.sum(axis=0))


def called(name, y, predicted, positive):
    """The score of scikit-learn's function, 0 where it is not defined."""
    base, _, average = name.partition("_")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if base in {"f1", "precision", "recall", "jaccard"}:
            settings = {"average": average or "binary", "zero_division": 0}
            if not average:
                settings["pos_label"] = positive
            return getattr(metrics, f"{base}_score")(y, predicted, **settings)
        score = getattr(metrics, f"{name}_score", getattr(metrics, name, None))
        return score(y, predicted)


@pytest.mark.parametrize("case", HARD)
@pytest.mark.parametrize(
    "name", [n for n in OF_LABELS if n not in {"f1", "precision", "recall", "jaccard"}]
)
def test_label_forms_of_three_labels_equal_the_metric(name, case):
    """Labels may be missing in the truth or in the predictions."""
    y, predicted = map(np.array, HARD[case])
    truth = FoldTruth(y, np.arange(3), np.arange(3))
    expected = called(name, y, predicted, 2)
    assert combined(name, truth, predicted) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", OF_LABELS)
@pytest.mark.parametrize(
    ("y", "predicted"),
    [
        (["b", "a", "b", "a"], ["b", "b", "a", "a"]),
        (["a", "a"], ["a", "a"]),  # nothing positive
        (["b", "b"], ["a", "a"]),  # all missed
        (["a", "b", "b"], ["a", "a", "a"]),  # nothing predicted positive
    ],
)
def test_label_forms_of_words_equal_the_metric(name, y, predicted):
    """The second of two labels is the positive one."""
    y, predicted = np.array(y), np.array(predicted)
    labels = np.array(["a", "b"])
    expected = called(name, y, predicted, "b")
    found = combined(name, FoldTruth(y, labels, labels), predicted)
    assert found == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(
    "name", [n for n, f in LABEL_FORMS.items() if f.is_for_outputs]
)
def test_label_forms_of_many_labels_at_once_equal_the_metric(name):
    """A sample is right if all of its labels are; one label occurs nowhere."""
    y = np.array([[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 0]])
    predicted = np.array([[1, 0, 0], [1, 0, 0], [1, 1, 0], [0, 0, 0]])
    truth = FoldTruth(y, np.arange(3), None)
    expected = called(name, y, predicted, 1)
    assert combined(name, truth, predicted) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_log_loss_form_equals_the_metric(dtype):
    """A probability may be 0, and rows may not quite add up to 1."""
    y = np.array(["u", "w", "w", "u"])
    p = np.array([[0.0, 1.0], [0.0, 1.0], [0.3, 0.7], [0.9, 0.1]], dtype)
    labels = np.array(["u", "w"])
    found = combined("neg_log_loss", FoldTruth(y, labels, labels), p)
    assert found == pytest.approx(-metrics.log_loss(y, p, labels=labels), rel=1e-5)


def test_log_loss_form_finds_the_columns_of_a_fold():
    """A fold may have trained without one of the labels."""
    y, classes = np.array([0, 2, 2]), np.array([0, 2])
    p = np.array([[0.8, 0.2], [0.4, 0.6], [0.1, 0.9]])
    found = combined("neg_log_loss", FoldTruth(y, np.arange(3), classes), p)
    assert found == pytest.approx(np.log([0.8, 0.6, 0.9]).mean())


def test_brier_form_equals_the_metric():
    """The score is by the probability of the second label."""
    y = np.array([-1, 1, 1])
    p = np.array([[0.8, 0.2], [0.4, 0.6], [0.0, 1.0]])
    truth = FoldTruth(y, np.unique(y), np.unique(y))
    expected = -metrics.brier_score_loss(y, p[:, 1])
    assert combined("neg_brier_score", truth, p) == pytest.approx(expected)


def test_has_too_many_sums_counts_labels_of_sums_by_label():
    """Accuracy has one sum, whatever the number of labels."""
    assert not has_too_many_sums(LABEL_FORMS["accuracy"], 1000)
    assert not has_too_many_sums(LABEL_FORMS["f1_macro"], 12)
    assert has_too_many_sums(LABEL_FORMS["f1_macro"], 13)

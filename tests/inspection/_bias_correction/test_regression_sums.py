"""Are scores of predicted numbers means of losses that equal scikit-learn's?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import get_scorer

from skbayes._stand_in import stand_in
from skbayes.inspection._bias_correction.regression_sums import ERROR_FORMS
from skbayes.inspection._bias_correction.score_sums import FoldTruth

Y = np.array([0.0, 3.0, 1.0, 7.5])
PREDICTED = np.array([0.5, 2.0, 1.0, 9.0])


def by_sums(name, y, predicted, weights):
    """The score of a fold under weights."""
    form, truth = ERROR_FORMS[name], FoldTruth(y, None, None)
    return form.combine(
        weights @ form.terms(truth, predicted), weights @ form.shared(truth)
    )


@pytest.mark.parametrize("name", ERROR_FORMS)
@pytest.mark.parametrize("shape", [(-1,), (-1, 1)])
def test_error_forms_equal_the_scorer(name, shape):
    """A target may be zero, and predictions may be in a column."""
    model = stand_in(
        methods=("predict",), respond=lambda _, X: PREDICTED, kind="regressor"
    )
    expected = get_scorer(name)(model, Y[:, None], Y)
    found = by_sums(name, Y, PREDICTED.reshape(shape), np.ones(4))
    assert found == pytest.approx(expected)


@pytest.mark.parametrize("name", sorted(set(ERROR_FORMS) - {"r2"}))
def test_error_forms_under_weights_are_those_of_repeated_samples(name):
    """A weight of 0 leaves a sample out."""
    times = np.array([0, 2, 1, 3])
    found = by_sums(name, Y, PREDICTED, times.astype(float))
    y, predicted = np.repeat(Y, times), np.repeat(PREDICTED, times)
    assert found == pytest.approx(by_sums(name, y, predicted, np.ones(6)))


def test_r2_form_keeps_the_variance_of_the_whole_fold():
    """Samples left out by a weight still say how much the targets vary."""
    weights = np.array([1.0, 0.0, 0.0, 0.0])
    expected = 1 - (Y[0] - PREDICTED[0]) ** 2 / np.var(Y)
    assert by_sums("r2", Y, PREDICTED, weights) == pytest.approx(expected)

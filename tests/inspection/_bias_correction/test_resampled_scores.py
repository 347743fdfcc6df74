"""Are scores computed by sums where these give what was recorded, else by calls?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, make_scorer

from skbayes.inspection._bias_correction.called_scores import CalledScores
from skbayes.inspection._bias_correction.resampled_scores import make_scores
from skbayes.inspection._bias_correction.resampling import Units
from skbayes.inspection._bias_correction.summed_scores import SummedScores
from tests.inspection._bias_correction.kept import kept_of

Y = np.arange(40) % 2
TESTS = np.arange(40).reshape(4, 10)
UNITS = Units(np.arange(40), np.zeros(40, dtype=int))
#: Three candidates, each wrong at other samples.
PREDICTED = [np.where(np.arange(40) % k == 0, 1 - Y, Y) for k in (5, 7, 11)]


def hits(y, predicted):
    """Accuracy by a function that is not known."""
    return accuracy_score(y, predicted)


def test_make_scores_by_sums_and_by_calls_are_equal():
    """A known scorer is summed, an unknown one is called."""
    summed = make_scores(kept_of("accuracy", Y, TESTS, PREDICTED), UNITS, caller="f")
    kept = kept_of(make_scorer(hits), Y, TESTS, PREDICTED)
    called = make_scores(kept, UNITS, caller="f")
    assert isinstance(summed, SummedScores)
    assert isinstance(called, CalledScores)
    weights = UNITS.draw(5, np.random.default_rng(0))
    np.testing.assert_allclose(
        summed.in_bag(weights)[:, called.contenders],
        called.in_bag(weights)[:, called.contenders],
    )


@pytest.mark.parametrize(("n_labels", "kind"), [(12, SummedScores), (13, CalledScores)])
def test_make_scores_of_many_labels_calls_the_scorer(n_labels, kind):
    """A sum for each label and candidate would take longer."""
    y = np.arange(40) % n_labels
    kept = kept_of("f1_micro", y, TESTS, [y, np.roll(y, 1)])
    assert isinstance(make_scores(kept, UNITS, caller="f"), kind)


def test_make_scores_refuses_what_scores_otherwise_than_it_was_recorded():
    """The score depends on more than predictions and targets then."""
    kept = kept_of("accuracy", Y, TESTS, PREDICTED)
    other = replace(kept, fold_scores=kept.fold_scores - 0.01)
    with pytest.raises(ValueError, match="f computed other scores .*'score' depends"):
        make_scores(other, UNITS, caller="f")


def test_make_scores_tells_why_a_scorer_fails():
    """The error of the scorer is the cause of ours."""

    def needs_more(model, X, y):
        return model.coef_.sum()

    kept = replace(kept_of("accuracy", Y, TESTS, PREDICTED), scorer=needs_more)
    with pytest.raises(
        ValueError, match="could not compute .* asks for `coef_`"
    ) as info:
        make_scores(kept, UNITS, caller="f")
    assert isinstance(info.value.__cause__, AttributeError)


def test_make_scores_takes_an_own_score_for_that_of_its_kind():
    """Accuracy of classifiers, R2 of regressors, if these are what was recorded."""
    kept = replace(kept_of("accuracy", Y, TESTS, PREDICTED), has_own_score=True)
    assert isinstance(make_scores(kept, UNITS, caller="f"), SummedScores)
    numbers = Y + np.linspace(0, 1, 40)
    kept = kept_of("r2", numbers, TESTS, [numbers + 0.1], is_classifier=False)
    kept = replace(kept, has_own_score=True)
    assert isinstance(make_scores(kept, UNITS, caller="f"), SummedScores)
    kept = kept_of(
        "neg_max_error", numbers, TESTS, [numbers + 0.1], is_classifier=False
    )
    kept = replace(kept, has_own_score=True)
    assert isinstance(make_scores(kept, UNITS, caller="f"), CalledScores)

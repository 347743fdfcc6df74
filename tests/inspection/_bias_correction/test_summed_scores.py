"""Are scores by sums those that the scorer gives on the drawn samples?"""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.neighbors import KNeighborsClassifier

from skbayes.inspection._bias_correction.kept_predictions import read_predictions
from skbayes.inspection._bias_correction.known_scorers import FORMS
from skbayes.inspection._bias_correction.resampled_scores import make_scores
from skbayes.inspection._bias_correction.resampling import make_units
from skbayes.search import GridSearchCV
from tests.inspection.known_truth import (
    NoisyClassifier,
    NoisyRegressor,
    labelled,
    measured,
    search_of,
)

REGRESSION = {"r2", *(n for n in FORMS if "squared" in n or "absolute" in n)}


def scores_of(search):
    """Kept predictions, units and scores of a search."""
    kept = read_predictions(search, caller="test")
    rng = np.random.default_rng(0)
    units = make_units(kept.y, None, kept.tests, has_classes=False, rng=rng)
    return kept, units, make_scores(kept, units, caller="test")


def called(kept, units, weights):
    """Scores by calling the scorer on the drawn samples."""
    table = np.empty((len(weights), len(kept.candidates), kept.n_splits))
    for bag, weight in enumerate(weights):
        for j in range(len(kept.candidates)):
            for k, test in enumerate(kept.tests):
                times = weight[units.of_sample[test]].astype(int)
                rows = np.repeat(np.arange(len(test)), times)
                table[bag, j, k] = kept.score(j, k, rows)
    return table.mean(axis=2)


@pytest.mark.parametrize("scoring", sorted(set(FORMS) - {"r2"}))
def test_summed_scores_equal_calls_of_the_scorer(scoring):
    """Sums over weighted samples give what the scorer gives on drawn samples."""
    if scoring in REGRESSION:
        X, y = measured(120)
        y = np.abs(y) + 1 if "log" in scoring else y
        X[:, 1] = np.abs(X[:, 1]) + 8 if "log" in scoring else X[:, 1]
        search = search_of(NoisyRegressor(), 3, (X, y), scoring=scoring)
    else:
        search = search_of(NoisyClassifier(), 3, labelled(150), scoring=scoring)
    kept, units, scores = scores_of(search)
    assert type(scores).__name__ == "SummedScores"
    weights = units.draw(8, np.random.default_rng(1))
    tolerance = 1e-9
    expected = called(kept, units, weights)
    np.testing.assert_allclose(scores.in_bag(weights), expected, atol=tolerance)
    chosen = np.arange(8) % 3
    exact = expected[np.arange(8), chosen]
    np.testing.assert_allclose(scores.of_chosen(weights, chosen), exact, atol=1e-9)


def test_summed_scores_of_r2_on_few_samples_are_right_on_average():
    """R2 of what a bag leaves out of a small fold is right on average.

    Computed from those few samples alone, as the scorer would, it is far too low.
    """
    data = measured(60)
    search = search_of(NoisyRegressor(noise=2.0), 1, data, cv=5, scoring="r2")
    kept, units, scores = scores_of(search)
    left_out = (units.draw(400, np.random.default_rng(1)) == 0).astype(float)
    has_all = [(left_out[:, units.of_sample[t]].sum(axis=1) > 1) for t in kept.tests]
    left_out = left_out[np.all(has_all, axis=0)]
    estimate = scores.of_chosen(left_out, np.zeros(len(left_out), dtype=int)).mean()
    assert estimate == pytest.approx(search.best_score_, abs=0.03)
    assert called(kept, units, left_out[:50]).mean() < search.best_score_ - 0.2


def test_summed_scores_serve_several_classes():
    """Averages over labels are those of the scorer, with any number of labels."""
    X, y = make_classification(
        200, n_classes=4, n_informative=6, flip_y=0.3, random_state=0
    )
    for scoring in ("f1_macro", "precision_weighted", "matthews_corrcoef"):
        search = GridSearchCV(
            KNeighborsClassifier(),
            {"n_neighbors": [1, 5]},
            scoring=scoring,
            store_predictions=True,
        ).fit(X, y)
        kept, units, scores = scores_of(search)
        weights = units.draw(5, np.random.default_rng(1))
        assert type(scores).__name__ == "SummedScores"
        expected = called(kept, units, weights)
        np.testing.assert_allclose(scores.in_bag(weights), expected, atol=1e-12)

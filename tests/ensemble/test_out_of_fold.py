"""Are predictions of all usable candidates read, and means of them scored by fold?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import make_regression
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, log_loss, make_scorer
from sklearn.model_selection import KFold, RepeatedKFold
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from skbayes.ensemble._out_of_fold import read_out_of_fold
from skbayes.search import GridSearchCV
from tests.ensemble.out_of_fold import both, made

Y = np.array([0, 1, 1, 0, 1, 0])
TESTS = [[0, 1, 2], [3, 4, 5]]
P = np.array([[0.1, 0.8, 0.7, 0.2, 0.4, 0.6], [0.3, 0.2, 0.9, 0.4, 0.8, 0.1]])
ALL = np.ones(6, dtype=bool)


def test_out_of_fold_score_is_the_mean_over_folds():
    """Labels are those from a threshold on; entries that do not count are left out."""
    oof = made("accuracy", Y, TESTS, both(P))
    mean = oof.mean_of(np.array([0.5, 0.5]))
    np.testing.assert_allclose(mean, both(P.mean(axis=0)))
    hits = (mean[:, 1] >= 0.4) == Y
    expected = (hits[:3].mean() + hits[3:].mean()) / 2
    assert oof.score(mean, 0.4, ALL) == pytest.approx(expected)
    counted = np.array([True, False, True, False, False, False])
    assert oof.score(mean, 0.4, counted) == hits[[0, 2]].mean()
    assert np.isnan(oof.score(mean, 0.4, ~ALL))


def test_out_of_fold_score_leaves_out_folds_where_it_is_undefined():
    """The rows of one fold are of one label."""
    oof = made("roc_auc", Y, TESTS, both(P), method="predict_proba")
    counted = np.array([True, True, True, True, False, True])
    assert oof.score(both(P[0]), None, counted) == 1.0


def test_out_of_fold_score_gives_the_scorer_what_it_asks_for():
    """The scorer gets probabilities of the mean, and a vector of numbers."""
    oof = made("neg_log_loss", Y, TESTS, both(P), method="predict_proba")
    expected = [-log_loss(Y[t], P[0][t]) for t in TESTS]
    assert oof.score(both(P[0]), None, ALL) == pytest.approx(np.mean(expected))
    numbers = P[0] * 3
    oof = made("neg_max_error", numbers, TESTS, P[:, :, None], is_classifier=False)
    assert oof.score(P[0][:, None], None, ALL) == pytest.approx(-2 * (0.8 + 0.6) / 2)


def test_out_of_fold_entry_weights_are_those_of_the_scorer():
    """Each entry has the weight of its sample, or 1 without weights."""
    tests = [[2, 0, 1], [3, 4, 5]]
    oof = made("accuracy", Y, tests, both(P))
    assert oof.entry_weights.tolist() == [1.0] * 6
    kept = replace(oof.kept, score_params={"sample_weight": list(range(6))})
    assert replace(oof, kept=kept).entry_weights.tolist() == [2, 0, 1, 3, 4, 5]


def searched(estimator, grid, data, **settings):
    """A fitted search that keeps what its scorer needs."""
    settings = {"cv": 2, "store_predictions": "probabilities", **settings}
    return GridSearchCV(estimator, grid, **settings).fit(*data)


def test_read_out_of_fold_has_each_sample_as_often_as_it_was_held_out():
    """The samples are in the order of the folds."""
    data = make_regression(20, 3, noise=1.0, random_state=0)
    cv = RepeatedKFold(n_splits=2, n_repeats=2, random_state=0)
    search = searched(Ridge(), {"alpha": [1.0, 2.0]}, data, cv=cv)
    oof = read_out_of_fold(search, caller="f")
    tests = [test for _, test in cv.split(data[0])]
    np.testing.assert_array_equal(oof.sample, np.concatenate(tests))
    np.testing.assert_array_equal(oof.fold, np.repeat(range(4), 10))
    np.testing.assert_array_equal(oof.target[:, 0], data[1][oof.sample])
    train, test = next(cv.split(data[0]))
    model = Ridge(alpha=2.0).fit(data[0][train], data[1][train])
    np.testing.assert_allclose(oof.values[1, :10, 0], model.predict(data[0][test]))
    assert oof.score(oof.values[1], None, oof.fold >= 0) == pytest.approx(
        search.cv_results_["mean_test_score"][1]
    )


def test_read_out_of_fold_has_a_column_for_a_label_that_a_fold_never_saw():
    """The fold's probability of the label is 0."""
    X = np.arange(9.0)[:, None]
    y = np.array([0, 2, 0, 2, 0, 2, 1, 1, 0])
    scoring = make_scorer(accuracy_score)
    grid = {"C": [1.0]}
    cv = KFold(3)  # the last part has all of label 1
    search = searched(LogisticRegression(), grid, (X, y), cv=cv, scoring=scoring)
    oof = read_out_of_fold(search, caller="f")
    assert oof.values.shape == (1, 9, 3)
    assert (oof.values[0, :, 1] == 0).tolist() == [False] * 6 + [True] * 3
    np.testing.assert_allclose(oof.values.sum(axis=2), 1.0)
    np.testing.assert_array_equal(oof.target.argmax(axis=1), y)


def test_read_out_of_fold_leaves_out_candidates_without_probabilities():
    """The error says what to search over where no candidate has probabilities."""
    X, y = np.arange(20.0)[:, None], np.tile([0, 1], 10)
    steps = {"m": [LinearSVC(), LogisticRegression()]}
    search = searched(Pipeline([("m", LinearSVC())]), steps, (X, y))
    assert read_out_of_fold(search, caller="f").candidates.tolist() == [1]
    search = searched(LinearSVC(), {"C": [1.0, 2.0]}, (X, y))
    with pytest.raises(ValueError, match="f averages probabilities, and no complete"):
        read_out_of_fold(search, caller="f")


@pytest.mark.parametrize(("n_outputs", "shape"), [(1, (3,)), (2, (3, 2))])
def test_out_of_fold_score_predicts_in_the_form_of_the_targets(n_outputs, shape):
    """One output is predicted as a vector, several as a table."""
    shapes = []

    def scoring(model, X, y):
        shapes.append(model.predict(X).shape)
        return 1.0

    oof = made(scoring, P[0], TESTS, P[:, :, None], is_classifier=False)
    shapes.clear()
    oof.score(np.ones((6, n_outputs)), None, ALL)
    assert shapes == [shape] * 2

"""A metric that gives no number is an error of this metric, not of the search."""

from __future__ import annotations

import decimal

import numpy as np
import pytest
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

from skbayes import BayesSearchCV, GridSearchCV, RandomSearchCV

X, Y = make_classification(60, random_state=0)
NO_NUMBERS = {
    "nothing": None,
    "text": "high",
    "an array": np.array([0.5, 0.5]),
    "a list": [0.5],
    "complex": 1j,
    "too large": 10**400,
    "masked": np.ma.masked,
}
WARNS = pytest.mark.filterwarnings(
    "ignore:Scoring failed", "ignore:One or more of the test scores"
)


def fitted(given, how, refit="accuracy", **settings):
    """A search of which one metric gives something else for large values of C."""

    def other(estimator, X, y):
        return given if estimator.C > 1 else 0.5

    def both(estimator, X, y):
        return {"accuracy": estimator.score(X, y), "other": other(estimator, X, y)}

    scoring = {"dict": {"accuracy": "accuracy", "other": other}, "callable": both}[how]
    search = RandomSearchCV(
        LogisticRegression(),
        {"C": [0.1, 1.0, 10.0]},
        n_iter=3,
        cv=2,
        scoring=scoring,
        refit=refit,
        random_state=0,
        **settings,
    )
    return search.fit(X, Y)


@WARNS
@pytest.mark.parametrize("how", ["dict", "callable"])
@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_recording_scorer_without_a_number_for_another_metric_fails_none(kind, how):
    """The fold keeps the error beside the scores, and that metric's score is NaN."""
    search = fitted(NO_NUMBERS[kind], how)
    assert np.isfinite(search.cv_results_["mean_test_accuracy"]).all()
    is_large = [params["C"] > 1 for params in search.cv_results_["params"]]
    other = search.cv_results_["mean_test_other"]
    np.testing.assert_array_equal(np.isnan(other), is_large)
    for trial, has_error in zip(search.trials_, is_large, strict=True):
        for fold in trial.folds:
            assert ("test_other" in (fold.scoring_errors or {})) == has_error


@WARNS
@pytest.mark.parametrize("how", ["dict", "callable"])
def test_recording_scorer_without_a_number_to_decide_by_fails_a_candidate(how):
    """Other candidates go on."""
    search = fitted(None, how, refit="other")
    is_large = [params["C"] > 1 for params in search.cv_results_["params"]]
    np.testing.assert_array_equal(
        np.isnan(search.cv_results_["mean_test_other"]), is_large
    )
    assert search.best_params_["C"] <= 1


@pytest.mark.parametrize("how", ["dict", "callable"])
def test_recording_scorer_raises_where_errors_are_to(how):
    """The error has the name of the metric and what it gave."""
    with pytest.raises(ValueError, match="The metric 'other'.*real number. Got None"):
        fitted(None, how, error_score="raise")


@pytest.mark.parametrize("how", ["dict", "callable"])
@pytest.mark.parametrize(
    "given", [np.array(0.5), np.array([0.5]), decimal.Decimal("0.5"), np.float32(0.5)]
)
def test_recording_scorer_takes_every_kind_of_number(given, how):
    """Numbers that scikit-learn takes out of an array are scores too."""
    search = fitted(given, how)
    np.testing.assert_array_equal(search.cv_results_["mean_test_other"], 0.5)


@WARNS
def test_recording_scorer_takes_no_masked_value_for_zero():
    """A mean over masked values only is a mask, which converts to 0."""
    search = RandomSearchCV(
        LogisticRegression(),
        {"C": [0.1, 10.0]},
        n_iter=2,
        cv=2,
        scoring=lambda e, X, y: np.ma.masked if e.C > 1 else -0.5,
        random_state=0,
    ).fit(X, Y)
    assert search.best_params_["C"] == 0.1


def only_score(given, kind=RandomSearchCV, **settings):
    """A fitted search whose only score is something else for large values of C."""
    how = {} if kind is GridSearchCV else {"n_iter": 3, "random_state": 0}
    search = kind(
        LogisticRegression(),
        {"C": [0.1, 1.0, 10.0]},
        cv=2,
        scoring=lambda e, X, y: given if e.C > 1 else e.C,
        **how,
        **settings,
    )
    return search.fit(X, Y)


@WARNS
@pytest.mark.parametrize("search", [RandomSearchCV, BayesSearchCV])
@pytest.mark.parametrize("kind", NO_NUMBERS)
def test_recording_scorer_of_the_only_score_without_a_number_fails_a_candidate(
    kind, search
):
    """Other candidates go on, and the record of the failed one says why."""
    found = only_score(NO_NUMBERS[kind], search)
    assert found.best_params_ == {"C": 1.0}
    means = dict(
        zip(
            [params["C"] for params in found.cv_results_["params"]],
            found.cv_results_["mean_test_score"],
            strict=True,
        )
    )
    assert means[0.1] == 0.1
    assert np.isnan(means[10.0])
    if kind != "masked":
        failed = next(t for t in found.trials_ if t.params["C"] == 10.0)
        assert "`scoring` parameter must give a real number. Got" in failed.error


@pytest.mark.parametrize("given", [None, [0.5]])
def test_recording_scorer_of_the_only_score_raises_as_scikit_learn_does(given):
    """In a grid search, and where errors are to be raised."""
    with pytest.raises(ValueError, match="scoring must return a number, got"):
        only_score(given, GridSearchCV)
    with pytest.raises(ValueError, match="scoring must return a number, got"):
        only_score(given, error_score="raise")

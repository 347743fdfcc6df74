"""Is the optimism of the best score taken out by the fold scores alone?"""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.model_selection import StratifiedKFold

from skbayes.search import GridSearchCV
from skbayes.search._optimism import optimism_corrected_score


def test_optimism_corrected_score_is_that_of_choices_on_the_fold_left_out():
    """A hand-worked mean takes each fold's score of what the other two prefer."""
    scores = np.array([[0.9, 0.1, 0.2], [0.5, 0.6, 0.5], [0.4, 0.9, 0.3]])
    # Without fold 0: row 2 (0.6); without 1: row 0 (0.55); without 2: row 2 (0.65).
    assert optimism_corrected_score(scores) == pytest.approx((0.4 + 0.1 + 0.3) / 3)


def test_optimism_corrected_score_never_chooses_rows_with_nan():
    """Incomplete candidates change nothing."""
    scores = np.array([[0.5, 0.6], [0.7, 0.7], [np.nan, 0.99]])
    assert optimism_corrected_score(scores) == pytest.approx(0.7)


@pytest.mark.parametrize("scores", [np.ones((3, 1)), np.full((2, 4), np.nan)])
def test_optimism_corrected_score_is_nan_without_a_choice_to_repeat(scores):
    """There is one fold, or no complete candidate."""
    assert np.isnan(optimism_corrected_score(scores))


def test_optimism_corrected_score_repeats_another_rule_of_choice():
    """The rule is asked once a fold, with the other folds."""
    asked = []

    def choose(folds):
        asked.append(folds)
        return 1

    scores = np.array([[0.9, 0.9, 0.9], [0.1, 0.2, 0.3]])
    assert optimism_corrected_score(scores, choose) == pytest.approx(0.2)
    assert asked == [[1, 2], [0, 2], [0, 1]]


def test_optimism_corrected_score_of_the_best_of_pure_noise_is_nothing():
    """Where all candidates are equal in truth, the mean error is noise."""
    rng = np.random.default_rng(0)
    tables = rng.standard_normal((400, 60, 5))
    errors = [optimism_corrected_score(scores) for scores in tables]
    naive = tables.mean(axis=2).max(axis=1)
    assert abs(np.mean(errors)) < 3 * np.std(errors) / np.sqrt(len(errors))
    assert np.mean(naive) > 0.8


class Guess(ClassifierMixin, BaseEstimator):
    """A classifier that learns nothing; its labels depend on seed and sample."""

    def __init__(self, seed=0):
        self.seed = seed

    def fit(self, X, y):
        """Note the labels."""
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Labels by the number of the sample, which is its only feature."""
        return np.random.default_rng(self.seed).integers(2, size=200)[X[:, 0]]


def guessed(first_seed, **settings):
    """A grid search among forty guesses on 200 samples."""
    X = np.arange(200)[:, None]
    grid = {"seed": list(range(first_seed, first_seed + 40))}
    cv = StratifiedKFold(5, shuffle=True, random_state=first_seed)
    search = GridSearchCV(Guess(), grid, cv=cv, store_predictions=True, **settings)
    return search.fit(X, X[:, 0] % 2)


def test_optimism_corrected_score_of_guesses_is_one_half():
    """Among equals the best score is too good, and the corrected one is not."""
    searches = [guessed(1000 * k) for k in range(15)]
    corrected = np.array([search.optimism_corrected_score_ for search in searches])
    error = corrected.std(ddof=1) / np.sqrt(len(corrected))
    assert abs(corrected.mean() - 0.5) < max(0.004, 2 * error)
    assert np.mean([search.best_score_ for search in searches]) > 0.56


@pytest.mark.parametrize("racing", [True, "conservative"])
def test_optimism_corrected_score_is_nan_where_racing_stopped_candidates(racing):
    """What the race completed did well on the fold held out, too."""
    search = guessed(0, racing=racing)
    assert "stopped" in search.cv_results_["status"]
    with pytest.warns(UserWarning, match=r"racing stopped \d+ of 40 candidates"):
        assert np.isnan(search.optimism_corrected_score_)
    with warnings.catch_warnings():
        # New versions of scikit-learn read every attribute for their page.
        warnings.simplefilter("ignore")
        assert "racing stopped" in search._repr_html_()


def test_optimism_corrected_score_is_known_where_racing_stopped_none():
    """Five candidates, of which four are always complete, leave nothing to stop."""
    X = np.arange(200)[:, None]
    settings = {"cv": 5, "refit": False}
    raced, plain = (
        GridSearchCV(Guess(), {"seed": [0, 1, 2, 3]}, racing=racing, **settings).fit(
            X, X[:, 0] % 2
        )
        for racing in (True, False)
    )
    assert raced.optimism_corrected_score_ == plain.optimism_corrected_score_

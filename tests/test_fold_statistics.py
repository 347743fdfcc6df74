"""Are the standard error and the usual variance those of folds?"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chi2
from sklearn.base import BaseEstimator
from sklearn.model_selection import KFold, RepeatedKFold, ShuffleSplit
from sklearn.tree import DecisionTreeClassifier

from skbayes import GridSearchCV
from skbayes._fold_statistics import (
    LARGEST_SUMMAND,
    bounded_scores,
    chi_squared_median,
    corrected_factor,
    corrected_standard_error,
    expected_sample_median,
    held_out_share,
    shrunk_variance,
    usual_variance,
)
from skbayes.inspection import search_report


def test_corrected_standard_error_of_five_folds():
    """The variance of 2.5, times 1/5 + 1/4, was worked out by hand."""
    error = corrected_standard_error([1.0, 2.0, 3.0, 4.0, 5.0])
    assert error == pytest.approx(math.sqrt(2.5 * 0.45))


@pytest.mark.parametrize("n_splits", [2, 3, 5, 10])
def test_corrected_standard_error_takes_folds_to_part_the_data(n_splits):
    """Without a share a K-th is held out, and more repeats help less."""
    scores = np.random.default_rng(0).normal(size=n_splits)
    error = corrected_standard_error(scores)
    assert error == corrected_standard_error(scores, test_share=1 / n_splits)
    assert error > scores.std(ddof=1) / math.sqrt(n_splits)
    assert corrected_factor(1000, test_share=0.2) == pytest.approx(0.25, abs=2e-3)


@pytest.mark.parametrize("scores", [[], [0.5]])
def test_corrected_standard_error_needs_two_folds(scores):
    """One score says nothing of its error."""
    assert math.isnan(corrected_standard_error(scores))


@pytest.mark.parametrize("n_splits", [5, 10])
def test_corrected_standard_error_is_right_where_folds_share_an_error(n_splits):
    """The scores are correlated as [1] assumes: error squared over stated is 1."""
    rng = np.random.default_rng(1)
    shared = math.sqrt(1 / n_splits) * rng.normal(size=(4000, 1))
    scores = shared + math.sqrt(1 - 1 / n_splits) * rng.normal(size=(4000, n_splits))
    stated = np.mean([corrected_standard_error(row) ** 2 for row in scores])
    assert np.square(scores.mean(axis=1)).mean() / stated == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("degrees", [1, 2, 4, 9])
def test_usual_variance_is_not_too_small(degrees):
    """The usual variance of many samples is true, whatever a third of them does."""
    squares = 4.0 * chi2.rvs(degrees, size=20_001, random_state=0)
    assert usual_variance(squares, degrees) == pytest.approx(4.0, rel=0.05)
    assert chi_squared_median(degrees) == pytest.approx(chi2.ppf(0.5, degrees))
    squares[:300] = 1e9
    assert usual_variance(squares, degrees) == pytest.approx(4.0, rel=0.1)


@pytest.mark.parametrize(("squares", "degrees"), [([], 3), ([0.0, 0.0], 0)])
def test_usual_variance_of_nothing_is_zero(squares, degrees):
    """Without rows or degrees of freedom nothing is known to vary."""
    assert usual_variance(np.array(squares), degrees) == 0.0


def test_shrunk_variance_errs_less_than_either():
    """The shrunk variance beats each row's own, and the usual one for all."""
    rng = np.random.default_rng(2)
    true = 1.0 / rng.gamma(4.0, 1 / 4.0, size=3000)
    squares = true * chi2.rvs(3, size=3000, random_state=3)
    usual = usual_variance(squares, 3)
    shrunk = shrunk_variance(squares, 3, usual)

    def error(guess):
        return np.mean(np.square(np.log(guess / true)))

    assert error(shrunk) < min(error(squares / 3), error(np.full(3000, usual)))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 9, 30])
@pytest.mark.parametrize("degrees", [1, 2, 4, 9])
def test_expected_sample_median_is_that_of_drawn_samples(n, degrees):
    """The draws agree, and of a single variable the median is its mean."""
    drawn = np.random.default_rng(0).chisquare(degrees, (100_000, n))
    assert expected_sample_median(n, degrees) == pytest.approx(
        np.median(drawn, axis=1).mean(), rel=0.02
    )


@pytest.mark.parametrize(
    ("cv", "share"),
    [
        (KFold(4), 1 / 4),
        (RepeatedKFold(n_splits=5, n_repeats=3), 1 / 5),
        (ShuffleSplit(10, test_size=30), 30 / 80),
        (ShuffleSplit(3, train_size=10, test_size=10), 1 / 2),
    ],
)
def test_held_out_share_is_that_of_the_folds(cv, share):
    """The number of folds and what they leave out do not matter."""
    assert held_out_share(list(cv.split(np.zeros(80)))) == pytest.approx(share)


def test_held_out_share_of_masks_and_of_no_samples():
    """Masks are counted; without samples on one side there is no share."""
    mask = np.arange(10) < 8
    assert held_out_share([(mask, ~mask)]) == pytest.approx(0.2)
    assert held_out_share([(np.arange(4), [])]) is None


def test_corrected_standard_error_is_the_same_all_over_a_search(tmp_path):
    """The notebook, the report, callbacks and rules have that of repeated folds."""
    cv = RepeatedKFold(n_splits=3, n_repeats=8, random_state=0)
    X = np.random.default_rng(0).normal(size=(60, 2))
    y = np.random.default_rng(1).permutation(np.arange(60) % 2)
    seen, errors = [], []

    class Rule(BaseEstimator):
        """Note the share that a rule is told."""

        def __call__(self, table):
            """Choose the first."""
            seen.append(table.test_share)
            return 0

    def note(progress):
        errors.append(
            corrected_standard_error(progress.fold_scores, progress.test_share)
        )

    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=cv,
        refit=Rule(), callbacks=[note],
    ).fit(X, y)  # fmt: skip
    scores = search.trials_[0].scores()
    expected = scores.std(ddof=1) * np.sqrt(1 / 24 + 1 / 2)
    assert seen == pytest.approx([1 / 3])
    assert errors[0] == pytest.approx(expected)
    search.best_score_ = float(scores.mean())
    assert f"&plusmn; {expected:.2g} (standard error)" in search._repr_html_()
    report = search_report(search, tmp_path / "report.html").read_text("utf-8")
    assert f"standard error {expected:.2g} over 24 folds" in report


def test_bounded_scores_have_sums_and_products():
    """Ordinary scores and those that are not finite stay what they are."""
    scores = np.array([0.5, -1e200, 1e200, np.nan, np.inf, -np.inf])
    expected = [0.5, -1e70, 1e70, np.nan, np.inf, -np.inf]
    np.testing.assert_array_equal(bounded_scores(scores), expected)
    found = bounded_scores(np.full(5, 1.7e308), LARGEST_SUMMAND)
    assert found.mean() == pytest.approx(1e300)

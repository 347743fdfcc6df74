"""Are fold scores read as the rules need them, and the near-best found?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._fold_statistics import TableOfFolds
from skbayes.selection._results import (
    held_out_share_of,
    read_fold_scores,
    within_standard_errors,
)
from tests.selection.tables import DEPTHS, NEAR, table


def test_read_fold_scores_has_nan_for_incomplete_candidates():
    """A fold without a finite score leaves no mean to compare; the table stays."""
    scores = [[0.5, np.nan], [np.inf, 0.5], [0.25, 0.75], [-np.inf, 0.5]]
    results = table(scores, DEPTHS)
    found = read_fold_scores(results, None, owner="Rule")
    np.testing.assert_array_equal(
        found, [[np.nan] * 2, [np.nan] * 2, [0.25, 0.75], [np.nan] * 2]
    )
    assert results["split0_test_score"][1] == np.inf


def test_read_fold_scores_of_the_metric_that_is_named():
    """One of several metrics must be named; the message lists them and the nearest."""
    results = {
        "params": [{}],
        "mean_test_accuracy": [0.5],
        "split0_test_accuracy": [0.5],
        "mean_test_roc_auc": [0.75],
        "split0_test_roc_auc": [0.75],
    }
    assert read_fold_scores(results, "roc_auc", owner="Rule") == 0.75
    for metric, more in ((None, ""), ("roc_acu", r" Did you mean 'roc_auc'\?")):
        message = (
            r"The `metric` parameter of Rule must be one of .*accuracy.*roc_auc.*"
            rf"Got {metric!r} instead\.{more}$"
        )
        with pytest.raises(ValueError, match=message):
            read_fold_scores(results, metric, owner="Rule")


def test_read_fold_scores_needs_a_complete_candidate():
    """The rule that has no choice is named."""
    results = table([[np.nan, 1.0], [1.0, np.inf]], [{}, {}])
    with pytest.raises(ValueError, match="^Rule has nothing to choose from"):
        read_fold_scores(results, None, owner="Rule")


def test_held_out_share_of_is_that_of_a_table_of_folds():
    """A table of scikit-learn has no share."""
    results = table(NEAR, DEPTHS)
    assert held_out_share_of(results) is None
    assert held_out_share_of(TableOfFolds(results, 0.2)) == 0.2


def test_within_standard_errors_of_the_best():
    """The three folds have the variance 0.0016 and the error 0.04 sqrt(1/3 + 1/2)."""
    error = 0.04 * np.sqrt(5 / 6)
    gaps = np.array([0.0, 0.99, 1.01, 1.99, 2.01]) * error
    scores = np.array([0.76, 0.80, 0.84]) - gaps[:, None]
    near = [within_standard_errors(scores, n, None).tolist() for n in (0, 1, 2)]
    assert near == [[0], [0, 1], [0, 1, 2, 3]]
    # 1/3 + 1/2 is the factor of a third held out; with a half it is 4/3.
    wider = within_standard_errors(scores, 1, 0.5).tolist()
    assert wider == [0, 1, 2]


def test_within_standard_errors_best_first_and_ties_in_order():
    """Incomplete candidates are left out, and a single fold has no error."""
    scores = np.array([[0.5], [0.75], [np.nan], [0.75], [0.7]])
    assert within_standard_errors(scores, 9.0, None).tolist() == [1, 3]
    scores = np.array([[0.7, 0.8], [np.nan, 1.0], [0.7, 0.9], [0.9, 0.7]])
    assert within_standard_errors(scores, 1.0, None).tolist() == [2, 3, 0]

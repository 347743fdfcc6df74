"""The table of results, column by column."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._evaluation.cv_results import adjusted_scores
from skbayes._protocol import Status
from tests._evaluation.racing.candidates import partial, table_of, trial_of


class TestAdjustedScores:
    """Means over all folds of trials that were not run on all."""

    def test_are_estimates_where_folds_are_missing(self):
        """Complete ones keep their mean; others lose what their folds add."""
        table = table_of([1.0, 0.5, 0.0, -0.5], noise=1e-3)
        trials = [trial_of(i, row, Status.COMPLETE) for i, row in enumerate(table)]
        trials.append(trial_of(4, partial(table[1] - 0.1, 1), Status.STOPPED))
        adjusted = adjusted_scores(trials, "score")
        np.testing.assert_array_equal(adjusted[:4], table.mean(axis=1))
        assert adjusted[4] == pytest.approx(0.4, abs=5e-3)

    def test_are_nan_for_what_failed_or_has_no_score(self):
        """Also where nothing at all is complete."""
        table = table_of([1.0, 0.5, 0.0])
        trials = [
            trial_of(0, table[0], Status.FAILED),
            trial_of(1, partial(table[1], 0), Status.STOPPED),
            trial_of(2, partial(table[2], 2), Status.STOPPED),
        ]
        adjusted = adjusted_scores(trials, "score")
        np.testing.assert_array_equal(np.isnan(adjusted), [True, True, False])
        assert np.isnan(adjusted_scores(trials[:2], "score")).all()

"""Are the shared records readable?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from skbayes.search import FoldResult, Status, Trial


def test_trial_has_a_repr_of_one_line():
    """The repr has parameters, status, folds and scores, but no predictions."""
    folds = tuple(
        FoldResult(k, {"f1": 0.5 + 0.1 * k}, fit_time=0.25, predictions=np.ones(999))
        for k in range(2)
    )
    trial = Trial(3, {"C": 1.5}, 5, folds, Status.STOPPED)
    assert repr(trial) == (
        "Trial(3: {'C': 1.5}, stopped, 2 of 5 folds, f1=0.55 ± 0.05, 0.5 s)"
    )
    assert "predictions" not in repr(folds[0])


def test_trial_without_scores_has_a_repr():
    """A candidate that was not run, or failed, has no score to show."""
    assert repr(Trial(0, {}, 5)) == "Trial(0: {}, running, 0 of 5 folds, 0 s)"
    failed = Trial(1, {}, 1, (FoldResult(0, {"score": np.nan}),), Status.FAILED)
    assert repr(failed) == "Trial(1: {}, failed, 1 of 1 folds, 0 s)"


def test_trial_scores_with_repeats_has_whole_repeats_only():
    """A repeat counts if the score that decides is finite on all of its folds."""

    def fold(k, score, other=0.5):
        return FoldResult(k, {"a": score, "b": other})

    repeats = tuple(fold(k, k / 10) for k in (2, 3, 4))
    trial = Trial(0, {}, 2, (fold(0, 0.0), fold(1, 0.1)), Status.COMPLETE, "a")
    trial = replace(trial, repeats=repeats)
    np.testing.assert_array_equal(trial.scores_with_repeats(), [0.0, 0.1, 0.2, 0.3])
    np.testing.assert_array_equal(trial.scores_with_repeats("b"), [0.5] * 4)
    np.testing.assert_array_equal(trial.scores(), [0.0, 0.1])
    failed = replace(trial, repeats=(fold(2, np.nan), fold(3, 0.3)))
    np.testing.assert_array_equal(failed.scores_with_repeats(), [0.0, 0.1])

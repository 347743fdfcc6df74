"""Is an evaluation known as failed, partial or complete?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._strategies.engine.observation import Observation, n_folds_told

NAN = float("nan")


def observation(score, folds=None):
    """An evaluation with these scores."""
    scores = None if folds is None else np.array(folds)
    return Observation({}, (), np.empty(0), score, scores)


@pytest.mark.parametrize(
    ("score", "folds", "is_failed", "is_partial"),
    [
        (0.5, None, False, False),
        (0.5, [0.25, 0.75], False, False),
        (0.5, [NAN, 0.5], False, True),
        (NAN, None, True, False),
        (NAN, [NAN, 0.5], True, True),
        (0.0, [], False, False),
    ],
)
def test_observation_is_failed_by_its_score_and_partial_by_its_folds(
    score, folds, is_failed, is_partial
):
    """Both are plain bools, because they are looked at in conditions."""
    found = observation(score, folds)
    assert found.is_failed is is_failed
    assert found.is_partial is is_partial
    assert found.is_prior is False


def test_n_folds_told_is_that_of_the_first_with_folds():
    """The number is None if no folds were told."""
    assert n_folds_told([]) is None
    assert n_folds_told([observation(0.5)]) is None
    some = [observation(0.5), observation(NAN, [NAN, NAN, NAN]), observation(0, [0])]
    assert n_folds_told(some) == 3

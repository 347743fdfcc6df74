"""The numbers of rungs, and what was scored on them."""

from __future__ import annotations

import numpy as np

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._protocol import FoldResult

LADDER = Ladder(2, ((100, 300, 900),) * 2, (2700, 2700))


def test_ladder_numbers_lead_to_folds_and_rungs_and_back():
    """The numbers of rungs follow those of the folds."""
    assert list(LADDER.numbers) == [2, 3, 4, 5, 6, 7]
    assert list(LADDER.rungs_of(1)) == [5, 6, 7]
    assert LADDER.place(6) == (1, 1)
    assert LADDER.size(6) == 300


def test_ladder_scores_have_a_row_for_each_fold():
    """A score is NaN where a rung was not run or failed; whole folds have none."""
    results = [
        FoldResult(1, {"score": 9.0}),
        FoldResult(2, {"score": 0.25}),
        FoldResult(6, {"score": 0.5}),
        FoldResult(7, {"score": 0.5}, error="failed"),
    ]
    nan = np.nan
    np.testing.assert_array_equal(
        LADDER.scores(results, "score"), [[0.25, nan, nan], [nan, 0.5, nan]]
    )


def test_ladder_sizes_may_differ_between_folds():
    """The last fold may have fewer samples."""
    ladder = Ladder(9, ((100, 300), (90, 270), (80, 240)), (900, 810, 720))
    assert (ladder.n_splits, ladder.n_rungs) == (3, 2)
    assert [ladder.size(number) for number in ladder.numbers] == [
        100, 300, 90, 270, 80, 240,
    ]  # fmt: skip

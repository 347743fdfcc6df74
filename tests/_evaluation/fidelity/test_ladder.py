"""The numbers of rungs, and what was scored on them."""

from __future__ import annotations

from skbayes._evaluation.fidelity.ladder import Ladder

LADDER = Ladder(2, ((100, 300, 900),) * 2, (2700, 2700))


def test_numbers_lead_to_folds_and_rungs_and_back():
    """They follow those of the folds."""
    assert list(LADDER.numbers) == [2, 3, 4, 5, 6, 7]
    assert list(LADDER.rungs_of(1)) == [5, 6, 7]
    assert LADDER.place(6) == (1, 1)
    assert LADDER.size(6) == 300

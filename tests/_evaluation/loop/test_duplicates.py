"""Equal candidates are found among many, whatever their hashes are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._protocol import Trial


class Dull:
    """Equal by its number; all have one hash."""

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number

    def __hash__(self):
        return 7


def firsts(values):
    """The first like each of these candidates, as they come."""
    duplicates = Duplicates(are_shared=True)
    trials = [OpenTrial(Trial(i, {"x": value}, 2)) for i, value in enumerate(values)]
    return [duplicates.first_of(t, lambda i: trials[i].params) for t in trials]


def expected(values):
    """What a plain search finds."""
    return [
        None if values.index(value) == i else values.index(value)
        for i, value in enumerate(values)
    ]


@given(st.lists(st.integers(-20, 20), max_size=300))
def test_duplicates_find_the_first_equal_candidate(values):
    """The first is found while the table grows, though -1 and -2 have one hash."""
    assert firsts(values) == expected(values)


def test_duplicates_are_not_made_by_equal_hashes():
    """Candidates of one hash are compared."""
    values = [Dull(i % 5) for i in range(40)]
    assert firsts(values) == expected(values)


def test_duplicates_leave_out_the_candidate_itself():
    """The answer is the same however often it is asked."""
    duplicates = Duplicates(are_shared=True)
    trial = Trial(3, {"x": 1}, 2)
    for _ in range(2):
        assert duplicates.first_of(trial, lambda i: {"x": 1}) is None
    other = Trial(4, {"x": 1}, 2)
    assert duplicates.first_of(other, lambda i: {"x": 1}) == 3


def test_duplicates_are_none_where_nothing_is_shared():
    """Callbacks are promised each candidate's folds."""
    duplicates = Duplicates(are_shared=False)
    for i in range(2):
        assert duplicates.first_of(Trial(i, {"x": 1}, 2), lambda i: {}) is None

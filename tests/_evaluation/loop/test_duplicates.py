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
def test_the_first_equal_candidate_is_found(values):
    """Also where the table has grown meanwhile, and -1 and -2 have one hash."""
    assert firsts(values) == expected(values)


def test_equal_hashes_do_not_make_candidates_equal():
    """They are compared."""
    values = [Dull(i % 5) for i in range(40)]
    assert firsts(values) == expected(values)


def test_a_candidate_is_not_its_own_duplicate():
    """However often it is asked."""
    duplicates = Duplicates(are_shared=True)
    trial = Trial(3, {"x": 1}, 2)
    for _ in range(2):
        assert duplicates.first_of(trial, lambda i: {"x": 1}) is None
    other = Trial(4, {"x": 1}, 2)
    assert duplicates.first_of(other, lambda i: {"x": 1}) == 3


def test_where_nothing_is_shared_there_are_no_duplicates():
    """Callbacks are promised each candidate's folds."""
    duplicates = Duplicates(are_shared=False)
    for i in range(2):
        assert duplicates.first_of(Trial(i, {"x": 1}, 2), lambda i: {}) is None

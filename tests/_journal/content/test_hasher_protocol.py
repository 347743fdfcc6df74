"""Are open ends found once, in the order they were read?"""

from __future__ import annotations

from skbayes._journal.content.hasher_protocol import Ends, pieces_of


def one():
    """Stand for a function of the user's."""


def other():
    """Stand for another one."""


def test_pieces_of_are_in_the_order_of_reading():
    """Pieces of nested objects come at the place of the object."""
    nested = Ends((other, Ends((str, one))))
    assert list(pieces_of([int, nested, one, float])) == [int, other, str, one, float]
    assert list(pieces_of(iter([one, one]))) == [one]
    assert list(pieces_of([])) == []


def test_pieces_of_equal_pieces_are_told_apart():
    """The object tells them apart: two functions of one code may have other globals."""
    lists = [[1], [1]]
    assert len(list(pieces_of(lists))) == 2


def test_pieces_of_deep_and_shared_ends_take_little_time():
    """Each end is gone through once: there are 2 to the 2,000 ways to the last one."""
    ends = Ends((one,))
    for _ in range(2_000):
        ends = Ends((ends, ends))
    assert list(pieces_of([ends])) == [one]

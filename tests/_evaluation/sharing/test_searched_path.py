"""How far a path is followed, and which of its values is the best."""

import numpy as np
import pytest

from skbayes._evaluation.sharing.searched_path import (
    SearchedPath,
    best_size,
    has_turned,
    mean_curve,
)
from skbayes._protocol import FoldResult


def fold(number, scores, **facts):
    """A fold with a score for each value of its path."""
    path = {k: FoldResult(number, {"a": s, "b": -s}) for k, s in scores.items()}
    return FoldResult(number, {"a": 0.0}, path=path, **facts)


@pytest.mark.parametrize(
    ("rises", "expected"),
    [(True, [100, 200, 450, 1000]), (False, [100, 150, 300, 450, 1000])],
)
def test_next_reach_begins_half_way_and_grows(rises, expected):
    """Segments go by ratios: from 10 to 1,000 first to 100, then to twice that.

    They are shorter when the best value seems to be behind.
    """
    path = SearchedPath("n", (10, 30, 100, 150, 200, 300, 450, 1000))
    reaches = [path.first_reach]
    while (reach := path.next_reach(reaches[-1], rises=rises)) is not None:
        reaches.append(reach)
    assert reaches == expected


def test_segment_leaves_out_what_is_known():
    """Only new values are scored, and all that are missing up to the reach."""
    path = SearchedPath("n", (1, 2, 4, 8, 16))
    assert path.segment((1, 2), 8).sizes == (4, 8)
    assert path.segment((), 4).sizes == (1, 2, 4)


def test_mean_curve_is_taken_over_the_folds_at_each_value():
    """Values that a fold lacks, or whose score is not finite, are left out."""
    folds = [
        fold(0, {1: 0.5, 2: 0.75, 4: 0.5}),
        fold(1, {1: 0.25, 2: np.nan, 4: 1.0, 8: 1.0}),
    ]
    assert mean_curve(folds, "a") == {1: 0.375, 4: 0.75}
    assert mean_curve(folds, "b") == {1: -0.375, 4: -0.75}
    assert mean_curve(folds, None) == mean_curve(folds, "a")


def test_best_size_of_equal_values_is_the_smallest():
    """The order in which values come does not matter."""
    assert best_size({8: 0.5, 2: 0.5, 4: 0.5}) == 2
    assert best_size({}) is None


@pytest.mark.parametrize(
    ("scores", "turned"),
    [
        ({2: 0.5, 4: 0.7, 6: 0.6, 8: 0.69}, True),
        ({2: 0.5, 4: 0.6, 6: 0.7, 8: 0.65}, False),  # best above half
        ({2: 0.5, 4: 0.7, 6: 0.7, 8: 0.65}, False),  # as good above half
        ({2: 0.5, 4: 0.5, 6: 0.5, 8: 0.5}, False),  # flat: it may still rise
        ({}, False),  # small models may have no score, larger ones one
    ],
)
def test_has_turned_when_twice_as_much_has_only_harmed(scores, turned):
    """A plateau is no turn: accuracy may stay at the majority's for long."""
    assert has_turned([fold(0, scores)], "a") is turned


@pytest.mark.parametrize(
    ("first", "second", "turned"),
    [
        ({4: 0.7, 5: 0.6, 6: 0.5}, {4: 0.8, 5: 0.85, 6: 0.6}, True),
        ({4: 0.7, 5: 0.6, 6: 0.2}, {4: 0.6, 5: 0.6, 6: 0.7}, False),  # rises in one
        ({4: 0.7, 5: 0.5, 6: 0.5}, {4: 0.8, 5: 0.7, 6: 0.7}, False),  # ends flat
        ({4: 0.7, 5: 0.5, 6: 0.6}, {4: 0.8, 5: 0.6, 6: 0.7}, False),  # rises again
        ({4: 0.7, 5: 0.6}, {4: 0.8, 5: 0.7}, False),  # has fallen once only
    ],
)
def test_has_turned_when_it_falls_steadily_in_every_fold(first, second, turned):
    """The mean falls from value to value, and no fold is better at the end."""
    assert has_turned([fold(0, first), fold(1, second)], "a") is turned

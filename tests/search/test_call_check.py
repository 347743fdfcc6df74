"""Is it known of a function whether it can be called with one argument?"""

from __future__ import annotations

from functools import partial

import pytest

from skbayes.callbacks import NoImprovement
from skbayes.search._call_check import why_not_called_with_one
from skbayes.selection import Simplest


def two(results, metric):
    """A function that needs both."""


@pytest.mark.parametrize(
    "function",
    [
        lambda results: 0,
        lambda *results: 0,
        lambda results, metric="score": 0,
        partial(two, metric="score"),
        NoImprovement(3),
        Simplest("C"),
        print,
        dict,
    ],
    ids=["one", "any", "default", "partial", "ours", "rule", "print", "dict"],
)
def test_why_not_called_with_one_is_none_where_it_can_be(function):
    """Nothing is said either of compiled functions without a signature."""
    assert why_not_called_with_one(function) is None


def test_why_not_called_with_one_tells_what_is_taken():
    """The reason is Python's."""
    told = why_not_called_with_one(two)
    assert (
        told == "which takes (results, metric): missing a required argument: 'metric'"
    )

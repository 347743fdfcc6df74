"""Are dimensions of other packages converted, and other values left alone?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from scipy.stats import uniform

from skbayes.integrations._read_dimension import as_written_here
from skbayes.space import Integer, Real


def theirs(**attributes):
    """A dimension of another package, which is known by its attributes."""
    return SimpleNamespace(**attributes)


@pytest.mark.parametrize(
    ("dimension", "found"),
    [
        (theirs(low=0.5, high=2.0, log=True), Real(0.5, 2.0, "log-uniform")),
        (theirs(low=1, high=9, log=False, step=1), Integer(1, 9, "uniform")),
        (theirs(low=1, high=9, log=False, step=4), [1, 5, 9]),
        (theirs(choices=("a", None)), ["a", None]),
    ],
)
def test_as_written_here_converts_ranges_and_choices(dimension, found):
    """A range in steps is a list."""
    assert as_written_here(dimension) == found


@pytest.mark.parametrize(
    "value", [[1, 2], (1, 2), "word", None, 3, uniform(0, 1), Real(1.0, 2.0)]
)
def test_as_written_here_returns_what_is_written_here_already(value):
    """The result is the very object."""
    found = as_written_here(value)
    assert found is value or found == value


def test_as_written_here_refuses_ends_that_are_none():
    """The message names the ends."""
    with pytest.raises(ValueError, match=r"low|ends|range"):
        as_written_here(theirs(low=2.0, high=1.0, log=False))

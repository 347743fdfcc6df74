"""Are ranges made for the data at hand, and inside of their own ends?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.presets import IntegerQuartiles, Quartiles
from skbayes.presets._facts import Facts
from skbayes.presets._suggestions import (
    ClassSpace,
    choices,
    integer,
    log,
    real,
    suggest,
)
from skbayes.space import Integer, Real

FACTS = Facts(n_samples=200, n_features=7)


def samples(facts):
    """An end that depends on the data."""
    return facts.n_samples / 3


@pytest.mark.parametrize(
    ("span", "values"),
    [
        (real(0.1, 2), Real(0.1, 2.0, "uniform")),
        (log(1e-3, samples), Real(1e-3, 66.7, "log-uniform")),
        (integer(1, samples), Integer(1, 67, "uniform")),
        (integer(1, 9.4, log=True), Integer(1, 9, "log-uniform")),
        (integer(3, 3), [3]),
        (integer(5, 2), [5]),  # an end of small data below the other one
        (real(0, 1, 0.1, 0.2, 0.5), Quartiles(0.0, 1.0, (0.1, 0.2, 0.5))),
        (log(1, 100, 2, 3, 5), Quartiles(1.0, 100.0, (2.0, 3.0, 5.0), log=True)),
        (integer(1, 20, 2, 4, 9), IntegerQuartiles(1, 20, (2.0, 4.0, 9.0))),
    ],
)
def test_span_makes_what_a_search_takes(span, values):
    """Numbers are rounded to three digits; a range of one integer is a choice."""
    assert span.values(FACTS) == values


@pytest.mark.parametrize("made", [real, integer])
@pytest.mark.parametrize("is_log", [False, True])
@pytest.mark.parametrize("most", [3.0, 6.0, 15.0, 300.0])
def test_span_has_quartiles_within_its_ends(made, is_log, most):
    """An end may lie among them; they are then of what is left below it."""
    found = made(2, lambda facts: most, 4, 8, 16, log=is_log).values(FACTS)
    low, high = found.support()
    assert (low, high) == (2, most)
    assert low <= found.quartiles[0] <= found.quartiles[1] <= found.quartiles[2] <= high
    if most == 300.0:
        assert found.quartiles == (4.0, 8.0, 16.0)


def test_span_beyond_an_end_keeps_the_density_below_it():
    """A quarter of the probability is between two of the quartiles, evenly."""
    found = real(0, 20, 10, 20, 30).values(FACTS)
    # Half of all lies below 20; its quartiles are those at 1/8, 1/4 and 3/8 of all.
    assert found.quartiles == (5.0, 10.0, 15.0)
    found = log(1, 100, 10, 100, 1000).values(FACTS)
    np.testing.assert_allclose(found.quartiles, (10**0.5, 10, 10**1.5), rtol=0.01)
    # Three eighths lie below 15; the rest is divided at 17/32, 22/32 and 27/32 of all.
    found = real(15, 40, 10, 20, 30).values(FACTS)
    np.testing.assert_allclose(found.quartiles, (21.25, 27.5, 33.75), rtol=0.01)


def test_choices_are_listed_anew():
    """A function of the data lists them for these."""
    given = choices("a", None, source="a study")
    assert given.values(FACTS) == ["a", None]
    given.values(FACTS).append("b")
    assert given.values(FACTS) == ["a", None]
    of_data = type(given)(lambda facts: (facts.n_features,))
    assert of_data.values(FACTS) == [7]


def test_class_space_grows_with_effort():
    """Branches are left out of the quick one; each replaces what is common."""
    space = suggest(
        "One Two",
        quick={"a": choices(1)},
        normal={"b": choices(2)},
        wide={"c": choices(3)},
        branches=({"d": choices(4)}, {"a": choices(5)}),
    )
    assert space.classes == ("One", "Two")
    names = {effort: [set(d) for d in space.dicts(effort)] for effort in EFFORTS}
    assert names == {
        "quick": [{"a"}],
        "normal": [{"a", "b", "d"}, {"a", "b"}],
        "wide": [{"a", "b", "c", "d"}, {"a", "b", "c"}],
    }
    assert space.dicts("normal")[1]["a"].values(FACTS) == [5]
    assert space.common("normal")["a"].values(FACTS) == [1]
    assert ClassSpace(("One",)).dicts("wide") == [{}]


EFFORTS = ("quick", "normal", "wide")

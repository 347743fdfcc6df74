"""Do rules decide what is inactive, absent or invalid, through chains and circles?"""

from __future__ import annotations

import operator

import numpy as np
import pytest

from skbayes.space import Categorical, Real
from skbayes.space._conditions import Conditions
from skbayes.space._lists import Ordinal
from skbayes.space._rules import Among, Effect, Rule, Satisfies

BRANCH = {
    "kind": Categorical(["a", "b"]),
    "mode": Categorical(["p", "q"]),
    "x": Real(0.0, 1.0),
    # Listed in another order than that of their positions.
    "size": Ordinal([8, 1, 2]),
}
COLUMN_OF = {name: j for j, name in enumerate(BRANCH)}


def among(name, *places):
    """The literal that a parameter has one of the values at these places."""
    return Among(name, frozenset(places))


def inactive(name, *when, value=None):
    """A rule that a parameter has no effect."""
    return Rule(Effect.INACTIVE, when, name, value)


def conditions(*rules):
    """The conditions of the one dict."""
    return Conditions(BRANCH, COLUMN_OF, rules)


def encoded(*points):
    """Encoded points of (kind, mode, x, size)."""
    columns = zip(*points, strict=True)
    return np.column_stack(
        [d.encode(list(c)) for d, c in zip(BRANCH.values(), columns, strict=True)]
    )


POINTS = encoded(("a", "p", 0.1, 8), ("a", "q", 0.2, 1), ("b", "p", 0.3, 2))
MODE_OFF = inactive("mode", among("kind", 0), value="q")


@pytest.mark.parametrize("is_reversed", [False, True])
def test_activity_of_an_inactive_parent_may_have_any_value(is_reversed):
    """Parents are settled first, whatever the order of the rules is."""
    rules = [MODE_OFF, inactive("x", among("mode", 0))]
    found = conditions(*rules[:: -1 if is_reversed else 1]).activity(POINTS)
    assert found.inactive["mode"].tolist() == [True, True, False]
    # Of the second point the mode is "q", but has no effect: "p" would do as well.
    assert found.inactive["x"].tolist() == [True, True, True]
    assert not found.absent


def test_activity_of_an_absent_parent_is_not_decided_by_it():
    """A value that is not set makes no condition true."""
    absent = Rule(Effect.ABSENT, (among("kind", 0),), "mode", "own")
    of_both = conditions(absent, inactive("x", among("mode", 0, 1)))
    found = of_both.activity(POINTS)
    assert found.absent["mode"].tolist() == [True, True, False]
    assert found.inactive["x"].tolist() == [False, False, True]
    assert of_both.own_value("mode") == "own"


def test_activity_joins_rules_of_one_parameter():
    """A parameter is inactive where one of its rules holds; the list has its places."""
    of_both = conditions(
        inactive("x", among("size", 0)), inactive("x", among("kind", 1))
    )
    assert of_both.activity(POINTS).inactive["x"].tolist() == [True, False, True]
    never = conditions(inactive("x", among("kind", 0), among("size", 2)))
    assert not never.activity(POINTS).inactive["x"].any()


def test_conditions_invalid_takes_the_canonical_value_of_the_inactive():
    """The encoded value of an inactive parameter does not matter."""
    refused = Rule(Effect.INVALID, (among("mode", 0),), reason="p is refused")
    with_own_value = conditions(MODE_OFF, refused)
    found = with_own_value.activity(POINTS)
    assert with_own_value.invalid(POINTS, found).tolist() == [False, False, True]
    with_refused = conditions(inactive("mode", among("kind", 0), value="p"), refused)
    assert with_refused.invalid(POINTS, found).all()


def test_conditions_invalid_compares_parameters_with_constants():
    """Arguments keep their order; inactive ones count by their canonical value."""
    less = Satisfies(("size", None), (None, 2), operator.lt)
    refused = Rule(Effect.INVALID, (less,))
    plain = conditions(refused)
    found = plain.activity(POINTS)
    assert plain.invalid(POINTS, found).tolist() == [False, True, False]
    off = conditions(inactive("size", among("kind", 1), value=1), refused)
    found = off.activity(POINTS)
    assert off.invalid(POINTS, found).tolist() == [False, True, True]


def test_conditions_reason_against_is_that_of_the_first_rule():
    """A rule without words gets some, and a valid point has an empty reason."""
    refusing = conditions(
        Rule(Effect.INVALID, (among("kind", 1),), reason="no b"),
        Rule(Effect.INVALID, (among("mode", 1),)),
    )
    reasons = [
        refusing.reason_against(u[None], refusing.activity(u[None])) for u in POINTS
    ]
    assert reasons == ["", "the combination is invalid", "no b"]


def test_conditions_own_value_is_the_estimators_or_the_middle():
    """An own value is as the dimension has it; categories have their first choice."""
    found = conditions(
        inactive("mode", among("kind", 0), value="unknown"),
        inactive("x", among("kind", 0), value="auto"),
        inactive("size", among("kind", 0), value=2.0),
    ).canonical
    assert found == {"mode": "p", "x": 0.5, "size": 2}
    assert type(found["size"]) is int


def test_conditions_cut_circles_at_the_first_parameter():
    """The first parameter is settled without the rules that close the circle."""
    circle = conditions(
        inactive("kind", among("mode", 0)),
        inactive("mode", among("kind", 0)),
        inactive("size", among("size", 0)),
    )
    assert circle.conditional == {"mode"}
    assert circle.activity(POINTS).inactive["mode"].tolist() == [True, True, False]


def test_conditions_have_gates_and_switches():
    """Switches are those of parameters with a column, gates those of all rules."""
    some = Conditions(
        BRANCH,
        {name: j for name, j in COLUMN_OF.items() if name != "x"},
        [
            inactive("x", among("size", 0)),
            inactive("mode", among("kind", 0)),
            Rule(Effect.INVALID, (among("mode", 0),)),
        ],
    )
    assert some.gates == {"size", "kind", "mode"}
    assert some.switches == {"kind"}
    assert some.conditional == {"x", "mode"}


def test_conditions_take_no_points_and_no_rules():
    """Without points or rules nothing is inactive, and nothing is invalid."""
    none = conditions()
    assert none.activity(POINTS).inactive == {}
    assert none.invalid(POINTS[:0], none.activity(POINTS[:0])).shape == (0,)
    assert none.gates == frozenset()

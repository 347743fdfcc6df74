"""Do rules know the parameters they depend on, and survive what a space survives?"""

from __future__ import annotations

import operator
import pickle

import pytest

from skbayes.space._rules import Among, Effect, Rule, Satisfies

WHEN = (
    Among("kind", frozenset({1})),
    Satisfies(("low", None, "kind"), (None, 3, None), operator.lt),
)


def test_rule_parents_are_the_parameters_of_all_literals():
    """Constants are none, and the parameter of the rule itself is not among them."""
    assert WHEN[1].names == ("low", "kind")
    assert Rule(Effect.INACTIVE, WHEN, "x").parents == {"low", "kind"}
    assert Rule(Effect.INVALID, ()).parents == frozenset()
    assert Rule(Effect.INVALID, ()) == Rule(Effect.INVALID, (), "", None, 0, "")


@pytest.mark.parametrize("effect", Effect)
def test_rule_is_stored_with_the_name_of_its_effect(effect):
    """Formats other than pickle have no enums; pickling gives an equal rule."""
    rule = Rule(effect, WHEN, "x", value=(1, None), branch=2, reason="why")
    assert rule.__getstate__()["effect"] == effect.value
    copy = pickle.loads(pickle.dumps(rule))
    assert copy == rule
    assert copy.effect is effect

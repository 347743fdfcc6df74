"""Does a space with rules keep its points canonical, valid and distinct?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy.stats import loguniform, uniform

from skbayes import Optimizer
from skbayes.space._parsing import parse_space
from skbayes.space._ruled_space import with_rules
from skbayes.space._rules import Among, Effect, Rule, Satisfies

SPEC = {
    "kind": ["a", "b", "c"],
    "x": loguniform(1e-3, 10),
    "deep": [1, 2, 3],
    "share": uniform(0.0, 1.0),
}


def kind(*places):
    """The literal that `kind` is one of some choices."""
    return Among("kind", frozenset(places))


RULES = [
    Rule(Effect.INACTIVE, (kind(1),), "x", "scale"),
    Rule(Effect.INACTIVE, (kind(0, 1),), "deep", 3),
    Rule(Effect.ABSENT, (kind(0),), "share", None),
    Rule(
        Effect.INVALID,
        (kind(2), Among("deep", frozenset({0}))),
        reason="c refuses 1",
    ),
]
SPACE = with_rules(parse_space(SPEC), RULES)


def test_with_rules_returns_the_space_itself_without_any():
    """A space of which nothing is known stays what it is."""
    plain = parse_space(SPEC)
    assert with_rules(plain, []) is plain


def test_ruled_space_encode_inverts_decode():
    """Valid points decode to dicts that encode to the same rows."""
    U = SPACE.sample(200, np.random.default_rng(0))
    U = U[SPACE.valid(U)]
    points = SPACE.decode(U)
    np.testing.assert_allclose(SPACE.encode(points), U, atol=1e-12)
    assert all(SPACE.contains(point) for point in points)


def test_ruled_space_has_one_canonical_value_of_the_inactive():
    """The value is the estimator's own where the dimension has it, else the middle."""
    points = SPACE.decode(SPACE.sample(200, np.random.default_rng(0)))
    assert {p["deep"] for p in points if p["kind"] != "c"} == {3}
    (middle,) = {p["x"] for p in points if p["kind"] == "b"}
    assert middle == pytest.approx(0.1)


def test_ruled_space_has_one_key_for_points_of_equal_effect():
    """What does nothing may have any value, also one that the space does not have."""
    one = {"kind": "b", "x": 0.2, "deep": 1, "share": 0.5}
    other = {"kind": "b", "x": "scale", "deep": 99, "share": 0.5}
    assert SPACE.key(one) == SPACE.key(other)
    assert SPACE.canonical(one) == SPACE.canonical(other)
    assert SPACE.key(one) != SPACE.key(one | {"share": 0.6})


def test_ruled_space_says_why_points_are_invalid():
    """The reason of the rule is in the message."""
    with pytest.raises(ValueError, match="c refuses 1"):
        SPACE.check({"kind": "c", "x": 0.1, "deep": 1, "share": 0.1}, owner="me")


def test_ruled_space_still_names_a_range_that_is_left():
    """What is wrong without any rule is said as ever."""
    text = SPACE.what_keeps_out({"kind": "c", "x": 99.0, "deep": 2, "share": 0.1})
    assert "'x' must be" in text


def test_ruled_space_absent_parameters_may_be_the_estimators_own():
    """An absent parameter may be missing; any other value must not be set there."""
    point = {"kind": "a", "x": 0.1, "deep": 2}
    assert SPACE.contains(point)
    assert SPACE.contains(point | {"share": None})
    assert "left at None" in SPACE.what_keeps_out(point | {"share": 0.3})
    assert not SPACE.contains({"kind": "b", "x": 0.1, "deep": 2})


def test_ruled_space_is_pickled_with_its_rules():
    """The copy is equal, and differs from the space without rules."""
    again = pickle.loads(pickle.dumps(SPACE))
    assert again == SPACE
    assert again != parse_space(SPEC)


def test_ruled_space_grid_has_each_effect_once():
    """Points that differ in what does nothing are one, and invalid points are none."""
    spec = {"kind": ["a", "b"], "x": [1, 2, 3], "y": [0, 1]}
    space = with_rules(
        parse_space(spec),
        [
            Rule(Effect.INACTIVE, (kind(1),), "x", 2),
            Rule(Effect.INVALID, (kind(0), Among("y", frozenset({1})))),
        ],
    )
    assert list(space.grid()) == [
        {"kind": "a", "x": 1, "y": 0},
        {"kind": "a", "x": 2, "y": 0},
        {"kind": "a", "x": 3, "y": 0},
        {"kind": "b", "x": 2, "y": 0},
        {"kind": "b", "x": 2, "y": 1},
    ]
    assert space.cardinality == 5


def larger(a, b):
    """Whether the first is larger."""
    return a > b


def test_ruled_space_compares_several_parameters():
    """A rule may hold by the order of two numbers."""
    spec = {"a": [1, 2, 3], "b": (0.0, 4.0, "uniform")}
    rule = Rule(Effect.INVALID, (Satisfies(("a", "b"), (None, None), larger),))
    space = with_rules(parse_space(spec), [rule])
    U = space.sample(100, np.random.default_rng(0))
    points = space.decode(U)
    expected = [point["a"] <= point["b"] for point in points]
    assert space.valid(U).tolist() == expected
    assert 0 < sum(expected) < 100


def test_ruled_space_lets_an_inactive_parameter_have_any_value():
    """What depends on it is settled then: no value of it makes a difference."""
    spec = {"a": [0, 1], "b": [0, 1], "c": [0, 1]}
    rules = [
        Rule(Effect.INACTIVE, (Among("a", frozenset({0})),), "b", 1),
        Rule(Effect.INACTIVE, (Among("b", frozenset({0})),), "c", 0),
    ]
    space = with_rules(parse_space(spec), rules)
    assert space.cardinality == 4


def test_ruled_space_cuts_circles_of_rules():
    """Two parameters that switch each other off do not both vanish."""
    spec = {"a": [0, 1], "b": [0, 1]}
    rules = [
        Rule(Effect.INACTIVE, (Among("a", frozenset({0})),), "b", 1),
        Rule(Effect.INACTIVE, (Among("b", frozenset({0})),), "a", 1),
    ]
    space = with_rules(parse_space(spec), rules)
    assert space.cardinality == 3


def objective(point):
    """A score that feels what is active only."""
    score = {"a": 0.0, "b": 0.2, "c": 0.4}[point["kind"]]
    if point["kind"] != "b":
        score -= abs(np.log10(point["x"]) + 1.0) / 4
    if point["kind"] == "c":
        score += 0.1 * point["deep"]
    return score


def test_ruled_space_has_an_optimizer_propose_no_effect_twice():
    """Every suggestion is valid, canonical and new; the best is found."""
    optimizer = Optimizer(SPACE, random_state=0)
    keys = []
    for _ in range(22):
        point = optimizer.ask()
        assert SPACE.canonical(point) == point
        keys.append(SPACE.key(point))
        optimizer.tell(point, objective(point))
    assert len(set(keys)) == len(keys)
    best = optimizer.recommend()
    assert (best["kind"], best["deep"]) == ("c", 3)


def test_ruled_space_that_is_finite_is_used_up_without_repeats():
    """When all effects are told there is nothing left to ask for."""
    spec = {"kind": ["a", "b", "c"], "x": [1, 2, 3, 4]}
    rule = Rule(Effect.INACTIVE, (kind(0, 1),), "x", 1)
    optimizer = Optimizer(with_rules(parse_space(spec), [rule]), random_state=0)
    for i in range(6):
        (point,) = optimizer.ask(1)
        optimizer.tell(point, float(i % 3))
    assert optimizer.ask(1) == []

"""Do initial points fill the space, each once, all branches alike?"""

from itertools import islice

import numpy as np
import pytest
from scipy.stats import qmc

from skbayes._strategies.engine.excluded_points import ExcludedPoints, ObservedPoints
from skbayes._strategies.engine.initial_design import (
    InitialDesign,
    check_n_initial,
    n_initial_auto,
    space_filling_points,
)
from skbayes._strategies.engine.located_point import located
from skbayes.space._parsing import parse_space
from skbayes.space._ruled_space import with_rules
from skbayes.space._rules import Among, Effect, Rule


def excluded_points(space, points):
    """Points that are running."""
    return ExcludedPoints(space, ObservedPoints(space), located(space, points))


def unseen(space, begun):
    """All points of the design that were not begun."""
    points = InitialDesign(space, 0).unseen(excluded_points(space, begun))
    return [point.params for point in points]


def real_space(n_columns):
    return parse_space({f"x{j:03}": (0.0, 1.0, "uniform") for j in range(n_columns)})


@pytest.mark.parametrize(
    ("n_branches", "budget", "expected"),
    [(2, None, 4), (6, None, 7), (100, None, 12), (6, 20, 5), (6, 8, 4), (6, 400, 7)],
)
def test_n_initial_auto_follows_branches_and_budget(n_branches, budget, expected):
    """The number is one more than branches, 4 to 12, and a quarter of the budget."""
    space = parse_space(
        [{"kind": [str(b)], "x": (0.0, 1.0, "uniform")} for b in range(n_branches)]
    )
    assert n_initial_auto(space, budget) == expected


@pytest.mark.parametrize("n_columns", [1, 6, 100])
def test_n_initial_auto_does_not_follow_columns(n_columns):
    """Random points of a wide space teach no more than those of a narrow one."""
    assert n_initial_auto(real_space(n_columns), None) == 4


def test_n_initial_auto_counts_choices_that_switch_others():
    """A ruled space has an initial point for each choice, and one more."""
    space = with_rules(
        parse_space({"kind": list("abcdef"), "x": (0.0, 1.0, "uniform")}),
        [Rule(Effect.INACTIVE, (Among("kind", frozenset({0})),), "x", 0.5)],
    )
    assert n_initial_auto(space, None) == 7


def test_space_filling_points_are_more_even_than_random_ones():
    """The discrepancy of the sequence is below that of random points."""
    space = real_space(3)
    points = space.encode(list(islice(space_filling_points(space, 0), 32)))
    random = np.random.default_rng(0).random((32, 3))
    assert qmc.discrepancy(points) < 0.5 * qmc.discrepancy(random)


def test_space_filling_points_depend_on_the_seed():
    """One seed gives one sequence, another seed another."""
    space = real_space(2)
    first, again, other = (
        list(islice(space_filling_points(space, seed), 70)) for seed in (0, 0, 1)
    )
    assert first == again
    assert first[0] != other[0]


def test_space_filling_points_take_balanced_turns_of_branches():
    """Each of three branches has its share of any prefix."""
    space = parse_space(
        [
            {"kind": ["a"], "x": (0.0, 1.0, "uniform")},
            {"kind": ["b"], "y": (0.0, 1.0, "uniform")},
            {"kind": ["c"]},
        ]
    )
    kinds = [p["kind"] for p in islice(space_filling_points(space, 0), 9)]
    for start in (0, 3, 6):
        assert sorted(kinds[start : start + 3]) == ["a", "b", "c"]


def test_initial_design_leaves_out_excluded_points_and_ends():
    """Every unseen point of a finite space comes once, however rare."""
    space = parse_space({"a": [1, 2, 3], "b": ["x", "y"]})
    points = unseen(space, [{"a": 1, "b": "x"}])
    assert len(points) == 5
    assert len({space.key(p) for p in points}) == 5
    assert {"a": 1, "b": "x"} not in points


def test_initial_design_finds_the_last_points_of_a_large_space():
    """When sampling no longer hits an unseen point, the grid is walked through."""
    space = parse_space({"a": list(range(100)), "b": list(range(100))})
    left = [{"a": 17, "b": 71}, {"a": 99, "b": 0}]
    found = unseen(space, [p for p in space.grid() if p not in left])
    assert sorted(found, key=str) == left


def test_initial_design_of_constants_has_one_point():
    """Without columns there is nothing to fill."""
    space = parse_space({"a": [1]})
    assert unseen(space, []) == [{"a": 1}]


def test_initial_design_begins_anew_each_time():
    """What was drawn is kept, and comes again unless it was begun meanwhile."""
    space = real_space(2)
    design = InitialDesign(space, 0)
    three = list(islice(design.unseen([]), 3))
    again = list(islice(design.unseen(excluded_points(space, [three[1].params])), 70))
    assert [p.params for p in again[:2]] == [three[0].params, three[2].params]
    plain = list(islice(space_filling_points(space, 0), 71))
    assert [p.params for p in again] == [plain[0], *plain[2:]]


@pytest.mark.parametrize("n_initial", [0, -1, 2.5, "all", None, True])
def test_check_n_initial_refuses_a_bad_number(n_initial):
    """The message names the parameter and its owner."""
    with pytest.raises(ValueError, match="`n_initial_points` parameter of Optimizer"):
        check_n_initial(n_initial, real_space(1), None, owner="Optimizer")


def test_check_n_initial_takes_a_given_number():
    """The number is not cut to a share of the budget."""
    assert check_n_initial(30, real_space(1), 20, owner="Optimizer") == 30

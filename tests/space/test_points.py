"""Are the points of several dicts found, told apart, counted and read from tables?"""

from __future__ import annotations

import math

import pytest

from skbayes.space import Categorical, Integer, Real
from skbayes.space._lists import Ordinal
from skbayes.space._points import Points

#: The dicts share the points with a = 2 and b = "x".
OVERLAPPING = Points(
    [
        {"b": Categorical(["x", "y"]), "a": Ordinal([3, 1, 2])},
        {"a": Categorical([2, 9]), "b": Categorical(["x"])},
        {"c": Categorical([None, "None", 0.5])},
    ]
)


def test_points_grid_has_shared_points_once():
    """Names are sorted, values in the user's order; the last name varies fastest."""
    found = [tuple(point.values()) for point in OVERLAPPING.grid()]
    assert found == [
        *[(a, b) for a in (3, 1, 2) for b in "xy"],
        (9, "x"),
        (None,),
        ("None",),
        (0.5,),
    ]
    assert OVERLAPPING.cardinality == len(found)
    assert OVERLAPPING.names == ("a", "b", "c")


def test_points_cardinality_of_large_spaces_counts_shared_points_twice():
    """Large spaces are not walked through; infinite ones have no cardinality."""
    large = {"a": Integer(1, 10**9), "b": Integer(1, 10**9 + 7)}
    assert Points([large]).cardinality == 10**9 * (10**9 + 7)
    assert Points([large, large]).cardinality == 2 * 10**9 * (10**9 + 7)
    assert Points([large, {"a": Real(0.0, 1.0)}]).cardinality is None
    assert Points([{}]).cardinality == 1


def test_points_grid_of_an_infinite_space_is_refused():
    """The error comes at the first point."""
    points = Points([{"a": Real(0.0, 1.0)}])
    with pytest.raises(ValueError, match="infinitely many points has no grid"):
        next(points.grid())


def test_points_canonical_prefers_the_dict_with_the_same_values():
    """An earlier dict whose values may stand for them comes second."""
    points = Points([{"a": Ordinal([1.0, 2.0, 3.0])}, {"a": Ordinal([1, 2, 3])}])
    (value,) = points.canonical({"a": 2}).values()
    assert type(value) is int
    (value,) = points.canonical({"a": 2.0}).values()
    assert type(value) is float
    assert points.key({"a": 2}) != points.key({"a": 2.0})
    assert list(OVERLAPPING.canonical({"b": "x", "a": 2.0})) == ["a", "b"]


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"a": 9, "b": "y"}, "'a' must be one of 3, 1, 2, got 9"),
        ({"c": 7}, "'c' must be one of None, 'None', 0.5, got 7"),
        ({"c": None, "d": 1}, "'d' is no parameter of the space"),
        ({}, "'c' is missing"),
    ],
)
def test_points_check_tells_what_keeps_out_of_the_nearest_dict(params, reason):
    """The nearest dict has the fewest problems; the first of equally near ones wins."""
    assert not OVERLAPPING.contains(params)
    assert OVERLAPPING.what_keeps_out(params) == reason
    with pytest.raises(ValueError, match=f"given to me is not .*{reason}"):
        OVERLAPPING.check(params, owner="me")


def test_points_from_cells_reads_texts_and_empty_cells():
    """A missing parameter may be an empty cell; a table in memory has none."""
    points = Points(
        [
            {"depth": Categorical([None, 3, 5]), "rate": Real(0.0, 1.0)},
            {"kind": Categorical(["nan", "x"])},
        ]
    )
    read = points.from_cells
    assert read({"rate": "0.25"}, may_be_empty=True) == {"depth": None, "rate": 0.25}
    assert read({"depth": "3", "rate": 1}, may_be_empty=False) == {
        "depth": 3,
        "rate": 1,
    }
    assert read({}, may_be_empty=True) == {"kind": "nan"}
    for cells in ({"rate": "0.25"}, {"depth": "4", "rate": 0.5}, {"no": "1"}):
        assert read(cells, may_be_empty=False) is cells


def test_points_are_equal_whatever_the_order_of_names():
    """Equal points have one hash; the order of dicts counts."""
    a, b = Categorical([1, 2]), Categorical(["x"])
    one, other = Points([{"a": a, "b": b}]), Points([{"b": b, "a": a}])
    assert one == other
    assert hash(one) == hash(other)
    assert Points([{"a": a}, {"b": b}]) != Points([{"b": b}, {"a": a}])
    assert one != [{"a": a, "b": b}]


def test_points_key_of_nan_is_one():
    """A value that equals nothing, itself included, is one choice."""
    points = Points([{"a": Categorical([math.nan, None])}])
    assert points.key({"a": float("nan")}) == points.key({"a": math.nan})
    assert points.key({"a": None}) != points.key({"a": math.nan})

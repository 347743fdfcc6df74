"""Is a list of dicts one space, whose points have the parameters of one dict only?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.feature_selection import SelectKBest

from skbayes.space import Categorical, Integer, Real
from skbayes.space._branches import (
    BRANCH,
    columns_of,
    count_points,
    find_in,
    has_same_values,
    may_coincide,
    points_of,
    what_keeps_out,
)
from skbayes.space._parsing import parse_space

SVM = [
    {"kernel": ["linear"], "C": (1e-3, 1e3, "log-uniform")},
    {
        "kernel": ["rbf", "poly"],
        "C": (1e-3, 1e3, "log-uniform"),
        "gamma": stats.loguniform(1e-4, 1),
    },
    {"kernel": ["sigmoid"], "C": [0.1, 1, 10], "coef0": (0, 3, "uniform")},
]


@pytest.fixture
def space():
    """A space of three dicts that share some of their parameters."""
    return parse_space(SVM)


def column_named(space, name):
    """Index and record of the first column of a name."""
    return next((j, c) for j, c in enumerate(space.columns) if c.name == name)


def test_branch_is_told_by_the_first_column(space):
    """The branch is a categorical column with one level a dict."""
    assert space.columns[0].name == BRANCH
    assert space.columns[0].branches == (0, 1, 2)
    assert space.n_levels[0] == space.n_branches == 3


def test_columns_of_dicts_are_shared_where_dimensions_agree(space):
    """C of the first two dicts is one column, C of the third another."""
    columns = [(c.name, c.branches) for c in space.columns[1:]]
    assert columns == [
        ("C", (0, 1)),
        ("gamma", (1,)),
        ("kernel", (1,)),
        ("C", (2,)),
        ("coef0", (2,)),
    ]
    assert space.is_conditional.tolist() == [False, True, True, True, True, True]
    assert space.names == ("C", "kernel", "gamma", "coef0")


def test_columns_of_equal_choices_in_another_order_are_shared():
    """Two dicts share the column, and each keeps its grid order."""
    space = parse_space([{"a": ["x", "y"], "b": [1]}, {"a": ["y", "x"]}])
    assert [c.name for c in space.columns] == [BRANCH, "a"]
    assert [p["a"] for p in space.grid()] == ["x", "y", "y", "x"]
    (row,) = space.encode([{"a": "y"}])
    assert space.decode(row[None]) == [{"a": "y"}]


def test_columns_of_objects_are_shared_by_identity():
    """The same estimators in two dicts share a column, equal copies do not."""
    steps = [PCA(), SelectKBest()]
    shared = parse_space([{"s": steps, "a": [1, 2]}, {"s": list(steps), "b": [1, 2]}])
    assert [c.name for c in shared.columns] == [BRANCH, "a", "s", "b"]
    copies = parse_space([{"s": steps}, {"s": [PCA(), SelectKBest()]}])
    assert [c.name for c in copies.columns] == [BRANCH, "s", "s"]


def test_columns_of_a_bool_and_an_int_are_not_shared():
    """[True, 2] and [1, 2] are different choices."""
    space = parse_space([{"a": [True, 2]}, {"a": [1, 2]}])
    assert [c.branches for c in space.columns] == [(0, 1), (0,), (1,)]


def test_column_is_active_in_its_branches(space):
    U = space.snap(np.full((3, 6), 0.3) + np.array([[0], [1], [2]]) * np.eye(1, 6))
    assert space.active(U).tolist() == [
        [True, True, False, False, False, False],
        [True, True, True, True, False, False],
        [True, False, False, False, True, True],
    ]


def test_column_that_is_inactive_stands_at_its_place(space):
    """Inactive numeric columns are 0.5 and categorical ones -1, however they came."""
    Q = np.random.default_rng(0).random((500, 6))
    for U in (space.snap(Q * [3, 1, 1, 2, 1, 1]), space.from_unit(Q)):
        inactive = ~space.active(U)
        is_categorical = space.n_levels > 0
        assert inactive.any(axis=0)[1:].all()
        assert np.all(U[:, is_categorical][inactive[:, is_categorical]] == -1)
        assert np.all(U[:, ~is_categorical][inactive[:, ~is_categorical]] == 0.5)


def test_points_of_a_branch_have_the_parameters_of_their_dict(space):
    """Decoding leaves inactive parameters out and puts constants in."""
    points = space.decode(space.sample(200, np.random.default_rng(0)))
    names = {"linear": {"C"}, "sigmoid": {"C", "coef0"}}
    for params in points:
        expected = names.get(params["kernel"], {"C", "gamma"})
        assert set(params) == {"kernel"} | expected
    assert {p["kernel"] for p in points} == {"linear", "rbf", "poly", "sigmoid"}


def test_branches_are_drawn_equally_often(space):
    """A dict with one point counts as much as one with a thousand."""
    U = parse_space([{"a": range(1000)}, {"b": [1]}]).sample(
        2000, np.random.default_rng(0)
    )
    assert np.mean(U[:, 0]) == pytest.approx(0.5, abs=0.04)


def test_find_in_takes_the_dict_of_a_point(space):
    """A point is placed in the dict whose names and values it has."""
    points = [
        {"kernel": "sigmoid", "C": 1, "coef0": 2},
        {"kernel": "linear", "C": 1.0},
        {"C": 1.0, "gamma": 0.01, "kernel": "poly"},
    ]
    U = space.encode(points)
    assert U[:, 0].tolist() == [2, 0, 1]
    np.testing.assert_array_equal(space.snap(U), U)
    assert [space.key(p) for p in space.decode(U)] == [space.key(p) for p in points]


def test_find_in_takes_a_number_of_another_type():
    """A float is placed in the dict with the equal int where none has the float."""
    space = parse_space([{"a": ["x", "y"]}, {"a": [1, 10]}, {"a": (1, 9, "uniform")}])
    U = space.encode([{"a": 10.0}, {"a": 1.0}, {"a": 9.0}])
    assert U[:, 0].tolist() == [1, 1, 2]
    assert space.decode(U) == [{"a": 10}, {"a": 1}, {"a": 9}]


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"kernel": "linear", "C": 1.0, "gamma": 0.1},
            "'gamma' is no parameter|'kernel'",
        ),
        (
            {"kernel": "sigmoid", "C": 0.5, "coef0": 1},
            "'C' must be one of 0.1, 1, 10, got",
        ),
        (
            {"kernel": "rbf", "C": 1.0, "gamma": 5},
            "'gamma' must be a number from 0.0001",
        ),
        ({"kernel": "rbf", "C": 1.0}, "'kernel' must be one of 'linear', got 'rbf'"),
        ({}, "is missing"),
    ],
)
def test_points_of_no_dict_are_refused(space, params, message):
    """The error says what keeps the point from the nearest dict."""
    assert not space.contains(params)
    with pytest.raises(ValueError, match=message):
        space.check(params, owner="Optimizer")


def test_branch_of_an_empty_dict_is_one_point():
    """The empty dict stands for the estimator as it is, as in scikit-learn."""
    space = parse_space([{}, {"a": (0.0, 1.0, "uniform")}])
    assert space.encode([{}, {"a": 0.25}]).tolist() == [[0, 0.5], [1, 0.25]]
    assert space.decode(np.array([[0, 0.5], [1, 0.25]])) == [{}, {"a": 0.25}]
    assert space.cardinality is None


def test_columns_of_one_dict_in_a_list_have_no_branch():
    """Without alternatives there is nothing to choose."""
    assert parse_space([{"a": [1, 2]}]) == parse_space({"a": [1, 2]})
    assert [c.name for c in parse_space([{"a": [1, 2]}]).columns] == ["a"]


def test_column_that_is_conditional_is_told_in_the_repr(space):
    """The repr says in which dicts a column is active."""
    assert "gamma: loguniform(0.0001, 1) in (1,)" in repr(space)
    assert column_named(space, "C")[0] == 1


def test_columns_of_one_dict_leave_out_constants():
    """The columns are sorted by name, and none tells branches apart."""
    branch = {"b": Integer(1, 9), "c": Categorical([2]), "a": Real(0.0, 1.0)}
    columns = columns_of([branch])
    assert [(c.name, c.branches) for c in columns] == [("a", (0,)), ("b", (0,))]


def test_count_points_is_exact_beyond_the_precision_of_floats():
    """An empty dict counts as one point, and an infinite one is not counted."""
    n = 10**9 + 7
    assert count_points([{"a": Integer(1, n), "b": Integer(1, n)}, {}]) == n * n + 1
    assert count_points([{"a": Integer(1, n)}, {"b": Real(0.0, 1.0)}]) is None


def test_points_of_a_dict_are_lazy():
    """The last name varies fastest, and no range is copied."""
    points = points_of({"b": Integer(1, 10**12), "a": Categorical(["x", "y"])})
    assert [next(points) for _ in range(2)] == [{"a": "x", "b": 1}, {"a": "x", "b": 2}]
    assert list(points_of({})) == [{}]


def test_find_in_needs_all_names_and_no_others():
    """The values are those of the dimension."""
    branch = {"a": Integer(1, 9), "b": Categorical([None, "x"])}
    assert find_in(branch, {"b": None, "a": np.float64(3.0)}) == {"a": 3, "b": None}
    for params in ({"a": 3}, {"a": 3, "c": "x"}, {"a": 10, "b": "x"}, {}):
        assert find_in(branch, params) is None


def test_has_same_values_tells_types_apart():
    """NaN is NaN, and 1 is neither 1.0 nor True."""
    assert has_same_values({"a": float("nan"), "b": 1}, {"b": np.int64(1), "a": np.nan})
    assert not has_same_values({"a": 1}, {"a": 1.0})
    assert not has_same_values({"a": 1}, {"a": True})


def test_may_coincide_looks_at_names():
    """The order of the names does not matter."""
    a, b = Integer(1, 2), Integer(3, 4)
    assert may_coincide([{"a": a, "b": a}, {"a": a}, {"b": b, "a": b}])
    assert not may_coincide([{"a": a}, {"b": a}, {}])


def test_what_keeps_out_is_that_of_the_nearest_dict():
    """Of equally near dicts the first counts."""
    branches = [{"a": Integer(1, 2), "b": Integer(1, 2)}, {"a": Integer(5, 6)}]
    assert what_keeps_out({"a": 9}, branches).startswith("'a' must be")
    assert what_keeps_out({"b": 1}, branches) == "'a' is missing"
    found = what_keeps_out({"a": 9, "c": 1}, branches)
    assert found.endswith("got 9; 'c' is no parameter of the space")

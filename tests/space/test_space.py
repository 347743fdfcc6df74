"""Does a `Space` translate between parameters and points as promised?"""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
from scipy import stats
from sklearn.decomposition import PCA
from sklearn.model_selection import ParameterGrid

from skbayes.space._parsing import parse_space

MIXED = {
    "C": (1e-3, 1e3, "log-uniform"),
    "depth": (1, 20, "uniform"),
    "kernel": ["rbf", "linear", None],
    "alpha": [0.1, 1, 10, 100],
    "noise": stats.norm(0, 2),
    "constant": ["x"],
}


@pytest.fixture
def space():
    """A space with every kind of column."""
    return parse_space(MIXED)


def test_space_columns_are_sorted_by_name(space):
    """Constants have no column."""
    assert space.names == ("C", "alpha", "constant", "depth", "kernel", "noise")
    names = [column.name for column in space.columns]
    assert names == ["C", "alpha", "depth", "kernel", "noise"]
    assert space.n_columns == 5
    assert space.n_levels.tolist() == [0, 0, 0, 3, 0]
    assert space.n_values.tolist() == [np.inf, 4, 20, 3, np.inf]
    assert not space.is_conditional.any()
    assert space.cardinality is None


def test_space_decode_gives_plain_and_complete_points(space):
    """Decoding gives all parameters, sorted by name, as plain Python objects."""
    U = space.sample(20, np.random.default_rng(0))
    for params in space.decode(U):
        assert list(params) == list(space.names)
        assert type(params["C"]) is float
        assert type(params["depth"]) is int
        assert type(params["alpha"]) in (int, float)
        assert params["kernel"] in ("rbf", "linear", None)
        assert params["constant"] == "x"


def test_space_active_is_true_without_branches(space):
    """Without branches every column counts in every point."""
    U = space.sample(7, np.random.default_rng(0))
    assert space.active(U).shape == (7, 5)
    assert space.active(U).all()


def test_space_leaves_given_arrays_alone(space):
    """Rounding, drawing and decoding work on copies."""
    Q = np.random.default_rng(0).random((9, 5))
    before = Q.copy()
    space.snap(Q), space.from_unit(Q), space.decode(Q)
    np.testing.assert_array_equal(Q, before)


def test_space_snap_pulls_in_points_outside(space):
    """Positions and codes beyond the ends become the ends."""
    low, high = space.decode(np.array([[-1.0] * 5, [9.0] * 5]))
    assert low["C"] == 1e-3
    assert high["C"] == 1e3
    assert (low["depth"], high["depth"]) == (1, 20)
    assert (low["kernel"], high["kernel"]) == ("rbf", None)


def test_space_from_unit_draws_categories_by_equal_shares(space):
    """A uniform number q picks choice floor(q * m)."""
    Q = np.full((4, 5), 0.5)
    Q[:, 3] = [0.0, 0.34, 0.67, 0.999999]
    assert space.from_unit(Q)[:, 3].tolist() == [0, 1, 2, 2]


def test_space_sample_follows_the_priors(space):
    """Half of the draws lie below each prior's median."""
    points = space.decode(space.sample(4000, np.random.default_rng(0)))
    for name, median in (("C", 1.0), ("depth", 10.5), ("noise", 0.0), ("alpha", 5)):
        below = np.mean([p[name] < median for p in points])
        assert below == pytest.approx(0.5, abs=0.04), name


def test_space_sample_repeats_with_the_generator(space):
    first = space.sample(5, np.random.default_rng(3))
    np.testing.assert_array_equal(first, space.sample(5, np.random.default_rng(3)))


def test_space_takes_empty_batches(space):
    """Without points in there are no points out."""
    assert space.encode([]).shape == (0, 5)
    assert space.decode(np.empty((0, 5))) == []


def test_space_of_constants():
    """A space with one point has no columns and decodes to that point."""
    space = parse_space({"a": [1], "b": ["x"]})
    assert space.n_columns == 0
    assert space.cardinality == 1
    U = space.sample(2, np.random.default_rng(0))
    assert U.shape == (2, 0)
    assert space.decode(space.snap(U)) == [{"a": 1, "b": "x"}] * 2
    assert space.encode([{"a": 1, "b": "x"}]).shape == (1, 0)


def test_space_canonical_has_the_types_of_the_space(space):
    """The canonical value of a point has the space's types and order."""
    given = {"noise": 1, "kernel": np.str_("rbf"), "depth": 3.0, "C": np.float32(1)}
    equal = space.canonical({**given, "alpha": 1.0, "constant": "x"})
    assert list(equal) == list(space.names)
    types = {name: type(value) for name, value in equal.items()}
    assert types["noise"] is float
    assert types["depth"] is int
    assert types["alpha"] is int
    assert types["kernel"] is str


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"C": 1e4}, "'C' must be a number from 0.001 to 1000.0, got 10000.0"),
        ({"C": "1"}, "'C' must be a number from 0.001 to 1000.0, got '1'"),
        ({"depth": 2.5}, "'depth' must be an integer from 1 to 20, got 2.5"),
        (
            {"kernel": "poly"},
            "'kernel' must be one of 'rbf', 'linear', None, got 'poly'",
        ),
        ({"constant": "y"}, "'constant' must be one of 'x', got 'y'"),
        ({"gamma": 1}, "'gamma' is no parameter of the space"),
        ({"C": 0, "depth": 0}, "'C' must be .*; 'depth' must be"),
    ],
)
def test_space_check_names_what_is_wrong(space, change, message):
    """A point outside the space is refused by name, in `check` and in `encode`."""
    (good,) = space.decode(space.sample(1, np.random.default_rng(0)))
    space.check(good, owner="Optimizer")
    assert space.contains(good)
    bad = {**good, **change}
    assert not space.contains(bad)
    with pytest.raises(ValueError, match=message):
        space.check(bad, owner="Optimizer")
    with pytest.raises(ValueError, match="given to Optimizer is not in the search"):
        space.check(bad, owner="Optimizer")
    with pytest.raises(ValueError, match=message):
        space.encode([good, bad])
    with pytest.raises(ValueError, match=message):
        space.key(bad)


def test_space_check_names_what_is_missing(space):
    """A point without one of the parameters is refused."""
    with pytest.raises(ValueError, match="'noise' is missing"):
        space.check({name: 1 for name in space.names if name != "noise"}, owner="x")


def test_space_keys_of_equal_points_are_equal(space):
    """Order, number types and the thirteenth digit do not count."""
    (point,) = space.decode(space.sample(1, np.random.default_rng(0)))
    equal = dict(reversed(point.items()))
    equal["C"] = np.float64(point["C"] * (1 + 1e-14))
    equal["depth"] = float(point["depth"])
    assert space.key(equal) == space.key(point)
    assert space.key({**point, "C": point["C"] * (1 + 1e-9)}) != space.key(point)


def test_space_keys_tell_bools_ints_and_floats_apart():
    """Choices that estimators tell apart are different points."""
    space = parse_space({"a": [1, True, 1.0, "1"]})
    assert len({space.key(p) for p in space.grid()}) == 4


def test_space_keys_of_objects_survive_pickling():
    """Choices without a value of their own are known by number, not by address."""
    choices = [PCA(2), PCA(3), np.arange(3), (1, [2]), None]
    space = parse_space([{"a": choices}, {"a": choices[::-1], "b": [1, 2]}])
    equal = pickle.loads(pickle.dumps(space))
    keys = [space.key(p) for p in space.grid()]
    assert len(set(keys)) == space.cardinality == 15
    assert [equal.key(p) for p in equal.grid()] == keys


def test_space_keeps_values_apart_that_differ_in_type():
    """Where one dict has ints and another equal floats, both are points."""
    space = parse_space([{"a": [1.0, 2.0, 3.0]}, {"a": [1, 2, 3]}])
    keys = {space.key(p) for p in space.grid()}
    assert len(keys) == space.cardinality == 6
    assert space.encode([{"a": 2}, {"a": 2.0}])[:, 0].tolist() == [1, 0]


@pytest.mark.parametrize(
    "spec",
    [
        {"b": [3, 1, 2], "a": ["x", None], "c": [(1, 2)]},
        {"C": np.logspace(-2, 2, 5), "gamma": [0.1, 1]},
        [{"k": ["lin"]}, {"k": ["rbf"], "g": [1, 10]}, {"z": [True, False]}],
        [{"a": [1, 2]}, {}, {"b": range(3)}],
    ],
)
def test_space_grid_is_scikit_learns(spec):
    """A finite space enumerates what ParameterGrid does, in its order."""
    space = parse_space(spec)
    expected = list(ParameterGrid(spec))
    points = list(space.grid())
    assert points == expected
    assert [list(p) for p in points] == [list(p) for p in expected]
    assert space.cardinality == len(expected)


def test_space_grid_has_no_point_twice():
    """Repeated choices, and points that several dicts share, come once."""
    spec = [{"a": [1, 1, 2], "b": ["x"]}, {"b": ["x", "y"], "a": [2, 3]}, {"a": [2]}]
    space = parse_space(spec)
    points = list(space.grid())
    expected = []
    for params in ParameterGrid(spec):
        if params not in expected:
            expected.append(params)
    assert points == expected
    assert space.cardinality == len(points) == 6


def test_space_grid_of_ranges_is_lazy():
    """The grid of a huge finite space starts at once, and its size is known."""
    space = parse_space({"a": (1, 10**9, "uniform"), "b": (1, 10**9, "uniform")})
    points = space.grid()
    assert [next(points) for _ in range(2)] == [{"a": 1, "b": 1}, {"a": 1, "b": 2}]
    assert space.cardinality == 10**18


def test_space_cardinality_of_large_overlaps_is_an_upper_bound():
    """Beyond 100,000 points nothing is enumerated only to be counted."""
    branch = {"a": (1, 10**6, "uniform")}
    assert parse_space([branch, branch]).cardinality == 2 * 10**6


def test_space_without_end_has_no_grid(space):
    """Asking an infinite space for its grid is an error."""
    with pytest.raises(ValueError, match="infinitely many points has no grid"):
        next(space.grid())


def test_space_repr_lists_the_columns(space):
    """The repr names each column and what it holds, one a line."""
    lines = repr(space).splitlines()
    assert lines[0] == "Space with 5 columns"
    assert lines[1].strip() == "C: Real(low=0.001, high=1000.0, prior='log-uniform')"
    assert lines[5].strip() == "noise: norm(0, 2)"


def test_spaces_are_equal_when_they_offer_the_same(space):
    """The order in which a space is written does not matter."""
    same = parse_space(dict(reversed(MIXED.items())))
    assert space == same
    assert hash(space) == hash(same)
    assert space != parse_space({**MIXED, "constant": ["y"]})
    assert space != "space"


@pytest.mark.parametrize(
    "copied", [lambda s: pickle.loads(pickle.dumps(s)), copy.deepcopy]
)
def test_space_copies_do_the_same(space, copied):
    """A copy encodes, decodes and draws as the original does."""
    U = space.sample(10, np.random.default_rng(0))
    points = space.decode(U)
    space.key(points[0])
    equal = copied(space)
    assert equal == space
    assert equal.decode(U) == points
    np.testing.assert_array_equal(equal.encode(points), space.encode(points))
    np.testing.assert_array_equal(equal.sample(10, np.random.default_rng(0)), U)

"""Do the laws of a space hold for any space and any point?

The laws: points are feasible after rounding, rounding twice is rounding once,
decoding and encoding are inverse, and keys agree exactly where points do.
"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.decomposition import PCA

from skbayes.space import Categorical, Integer, Real
from skbayes.space._parsing import parse_space

PRIORS = st.sampled_from(["uniform", "log-uniform"])
OBJECTS = [None, True, False, 0, 1, 1.0, "a", "b", (1, 2), (2,), PCA(), PCA(), len]
DISTRIBUTIONS = [
    stats.norm(3, 2),
    stats.expon(scale=5),
    stats.loguniform(1e-6, 10),
    stats.uniform(-1, 2),
    stats.beta(0.5, 0.5),
    stats.poisson(6),
    stats.geom(0.2),
    stats.binom(30, 0.1),
    stats.randint(-3, 5),
    stats.rv_discrete(values=([1, 4, 9, 16], [0.1, 0.2, 0.3, 0.4]))(),
    stats.geom(1e-6),
]


@st.composite
def ranges(draw, kind, numbers):
    """A range, positive where its prior is logarithmic."""
    prior = draw(PRIORS)
    low, high = sorted(draw(st.tuples(numbers, numbers)))
    if prior == "log-uniform":
        low, high = abs(low), abs(high)
        low, high = max(min(low, high), kind is Integer, 1e-9), max(low, high)
        low = int(low) if kind is Integer else low
    if low >= high or high - low < 1e-6 * max(abs(high), 1e-3):
        high = low + max(1, abs(low))
    return kind(low, high, prior)


FLOATS = st.floats(-1e9, 1e9, allow_nan=False)
DIMENSIONS = st.one_of(
    ranges(Real, FLOATS),
    ranges(Integer, st.integers(-(10**6), 10**6)),
    ranges(Integer, st.integers(-5, 5)),
    st.lists(st.sampled_from(OBJECTS), min_size=1, max_size=6),
    st.lists(st.sampled_from(OBJECTS), min_size=1, max_size=6).map(Categorical),
    st.lists(FLOATS, min_size=3, max_size=8, unique=True),
    st.lists(st.integers(-(10**9), 10**9), min_size=3, max_size=8, unique=True),
    st.sampled_from(DISTRIBUTIONS),
)
NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
DICTS = st.dictionaries(NAMES, DIMENSIONS, min_size=1, max_size=5)
#: Lists of dicts whose names differ, so that each point lies in one of them.
LISTS = st.lists(DICTS, min_size=2, max_size=4, unique_by=frozenset)
SPACES = st.one_of(DICTS, LISTS).map(parse_space)
SEEDS = st.integers(0, 2**32 - 1)

laws = settings(max_examples=150, deadline=None)


def points_of(space, seed, n=20):
    """Feasible points: some drawn, some rounded from anywhere, some from corners."""
    rng = np.random.default_rng(seed)
    D = space.n_columns
    wild = rng.uniform(-0.5, 3.0, (n, D))
    corners = rng.integers(0, 2, (n, D)).astype(float)
    return np.vstack([space.sample(n, rng), space.snap(wild), space.snap(corners)])


@laws
@given(space=SPACES, seed=SEEDS)
def test_encoding_inverts_decoding(space, seed):
    """encode(decode(U)) is U, up to rounding in continuous columns."""
    U = points_of(space, seed)
    again = space.encode(space.decode(U))
    np.testing.assert_allclose(again, U, atol=1e-6)  # beta's cdf is the least exact
    exact = np.isfinite(space.n_values)
    np.testing.assert_allclose(again[:, exact], U[:, exact], rtol=1e-12, atol=1e-12)


@laws
@given(space=SPACES, seed=SEEDS)
def test_rounding_twice_is_rounding_once(space, seed):
    """What has been rounded or drawn does not move any more."""
    U = points_of(space, seed)
    np.testing.assert_allclose(space.snap(U), U, rtol=1e-13, atol=1e-15)
    assert space.decode(space.snap(U)) == space.decode(U)


@laws
@given(space=SPACES, seed=SEEDS)
def test_points_stay_in_bounds(space, seed):
    """Numeric columns are in [0, 1], codes are levels, inactive columns in place."""
    U = points_of(space, seed)
    active = space.active(U)
    is_categorical = np.broadcast_to(space.n_levels > 0, U.shape)
    assert np.all(U[~active & is_categorical] == -1)
    assert np.all(U[~active & ~is_categorical] == 0.5)
    upper = np.where(space.n_levels > 0, space.n_levels - 1, 1)
    assert U[active].min(initial=0.0) >= 0
    assert np.all((upper >= U) | ~active)
    codes = U[active & is_categorical]
    np.testing.assert_array_equal(codes, np.rint(codes))


@laws
@given(space=SPACES, seed=SEEDS)
def test_decoded_points_lie_in_the_space(space, seed):
    """What is decoded is contained, passes the check and is canonical."""
    for params in space.decode(points_of(space, seed, n=4)):
        assert space.contains(params)
        space.check(params, owner="Optimizer")
        canonical = space.canonical(params)
        assert list(canonical) == list(params)
        assert all(type(canonical[name]) is type(params[name]) for name in params)


def as_numpy(value):
    """The numpy scalar that equals a number, anything else as it is."""
    numpy_types = {float: np.float64, int: np.int64, bool: np.bool_, str: np.str_}
    return numpy_types.get(type(value), lambda v: v)(value)


@laws
@given(space=SPACES, seed=SEEDS)
def test_equal_points_have_equal_keys(space, seed):
    """Order, numpy types and a trip through pickle do not change a key."""
    points = space.decode(points_of(space, seed, n=5))
    keys = [space.key(params) for params in points]
    for params, key in zip(points, keys, strict=True):
        canonical = {name: as_numpy(params[name]) for name in reversed(params)}
        assert space.key(canonical) == key
    copy = pickle.loads(pickle.dumps(space))
    copied = copy.decode(points_of(copy, seed, n=5))
    assert [copy.key(params) for params in copied] == keys


@laws
@given(space=SPACES, seed=SEEDS)
def test_different_points_have_different_keys(space, seed):
    """Where keys agree so do all values, and their types."""
    points = space.decode(points_of(space, seed, n=5))
    first = {}
    for params in points:
        other = first.setdefault(space.key(params), params)
        assert list(params) == list(other)
        for name, value in params.items():
            assert type(value) is type(other[name])
            if isinstance(value, float):
                assert value == pytest.approx(other[name], rel=1e-11, abs=0)
            else:
                assert value == other[name]


@laws
@given(space=SPACES)
def test_cardinality_is_the_length_of_the_grid(space):
    """A small finite space has as many points as its grid, all with other keys."""
    n_points = space.cardinality
    if n_points is None or n_points > 3000:
        return
    points = list(space.grid())
    assert len(points) == n_points
    assert len({space.key(params) for params in points}) == n_points
    U = space.encode(points)
    assert len(np.unique(U, axis=0)) == n_points
    assert [space.key(p) for p in space.decode(U)] == [space.key(p) for p in points]


@laws
@given(specs=st.lists(DICTS, min_size=1, max_size=3), seed=SEEDS)
def test_overlapping_dicts_keep_keys(specs, seed):
    """Where dicts share points, encoding one finds an equal point."""
    space = parse_space(specs)
    # Encoding rounds in proportion to the widest range that a value may be encoded in.
    widths = [c.dimension.high - c.dimension.low for c in space.columns if is_real(c)]
    rounding = 1e-12 + 1e-15 * max(widths, default=0.0)
    for params in space.decode(points_of(space, seed, n=4)):
        (again,) = space.decode(space.encode([params]))
        is_same = space.key(again) == space.key(params)
        assert is_same or again == pytest.approx(params, abs=rounding)


def is_real(column):
    """Whether a column is a range of real numbers."""
    return isinstance(column.dimension, Real)

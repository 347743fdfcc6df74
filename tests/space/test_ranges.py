"""Do `Real` and `Integer` reach all of their range, and nothing else?"""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import ParameterSampler

from skbayes.space import Categorical, Integer, Real
from tests.space.labels import label

RANGES = [
    Real(0, 1),
    Real(-3.5, 2.0),
    Real(1e-7, 1e5, prior="log-uniform"),
    Real(0.1, 0.3, prior="log-uniform"),
    Integer(-3, 4),
    Integer(1, 1000, prior="log-uniform"),
    Integer(0, 10**12),
    Integer(1, 10**12, prior="log-uniform"),
]


@pytest.mark.parametrize("dimension", RANGES, ids=label)
def test_real_and_integer_reach_both_ends_exactly(dimension):
    """The outermost positions decode to the ends, to the last bit."""
    low, high = dimension.decode(np.array([0.0, 1.0]))
    assert (low, high) == (dimension.low, dimension.high)


@pytest.mark.parametrize("dimension", RANGES, ids=label)
def test_real_and_integer_values_are_plain_and_inside(dimension):
    """What is drawn is a float or an int between the ends."""
    kind = int if isinstance(dimension, Integer) else float
    values = dimension.rvs(size=500, random_state=0)
    assert {type(v) for v in values} == {kind}
    assert all(dimension.low <= v <= dimension.high for v in values)


@pytest.mark.parametrize("dimension", RANGES, ids=label)
def test_real_and_integer_encoding_inverts_decoding(dimension):
    """A value's position decodes to it."""
    values = dimension.rvs(size=200, random_state=1)
    positions = dimension.encode(values)
    assert np.all((positions >= 0) & (positions <= 1))
    assert dimension.decode(positions) == pytest.approx(values, rel=1e-12, abs=1e-12)


def test_real_log_uniform_spreads_over_orders_of_magnitude():
    """A third of the draws falls into each of three decades."""
    values = np.array(Real(1e-3, 1.0, "log-uniform").rvs(3000, random_state=0))
    counts = np.histogram(np.log10(values), bins=[-3, -2, -1, 0])[0]
    assert np.all(np.abs(counts - 1000) < 100)


@pytest.mark.parametrize("prior", ["uniform", "log-uniform"])
def test_integer_draws_are_all_integers(prior):
    """All integers from end to end come up, uniformly where the prior is uniform."""
    values = Integer(2, 9, prior).rvs(8000, random_state=0)
    counts = np.bincount(values, minlength=10)
    assert np.all(counts[2:] > 300)
    assert counts[:2].sum() == 0
    if prior == "uniform":
        assert np.all(np.abs(counts[2:] - 1000) < 150)


def test_integer_positions_are_cell_centres():
    """Four integers sit in the middle of four quarters."""
    positions = Integer(5, 8).encode([5, 6, 7, 8])
    assert positions.tolist() == [0.125, 0.375, 0.625, 0.875]


def test_integer_log_axis_is_half_a_step_wider():
    """The axis runs from log(low - 1/2) to log(high + 1/2)."""
    (position,) = Integer(1, 100, "log-uniform").encode([10])
    expected = (math.log(10) - math.log(0.5)) / (math.log(100.5) - math.log(0.5))
    assert position == pytest.approx(expected)


@pytest.mark.parametrize(
    ("dimension", "inside", "outside"),
    [
        (Real(0, 10), [0, 10, 3, np.float32(0.5)], [-0.1, 11, math.nan, True, "1"]),
        (Integer(0, 10), [0, 10, 3.0, np.int8(4)], [-1, 11, 2.5, False, None, "1"]),
    ],
    ids=label,
)
def test_real_and_integer_contain_numbers_of_either_type(dimension, inside, outside):
    """Numbers of either type are found, bools and texts are not."""
    assert all(dimension.contains(v) for v in inside)
    assert not any(dimension.contains(v) for v in outside)


def test_real_and_integer_find_gives_the_type_of_the_range():
    """An int becomes a float in a real range and a whole float an int."""
    assert type(Real(0, 10).find(3)) is float
    assert type(Integer(0, 10).find(3.0)) is int


@pytest.mark.parametrize(
    ("dimension", "message"),
    [
        (Real(0, 10), "must be a number from 0 to 10"),
        (Integer(0, 10), "must be an integer from 0 to 10"),
    ],
    ids=label,
)
def test_real_and_integer_find_says_what_there_is(dimension, message):
    """The error of a value outside names the range."""
    with pytest.raises(ValueError, match=message):
        dimension.find(11)


def test_real_has_no_list_of_values():
    """Asking a continuous range for all its values is an error."""
    with pytest.raises(TypeError, match="has infinitely many values"):
        Real(0, 1).values()


def test_integer_values_ascend():
    """The grid of an integer range is the range."""
    assert list(Integer(2, 5).values()) == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "random_state",
    [7, np.random.RandomState(7), np.random.default_rng(7)],
    ids=["int", "RandomState", "Generator"],
)
def test_real_draws_repeat_with_the_seed(random_state):
    """An equal random state draws equal values."""
    again = copy.deepcopy(random_state)
    assert Real(0, 1).rvs(5, random_state) == Real(0, 1).rvs(5, again)


def test_real_draws_leave_the_global_generator_alone():
    """Without a random state a fresh seed is used, not numpy's global one."""
    before = np.random.get_state()[1].tolist()  # noqa: NPY002
    assert 0 <= Real(0, 1).rvs() <= 1
    assert np.random.get_state()[1].tolist() == before  # noqa: NPY002


def test_real_and_integer_are_sampled_by_scikit_learn():
    """ParameterSampler draws from ranges as from scipy's distributions."""
    spec = {"a": Real(0, 1), "b": Integer(1, 5), "c": Categorical(["x", None])}
    draws = list(ParameterSampler(spec, n_iter=50, random_state=0))
    assert {type(d["a"]) for d in draws} == {float}
    assert {d["b"] for d in draws} == {1, 2, 3, 4, 5}
    assert {d["c"] for d in draws} == {"x", None}


def test_real_and_integer_repr_can_be_evaluated():
    """The repr is the call that makes an equal dimension."""
    for dimension in [*RANGES, Categorical(["a", None, True])]:
        assert eval(repr(dimension)) == dimension


def test_real_and_integer_are_equal_by_ends_and_priors():
    assert Real(0, 1) == Real(0.0, 1.0)
    assert hash(Real(0, 1)) == hash(Real(0.0, 1.0))
    assert Real(1, 2) != Real(1, 2, "log-uniform")
    assert Real(1, 2) != Integer(1, 2)
    assert Integer(1, 2) != "Integer"


def test_real_is_immutable():
    """No field of a range can be set."""
    with pytest.raises(AttributeError, match="cannot assign to field"):
        Real(0, 1).low = 2


@pytest.mark.parametrize("dimension", RANGES, ids=label)
def test_real_and_integer_equal_their_copies(dimension):
    """Pickle, deepcopy and scikit-learn's clone give an equal dimension."""
    dimension.rvs(random_state=0)  # fills the caches
    for restored in (
        pickle.loads(pickle.dumps(dimension)),
        copy.deepcopy(dimension),
        clone(dimension, safe=False),
    ):
        assert restored == dimension
        assert restored.rvs(3, 0) == dimension.rvs(3, 0)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: Real("a", 1), TypeError, "`low` parameter of Real must be a number"),
        (lambda: Real(0, None), TypeError, "`high` parameter of Real must be a number"),
        (lambda: Real(True, 2), TypeError, "must be a number. Got True instead"),
        (lambda: Real(0, math.inf), ValueError, "`high` .* must be finite. Got inf"),
        (lambda: Real(math.nan, 1), ValueError, "`low` .* must be finite. Got nan"),
        (
            lambda: Real(2, 1),
            ValueError,
            "below `high`. Got low=2 and high=1 instead.$",
        ),
        (lambda: Real(1, 1), ValueError, r"Write \[1\] for a constant"),
        (lambda: Real(1, 2, "log"), ValueError, "'log-uniform'. Got 'log' instead"),
        (lambda: Real(1, 2, None), ValueError, "`prior` .* Got None instead"),
        (lambda: Real(0, 1, "log-uniform"), ValueError, "> 0 with prior='log-uniform'"),
        (lambda: Real(-1, 1, "log-uniform"), ValueError, "Got -1 instead. Use prior="),
        (lambda: Real(-1.7e308, 1.7e308), ValueError, "wider than a float can hold"),
        (lambda: Integer(0.5, 3), TypeError, "must be an int. Got 0.5 .* Use Real"),
        (lambda: Integer(1, 3.5), TypeError, "`high` .* must be an int. Got 3.5"),
        (lambda: Integer(1, math.inf), ValueError, "`high` .* must be finite"),
        (lambda: Integer("1", 3), TypeError, "must be a number. Got '1' instead"),
        (lambda: Integer(3, 1), ValueError, "`low` parameter of Integer must be below"),
        (lambda: Integer(0, 9, "log-uniform"), ValueError, ">= 1 with prior="),
        (lambda: Integer(0, 10**13), ValueError, r"within 10\*\*12 of zero"),
    ],
)
def test_real_and_integer_refuse_bad_ranges(make, error, message):
    """Every mistake in a range is an error that names the argument and the value."""
    with pytest.raises(error, match=message):
        make()


def test_real_and_integer_make_numpy_bounds_plain():
    """Bounds given as numpy scalars are kept as Python numbers."""
    dimension = Integer(np.int64(1), np.int32(5))
    assert type(dimension.low) is int
    assert type(dimension.high) is int
    assert type(Real(np.float32(0.5), 1).low) is float

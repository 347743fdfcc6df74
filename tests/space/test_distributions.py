"""Do frozen scipy distributions keep their density, their type and their ends?"""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from scipy import stats

from skbayes.space import Integer
from skbayes.space._axes import Steps
from skbayes.space._distributions import Continuous, Discrete, dimension_of_distribution

CONTINUOUS = [
    stats.uniform(2, 3),
    stats.loguniform(1e-5, 1e3),
    stats.norm(-1, 2),
    stats.expon(scale=10),
    stats.lognorm(1.5),
    stats.beta(2, 5),
    stats.truncnorm(-1, 2),
    stats.cauchy(),
]
DISCRETE = [
    stats.poisson(4),
    stats.binom(10, 0.3),
    stats.binom(1000, 0.5),
    stats.geom(0.3),
    stats.randint(0, 10),
    stats.nbinom(3, 0.2, loc=5),
    stats.rv_discrete(values=([1, 2, 50], [0.2, 0.5, 0.3]))(),
    stats.geom(1e-6),
    stats.zipf(1.8),
    stats.skellam(5, 3),
    stats.poisson(1e6),
    stats.binom(10**6, 0.5),
]


def name_of(distribution):
    """Name and arguments, for test ids."""
    return f"{distribution.dist.name}{distribution.args}"


@pytest.mark.parametrize("distribution", CONTINUOUS, ids=name_of)
def test_dimension_of_distribution_has_the_cdf_as_position(distribution):
    """Continuous values are encoded by the cdf and decoded by its inverse."""
    dimension = dimension_of_distribution(distribution)
    u = np.linspace(0.01, 0.99, 23)
    values = dimension.decode(u)
    assert {type(v) for v in values} == {float}
    np.testing.assert_allclose(values, distribution.ppf(u))
    np.testing.assert_allclose(dimension.encode(values), u)


@pytest.mark.parametrize("distribution", CONTINUOUS, ids=name_of)
def test_dimension_of_distribution_has_finite_ends_that_are_not_zero(distribution):
    """The ends of the axis decode to finite values, and never to a bound of zero."""
    dimension = dimension_of_distribution(distribution)
    ends = dimension._axes.snap(np.array([[0.0], [1.0]]))[:, 0]
    values = dimension.decode(ends)
    assert all(map(math.isfinite, values))
    assert 0.0 not in values
    np.testing.assert_allclose(dimension.encode(values), ends, rtol=1e-9)


def test_dimension_of_distribution_reaches_finite_ends():
    """The bounds of a bounded distribution are values, unless they are zero."""
    dimension = dimension_of_distribution(stats.uniform(0, 4))
    ends = dimension._axes.snap(np.array([[0.0], [1.0]]))[:, 0]
    assert dimension.decode(ends) == pytest.approx([4e-6, 4.0])
    dimension = dimension_of_distribution(stats.loguniform(1e-3, 1e3))
    assert dimension.decode(np.array([0.0, 1.0])) == pytest.approx([1e-3, 1e3])


@pytest.mark.parametrize(
    "distribution",
    [stats.norm(), stats.expon(), stats.uniform(0, 4), stats.beta(0.5, 0.5)],
    ids=lambda d: d.dist.name,
)
def test_dimension_of_distribution_contains_what_its_axis_holds(distribution):
    """A value is in if and only if decoding its position gives it back."""
    dimension = dimension_of_distribution(distribution)
    low, high = dimension.decode(np.array([dimension.axis.lower, dimension.axis.upper]))
    for value in (low, 0.7 * low + 0.3 * high, high):
        assert dimension.contains(value)
        (again,) = dimension.decode(dimension.encode([dimension.find(value)]))
        assert again == pytest.approx(value, rel=1e-6)
    for beyond in (low - 1e-3 * abs(low), 40.0, -40.0, 0.0 if low > 0 else -5.0):
        assert not dimension.contains(beyond)
        with pytest.raises(ValueError, match=f"must be a number from {low!r} to"):
            dimension.find(beyond)


def test_dimension_of_distribution_contains_no_text_and_no_infinity():
    """Only finite numbers are values of a distribution."""
    dimension = dimension_of_distribution(stats.norm())
    assert not dimension.contains(math.inf)
    assert not dimension.contains("a")
    assert not dimension_of_distribution(stats.expon()).contains(-1e-3)


def test_dimension_of_distribution_forgives_rounding_at_the_end():
    """0.9 is a value of uniform(0.7, 0.2), whose end is 0.8999999999999999."""
    dimension = dimension_of_distribution(stats.uniform(0.7, 0.2))
    assert dimension.find(0.9) == 0.7 + 0.2
    with pytest.raises(ValueError, match="must be a number from 0.7 to 0.8999"):
        dimension.find(0.91)


@pytest.mark.parametrize("distribution", DISCRETE, ids=name_of)
def test_discrete_values_are_ints_with_a_position_each(distribution):
    dimension = dimension_of_distribution(distribution)
    values = dimension.rvs(300, random_state=0)
    assert {type(v) for v in values} == {int}
    positions = dimension.encode(values)
    assert dimension.decode(positions) == values
    snapped = dimension._axes.snap(positions[:, None])[:, 0]
    np.testing.assert_array_equal(snapped, positions)


@pytest.mark.parametrize("distribution", DISCRETE, ids=name_of)
def test_discrete_draws_follow_the_probabilities(distribution):
    """The median of many draws is the distribution's."""
    values = dimension_of_distribution(distribution).rvs(4001, random_state=0)
    low, high = distribution.ppf([0.47, 0.53])
    assert low <= np.median(values) <= high


def test_discrete_find_says_what_values_there_are():
    """The error of a value outside names the smallest and the largest."""
    dimension = dimension_of_distribution(stats.binom(3, 0.5))
    assert dimension.find(np.float64(2)) == 2
    with pytest.raises(ValueError, match="must be an integer from 0 to 3"):
        dimension.find(4)
    with pytest.raises(ValueError, match="must be an integer from 0 to 3"):
        dimension.find(1.5)


def test_discrete_position_is_the_middle_of_the_values_share():
    """A value's cell runs from the cdf before it to its own."""
    distribution = stats.poisson(4)
    (position,) = dimension_of_distribution(distribution).encode([3])
    assert position == pytest.approx(distribution.cdf([2, 3]).mean())


def test_dimension_of_distribution_makes_randint_a_range():
    """randint(low, high) means the integers from low to high - 1, at any size."""
    assert dimension_of_distribution(stats.randint(2, 9)) == Integer(2, 8)
    assert dimension_of_distribution(stats.randint(0, 10, loc=5)) == Integer(5, 14)
    assert dimension_of_distribution(stats.randint(0, 2**31)) == Integer(0, 2**31 - 1)


def test_dimension_of_distribution_makes_randint_of_one_value_a_constant():
    """randint(3, 4) is always 3."""
    dimension = dimension_of_distribution(stats.randint(3, 4))
    assert dimension.n_values == 1
    assert list(dimension.values()) == [3]


def test_dimension_of_distribution_leaves_out_impossible_values():
    """Values between the listed ones, and those next to impossible, are left out."""
    dimension = dimension_of_distribution(
        stats.rv_discrete(values=([1, 2, 50], [0.2, 0.8 - 1e-12, 1e-12]))()
    )
    assert list(dimension.values()) == [1, 2]
    assert not dimension.contains(3)
    assert not dimension.contains(50)
    assert dimension_of_distribution(stats.binom(1000, 0.5)).n_values < 400


def test_dimension_of_distribution_has_floats_for_fractions():
    """A discrete distribution over 0.5, 1 and 2.5 gives these numbers."""
    listed = stats.rv_discrete(values=([0.5, 1, 2.5], [0.2, 0.5, 0.3]))(loc=1)
    dimension = dimension_of_distribution(listed)
    assert list(dimension.values()) == [1.5, 2, 3.5]
    assert set(dimension.rvs(100, random_state=0)) == {1.5, 2, 3.5}
    with pytest.raises(ValueError, match="a value of the distribution from 1.5 to 3.5"):
        dimension.find(3)


def test_discrete_needs_no_table_of_many_values():
    """A distribution over millions of integers is rounded by its own functions."""
    dimension = dimension_of_distribution(stats.geom(1e-6))
    assert isinstance(dimension.axis, Steps)
    assert dimension.n_values > 1e7
    assert dimension.contains(123_456)
    assert not dimension.contains(123_456.5)
    assert not dimension.contains(-1)
    assert dimension.values()[10] - dimension.values()[0] == 10
    # What is next to impossible is not reached from the corners either.
    far = dimension_of_distribution(stats.poisson(1e6))
    low, high = far.decode(far._axes.snap(np.array([[0.0], [1.0]]))[:, 0])
    assert 990_000 < low < high < 1_010_000


def test_dimension_of_distribution_is_equal_where_draws_are_alike():
    """Equal parameters make equal dimensions, however they are written."""
    first = dimension_of_distribution(stats.norm(1, 2))
    assert first == dimension_of_distribution(stats.norm(loc=1, scale=2))
    assert hash(first) == hash(dimension_of_distribution(stats.norm(1, scale=2)))
    assert first != dimension_of_distribution(stats.norm(1, 2.0001))
    poisson = dimension_of_distribution(stats.poisson(3))
    assert poisson == dimension_of_distribution(stats.poisson(mu=3))
    assert poisson != dimension_of_distribution(stats.poisson(4))


def test_dimension_of_distribution_has_the_call_in_its_repr():
    assert repr(dimension_of_distribution(stats.norm(1, scale=2))) == "norm(1, scale=2)"
    assert repr(dimension_of_distribution(stats.poisson(np.int64(3)))) == "poisson(3)"


@pytest.mark.parametrize("distribution", [stats.norm(), stats.poisson(3)], ids=name_of)
def test_dimension_of_distribution_equals_its_copies(distribution):
    """Pickle and deepcopy give an equal dimension."""
    dimension = dimension_of_distribution(distribution)
    dimension.rvs(random_state=0)
    for restored in (pickle.loads(pickle.dumps(dimension)), copy.deepcopy(dimension)):
        assert restored == dimension
        assert restored.rvs(3, 0) == dimension.rvs(3, 0)


@pytest.mark.parametrize(
    ("distribution", "kind"), [(stats.t(3), Continuous), (stats.zipf(3), Discrete)]
)
def test_dimension_of_distribution_with_a_pmf_is_discrete(distribution, kind):
    assert type(dimension_of_distribution(distribution)) is kind


@pytest.mark.parametrize(
    ("distribution", "message"),
    [
        (stats.uniform(0, -1), "median is no number"),
        (stats.loguniform(-1, 1), "median is no number"),
        (stats.uniform([0, 1], [1, 2]), r"has the shape \(2,\)"),
    ],
)
def test_dimension_of_distribution_refuses_bad_distributions(distribution, message):
    """Parameters that are not valid, or arrays, are an error."""
    with pytest.raises(ValueError, match=message):
        dimension_of_distribution(distribution)

"""Do all kinds of dimensions find, draw, list, compare and pickle their values?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from scipy import stats

from skbayes.space import Categorical, Integer, Real
from skbayes.space._dimension import is_whole
from skbayes.space._distributions import dimension_of_distribution
from skbayes.space._lists import Ordinal
from skbayes.space._space import Space

LOGARITHMIC = [
    Real(1e-3, 1.0, prior="log-uniform"),
    Integer(1, 20, prior="log-uniform"),
    Integer(10, 1000, prior="log-uniform"),
    Ordinal([0.001, 0.01, 0.1, 1.0]),
    Ordinal([1000, 100, 10, 1]),
    dimension_of_distribution(stats.loguniform(1e-5, 1e3)),
    dimension_of_distribution(stats.lognorm(2.0)),
]
LINEAR = [
    Real(0.0, 1.0),
    Real(1e-6, 1.0),
    Real(-5.0, 5.0),
    Real(1.0, 2.0, prior="log-uniform"),
    Integer(1, 1000),
    Ordinal([1, 2, 3, 4]),
    Ordinal([-1000, -100, -10, -1]),
    dimension_of_distribution(stats.uniform(2, 3)),
    dimension_of_distribution(stats.norm(5, 2)),
    dimension_of_distribution(stats.cauchy()),
    dimension_of_distribution(stats.expon()),
    dimension_of_distribution(stats.poisson(3)),
    Categorical(["l1", "l2"]),
    Categorical([0.001, 0.01, 0.1]),
]


@pytest.mark.parametrize("dimension", LOGARITHMIC, ids=repr)
def test_dimension_is_logarithmic_over_orders_of_magnitude(dimension):
    """The prior, the distribution or the list may tell a logarithm."""
    assert dimension.is_logarithmic is True


@pytest.mark.parametrize("dimension", LINEAR, ids=repr)
def test_dimension_is_not_logarithmic_otherwise(dimension):
    """Ranges may be narrow, linear or around zero, and some values have no order."""
    assert dimension.is_logarithmic is False


def test_dimension_is_logarithmic_for_each_column_of_a_space():
    """The column that tells branches apart is none of them."""
    space = Space(
        [
            {"C": LOGARITHMIC[0], "p": LINEAR[0]},
            {"C": LOGARITHMIC[0], "kind": LINEAR[-2]},
        ]
    )
    named = dict(
        zip([c.name for c in space.columns], space.is_logarithmic, strict=True)
    )
    assert {name for name, is_log in named.items() if is_log} == {"C"}
    assert space.is_logarithmic.shape == (space.n_columns,)
    assert Space([{}]).is_logarithmic.shape == (0,)


def test_dimension_is_logarithmic_takes_no_logarithm_below_zero():
    """A logarithm of a number that is not positive is never taken."""
    space = Space([{"alpha": Real(-1.0, 1e6), "beta": Integer(0, 10**6)}])
    with np.errstate(all="raise"):
        assert not space.is_logarithmic.any()


ALL = [*LOGARITHMIC, *LINEAR]


@pytest.mark.parametrize("dimension", ALL, ids=repr)
def test_dimension_find_returns_what_decode_gives(dimension):
    """Each value that was drawn is found at the position that it has."""
    drawn = dimension.rvs(20, random_state=0)
    positions = dimension.encode(drawn)
    found = [dimension.find(value) for value in drawn]
    decoded = dimension.decode(dimension.snap(positions))
    assert [type(value) for value in found] == [type(value) for value in decoded]
    np.testing.assert_allclose(dimension.encode(decoded), positions, rtol=1e-9)
    assert all(map(dimension.contains, drawn))


@pytest.mark.parametrize("value", [object(), "l3", np.nan, np.inf, 10**400])
@pytest.mark.parametrize("dimension", ALL, ids=repr)
def test_dimension_find_tells_the_domain_of_other_values(dimension, value):
    """Values of any kind raise no other error."""
    assert not dimension.contains(value)
    with pytest.raises(ValueError, match="^must be ") as caught:
        dimension.find(value)
    assert str(caught.value) == f"must be {dimension.domain}"


@pytest.mark.parametrize("dimension", ALL, ids=repr)
def test_dimension_values_are_as_many_as_there_are(dimension):
    """An infinite dimension has no list of values."""
    if np.isinf(dimension.n_values):
        with pytest.raises(TypeError, match="has infinitely many values"):
            dimension.values()
    else:
        values = list(dimension.values())
        assert len(values) == dimension.n_values
        assert all(map(dimension.contains, values))


@pytest.mark.parametrize("dimension", ALL, ids=repr)
def test_dimensions_are_equal_after_pickling(dimension):
    """Copies have one hash; caches, which may hold addresses, are not pickled."""
    before = pickle.dumps(dimension)
    hash(dimension)
    dimension.rvs(random_state=0)
    assert pickle.dumps(dimension) == before
    copy = pickle.loads(before)
    assert copy == dimension
    assert hash(copy) == hash(dimension)
    assert [other for other in ALL if other == dimension] == [dimension]


def test_dimension_rvs_repeats_with_its_seed():
    """A single value is no list, and generators of both kinds are taken."""
    dimension = Integer(1, 1000)
    assert dimension.rvs(random_state=3) == dimension.rvs(1, random_state=3)[0]
    for kind in (np.random.default_rng, np.random.RandomState):
        assert dimension.rvs(5, kind(1)) == dimension.rvs(5, kind(1))
    assert dimension.rvs(0) == []


def test_is_whole_refuses_what_is_not_finite():
    """A zero of either sign is whole."""
    numbers = [0.0, -0.0, 3, -2.0, 1e300, 0.5, np.nan, np.inf, -np.inf]
    assert [is_whole(number) for number in numbers] == [True] * 5 + [False] * 4

"""Is it seen which parameters are searched over orders of magnitude?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from skbayes.space import Categorical, Integer, Real
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
def test_values_that_span_orders_of_magnitude(dimension):
    """The prior, the distribution or the list may say so."""
    assert dimension.is_logarithmic is True


@pytest.mark.parametrize("dimension", LINEAR, ids=repr)
def test_values_that_do_not(dimension):
    """Narrow ranges, linear ones, those around zero, and what has no order."""
    assert dimension.is_logarithmic is False


def test_a_space_tells_it_of_each_column():
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


def test_it_survives_what_a_space_survives():
    """A logarithm of a number that is not positive is never taken."""
    space = Space([{"alpha": Real(-1.0, 1e6), "beta": Integer(0, 10**6)}])
    with np.errstate(all="raise"):
        assert not space.is_logarithmic.any()

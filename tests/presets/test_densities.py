"""Are the distributions of presets what their quartiles say?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.presets import IntegerQuartiles, Quartiles


@pytest.mark.parametrize("made", [Quartiles, IntegerQuartiles])
def test_quartiles_are_quartiles(made):
    """Without a uniform share a quarter of the draws lies between two of them."""
    belief = made(1, 1000, (10, 50, 200), log=True, uniform=0.0)
    draws = np.asarray(belief.rvs(20_000, np.random.RandomState(0)))
    shares = np.diff([0, *(np.mean(draws <= q) for q in (10, 50, 200)), 1])
    np.testing.assert_allclose(shares, 0.25, atol=0.03)
    assert draws.min() >= 1
    assert draws.max() <= 1000


@pytest.mark.parametrize("made", [Quartiles, IntegerQuartiles])
def test_cdf_and_ppf_are_inverse(made):
    """Positions come back, and the uniform share keeps both ends in reach."""
    belief = made(1, 100, (2, 3, 5), uniform=0.3)
    values = belief.ppf(np.linspace(0.01, 0.99, 50))
    assert np.all(np.diff(values) >= 0)
    np.testing.assert_array_equal(belief.ppf(belief.cdf(values) - 1e-9), values) if (
        made is IntegerQuartiles
    ) else np.testing.assert_allclose(belief.ppf(belief.cdf(values)), values)
    assert belief.support() == (1, 100)
    assert belief.cdf(60) < 0.95


def test_integer_probabilities_sum_to_one():
    """The pmf covers all whole numbers of the range, and nothing between them."""
    belief = IntegerQuartiles(2, 40, (3, 7, 14), log=True)
    assert belief.pmf(np.arange(2, 41)).sum() == pytest.approx(1.0)
    assert belief.pmf(2.5) == 0.0
    assert belief.cdf(1) == 0.0


@pytest.mark.parametrize(
    "arguments",
    [(1, 10, (5, 4, 6)), (1, 1, (1, 1, 1)), (0, 1, (0.1, 0.2, 0.3), True)],
)
def test_what_is_no_density_is_refused(arguments):
    """Quartiles ascend between the ends, which are positive on a log axis."""
    with pytest.raises(ValueError, match="Quartiles needs"):
        Quartiles(*arguments)

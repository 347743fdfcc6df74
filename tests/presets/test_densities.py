"""Are the distributions of presets what their quartiles say?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.presets import IntegerQuartiles, Quartiles
from skbayes.presets._densities import rounded


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
def test_quartiles_have_a_cdf_and_a_ppf_that_are_inverse(made):
    """Positions come back, and the uniform share keeps both ends in reach."""
    belief = made(1, 100, (2, 3, 5), uniform=0.3)
    values = belief.ppf(np.linspace(0.01, 0.99, 50))
    assert np.all(np.diff(values) >= 0)
    np.testing.assert_array_equal(belief.ppf(belief.cdf(values) - 1e-9), values) if (
        made is IntegerQuartiles
    ) else np.testing.assert_allclose(belief.ppf(belief.cdf(values)), values)
    assert belief.support() == (1, 100)
    assert belief.cdf(60) < 0.95


def test_integer_quartiles_have_probabilities_that_sum_to_one():
    """The pmf covers all whole numbers of the range, and nothing between them."""
    belief = IntegerQuartiles(2, 40, (3, 7, 14), log=True)
    assert belief.pmf(np.arange(2, 41)).sum() == pytest.approx(1.0)
    assert belief.pmf(2.5) == 0.0
    assert belief.cdf(1) == 0.0


@pytest.mark.parametrize(
    "arguments",
    [(1, 10, (5, 4, 6)), (1, 1, (1, 1, 1)), (0, 1, (0.1, 0.2, 0.3), True)],
)
def test_quartiles_refuse_what_is_no_density(arguments):
    """Quartiles ascend between the ends, which are positive on a log axis."""
    with pytest.raises(ValueError, match="Quartiles needs"):
        Quartiles(*arguments)


@pytest.mark.parametrize("is_log", [False, True])
def test_quartiles_mix_what_is_known_with_an_even_share(is_log):
    """Probabilities at ends and quartiles are computed by hand."""
    belief = Quartiles(1, 100, (2, 10, 20), log=is_log, uniform=0.25)
    axis = np.log if is_log else np.asarray
    knots = np.array([1.0, 2.0, 10.0, 20.0, 100.0])
    even = (axis(knots) - axis(1.0)) / (axis(100.0) - axis(1.0))
    expected = 0.25 * even + 0.75 * np.linspace(0, 1, 5)
    np.testing.assert_allclose(belief.cdf(knots), expected)
    np.testing.assert_allclose(belief.ppf(expected), knots)
    assert belief.cdf(0.5) == 0.0
    assert belief.cdf(1000.0) == 1.0


@pytest.mark.parametrize("quartiles", [(0.5, 0.5, 0.5), (0, 0, 0.5), (0.5, 1, 1)])
def test_quartiles_that_are_equal_count_up_to_their_value(quartiles):
    """Some lie at an end; both ends stay in reach, and positions come back."""
    belief = Quartiles(0, 1, quartiles, uniform=0.0)
    last = quartiles[1]
    share = {0.5: 0.75, 0: 0.0, 1: 1.0}[last]
    assert belief.cdf(last) == share
    assert belief.cdf(0.5) == {0.5: 0.75, 0: 0.75, 1: 0.25}[last]
    assert belief.ppf([0.0, 1.0]).tolist() == [0.0, 1.0]
    values = np.linspace(0, 1, 9)
    np.testing.assert_allclose(belief.ppf(belief.cdf(values)), values)


def test_integer_quartiles_round_to_both_ends():
    """Each end has its half unit; a range of two integers has both."""
    belief = IntegerQuartiles(1, 2, (1, 1, 2), uniform=0.25)
    assert belief.pmf([0, 1, 2, 3]).tolist()[::3] == [0.0, 0.0]
    assert belief.pmf([1, 2]).sum() == pytest.approx(1.0)
    assert belief.ppf([0.0, 1.0]).tolist() == [1, 2]
    drawn = belief.rvs(random_state=0)
    assert type(drawn) is int
    assert belief.rvs(3, np.random.default_rng(0)).dtype.kind == "i"


def test_quartiles_are_equal_by_what_they_print():
    """The print is the call that makes them; those of the other class differ."""
    one = Quartiles(1, 9, (2, 3, 4), log=True, uniform=0.5)
    assert eval(repr(one), {"Quartiles": Quartiles}) == one
    assert hash(one) == hash(Quartiles(1, 9, (2, 3, 4), log=True, uniform=0.5))
    assert one != Quartiles(1, 9, (2, 3, 4), log=True)
    assert one != IntegerQuartiles(1, 9, (2, 3, 4), log=True, uniform=0.5)
    assert repr(Quartiles(1, 9, (2, 3, 4))) == "Quartiles(1, 9, (2, 3, 4))"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, 0),
        (np.inf, np.inf),
        (1234.5, 1230.0),
        (-0.0012345, -0.00123),
        (1e-300, 1e-300),
    ],
)
def test_rounded_keeps_three_digits(number, expected):
    """The digits are kept for any size and sign."""
    assert rounded(number) == expected

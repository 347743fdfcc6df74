"""Is it decided in one place whether numbers belong on a logarithmic axis?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from skbayes.space._scale import (
    even_scale,
    lies_on_log_axis,
    prior_named,
    prior_of,
    spans_magnitudes,
)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 10, 100], True),
        ([100, 1, 10, 10], True),
        (np.geomspace(1, 3, 25), True),
        ([1, 2, 3], False),
        (np.linspace(1, 1000, 25), False),
        ([0, 1, 10], False),
        ([-1, 1, 10], False),
        ([1, 10], False),
        ([5, 5, 5], False),
    ],
)
def test_lies_on_log_axis(values, expected):
    """The ratios of positive numbers are even, and their differences are not."""
    assert lies_on_log_axis(np.array(values, dtype=float)) is expected


@pytest.mark.parametrize("seed", range(10))
def test_lies_on_log_axis_of_random_draws(seed):
    """The distribution decides, not the gaps between single draws."""
    unit = np.random.default_rng(seed).random(30)
    assert lies_on_log_axis(10 ** (4 * unit))
    assert not lies_on_log_axis(1 + 999 * unit)


@pytest.mark.parametrize(
    ("word", "prior"),
    [
        ("uniform", "uniform"),
        ("log-uniform", "log-uniform"),
        ("Log_Uniform", "log-uniform"),
        ("reciprocal", "log-uniform"),
        ("lognorm", None),
        (None, None),
        (1.0, None),
    ],
)
def test_prior_named(word, prior):
    """Capitals and hyphens do not count; other distributions are no priors."""
    assert prior_named(word) == prior


@pytest.mark.parametrize("name", ["uniform", "loguniform", "reciprocal"])
def test_prior_named_by_families_of_scipy(name):
    """Edge warnings read the prior from the name of a distribution's family."""
    family = getattr(stats, name)(1.0, 9.0).dist.name
    assert prior_named(family) == prior_of(name != "uniform")


def test_spans_magnitudes_from_a_factor_of_14_between_deciles_on():
    """For a log-uniform prior, whose median is the root of the deciles' product."""
    assert spans_magnitudes(1.0, 14.0**0.5, 14.0)
    assert not spans_magnitudes(1.0, 13.0**0.5, 13.0)
    assert not spans_magnitudes(1.0, 7.5, 14.0)


@pytest.mark.parametrize(
    ("numbers", "scale"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1, 10, 100], np.log([1, 10, 100])),
        ([0, 1, 10], np.log([0.1, 1, 10])),
        ([1, 2, 3, 1e6], [0, 1, 2, 3]),
    ],
    ids=["numbers", "logarithms", "zero below the first", "ranks"],
)
def test_even_scale(numbers, scale):
    """The scale has the most even gaps, or ranks if some levels are too close."""
    np.testing.assert_allclose(even_scale(np.array(numbers, dtype=float)), scale)

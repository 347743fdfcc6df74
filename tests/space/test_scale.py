"""Is it told whether numbers lie on a logarithmic axis?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.space._scale import lies_on_log_axis


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

"""Are the logarithms right where their arguments underflow?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._acquisition.log_math import log_h, log_phi_ratio

mpmath = pytest.importorskip("mpmath")

#: Both signs over 200 orders of magnitude, and around the seams of the branches.
WIDE = np.concatenate(
    [-(10.0 ** np.arange(100, -101, -1.0)), [0.0], 10.0 ** np.arange(-100, 101, 1.0)]
)
SEAMS = np.concatenate(
    [
        np.array([-1.0, -100.0]) + step
        for step in (-1e-3, -1e-9, -1e-13, 0.0, 1e-13, 1e-9, 1e-3)
    ]
)
MODERATE = np.concatenate([np.linspace(-300.0, 30.0, 100), SEAMS])
#: Between what is used every day and what only decades are looked at of.
FAR = -np.geomspace(300.0, 1e6, 40)


def _exact(z):
    """Log h and Phi / h with as many digits as it takes.

    1 + z R cancels to 1 / z^2, and exp(-z^2 / 2) has an exponent as long as z^2.
    """
    exponent = max(0, int(mpmath.log10(abs(z) + 1)))
    with mpmath.workdps(60 + 4 * exponent):
        z = mpmath.mpf(float(z))
        Phi = mpmath.erfc(-z / mpmath.sqrt(2)) / 2
        h = mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi) + z * Phi
        return float(mpmath.log(h)), float(Phi / h)


@pytest.mark.parametrize("z", MODERATE)
def test_log_h_is_exact_where_it_is_used(z):
    """Value and derivative have nearly all digits, at the seams as well."""
    value, derivative = log_h(np.array([z]))
    expected, expected_derivative = _exact(z)
    assert value[0] == pytest.approx(expected, rel=1e-13, abs=1e-14)
    assert derivative[0] == pytest.approx(expected_derivative, rel=1e-10)


@pytest.mark.parametrize("z", np.concatenate([WIDE, FAR]))
def test_log_h_is_exact_far_out(z):
    """The arguments span 200 orders of magnitude, on both sides."""
    value, derivative = log_h(np.array([z]))
    expected, expected_derivative = _exact(z)
    assert value[0] == pytest.approx(expected, rel=1e-14)
    assert derivative[0] == pytest.approx(expected_derivative, rel=1e-12)


def test_log_h_is_finite_and_increasing():
    """From -1e100 to 1e100 the value is finite and never falls."""
    value, derivative = log_h(WIDE)
    assert np.isfinite(value).all()
    assert np.isfinite(derivative).all()
    assert (np.diff(value) >= 0.0).all()
    assert (derivative > 0.0).all()


def _around(z, n=2000):
    """The n numbers next to z on either side, which differ in the last digit."""
    return z + np.spacing(abs(z)) * np.arange(-n, n + 1)


@pytest.mark.parametrize(
    "z",
    [
        -np.geomspace(1e100, 1e-100, 200_001),
        np.geomspace(1e-100, 1e100, 200_001),
        np.linspace(-310.0, 40.0, 200_001),
        *(np.linspace(seam - 1e-3, seam + 1e-3, 50_001) for seam in (-1.0, -100.0)),
        *(_around(seam) for seam in (-1.0, -100.0)),
    ],
    ids=["below 0", "above 0", "usual", "-1", "-100", "digits of -1", "digits of -100"],
)
def test_log_h_does_not_fall_between_neighbours(z):
    """The value falls by last digits at most, on dense grids and across the seams."""
    value, derivative = log_h(z)
    # Values near zero are as exact as the terms they are made of.
    digits = 8.0 * np.spacing(np.maximum(np.abs(value), 1.0))
    assert (np.diff(value) >= -digits[1:]).all()
    # The slope falls everywhere: h is log-concave.
    assert (np.diff(derivative) <= 1e-11 * derivative[1:]).all()


def test_log_h_takes_infinities():
    """Infinite arguments give the value at the largest finite one."""
    value, derivative = log_h(np.array([-np.inf, np.inf]))
    expected = log_h(np.array([-1e150, 1e150]))
    np.testing.assert_allclose(value, expected[0], rtol=1e-12)
    np.testing.assert_allclose(derivative, expected[1], rtol=1e-12)


def test_log_h_keeps_the_shape():
    """Matrices come back as matrices."""
    z = np.linspace(-200.0, 3.0, 12).reshape(3, 4)
    value, derivative = log_h(z)
    assert value.shape == derivative.shape == (3, 4)
    np.testing.assert_array_equal(value[1], log_h(z[1])[0])


@pytest.mark.parametrize("z", [-1e4, -50.0, -1.0, -1e-9, 0.0, 0.5, 5.0, 30.0])
def test_log_phi_ratio_is_exact(z):
    """The inverse Mills ratio has nearly all digits on both sides."""
    with mpmath.workdps(80):
        exact = mpmath.npdf(z) / (mpmath.erfc(-mpmath.mpf(z) / mpmath.sqrt(2)) / 2)
        expected = float(exact)
    assert log_phi_ratio(np.array([z]))[0] == pytest.approx(expected, rel=1e-12)

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


def _exact(z):
    """Log h and Phi / h with as many digits as it takes."""
    with mpmath.workdps(60 + 2 * max(0, int(mpmath.log10(abs(z) + 1)))):
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


@pytest.mark.parametrize(
    "z", [-1e100, -1e30, -1e8, -1e4, -1e-100, 1e-100, 1e2, 1e10, 1e100]
)
def test_log_h_is_exact_far_out(z):
    """200 orders of magnitude out the asymptotes hold."""
    value, derivative = log_h(np.array([z]))
    if z < -1e3:  # log h = -z^2 / 2 - log(2 pi) / 2 - 2 log|z| to first order
        expected = -0.5 * z * z - 0.5 * np.log(2 * np.pi) - 2 * np.log(-z)
        assert value[0] == pytest.approx(expected, rel=1e-7)
        assert derivative[0] == pytest.approx(-z, rel=1e-6)
    else:
        expected, expected_derivative = _exact(z)
        assert value[0] == pytest.approx(expected, rel=1e-14)
        assert derivative[0] == pytest.approx(expected_derivative, rel=1e-13)


def test_log_h_is_finite_and_increasing():
    """From -1e100 to 1e100 the value is finite and never falls."""
    value, derivative = log_h(WIDE)
    assert np.isfinite(value).all()
    assert np.isfinite(derivative).all()
    assert (np.diff(value) >= 0.0).all()
    assert (derivative > 0.0).all()


def test_log_h_takes_infinities():
    """Infinite arguments give the value at the largest finite one."""
    value, derivative = log_h(np.array([-np.inf, np.inf]))
    assert np.isfinite(value).all()
    assert np.isfinite(derivative).all()


def test_shape_is_kept():
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

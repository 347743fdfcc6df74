"""Is the warp a distribution function, and are its derivatives right?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp.warping import log_clipped, warp, warp_with_derivatives

EXPONENTS = [(1.0, 1.0), (0.2, 5.0), (5.0, 0.2), (0.2, 0.2), (5.0, 5.0), (1.3, 0.8)]


@pytest.mark.parametrize(("a", "b"), EXPONENTS)
def test_warp_goes_from_0_to_1(a, b):
    """The warp increases, from about 0 to about 1."""
    w = warp(log_clipped(np.linspace(0.0, 1.0, 101)), np.array(a), np.array(b))
    assert (np.diff(w) >= 0.0).all()
    assert w[0] < 0.3
    assert w[-1] > 0.7
    assert (w >= 0.0).all()
    assert (w <= 1.0).all()


def test_warp_does_nothing_with_exponents_of_1():
    """The points stay where they are if a = b = 1."""
    u = np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(
        warp(log_clipped(u), np.ones(1), np.ones(1)), u, rtol=1e-13
    )


@pytest.mark.parametrize(("a", "b"), EXPONENTS)
def test_warp_with_derivatives_has_those_of_the_warp(a, b):
    """Derivatives in u, log a and log b agree with finite differences."""
    u = np.linspace(0.02, 0.98, 40)
    log_a, log_b, step = np.log(a), np.log(b), 1e-6

    def w(du=0.0, da=0.0, db=0.0):
        return warp(log_clipped(u + du), np.exp(log_a + da), np.exp(log_b + db))

    warped = warp_with_derivatives(log_clipped(u), np.array(a), np.array(b))
    np.testing.assert_allclose(warped.w, w(), rtol=1e-12, atol=1e-15)
    for name, by in (("du", "by_u"), ("da", "by_log_a"), ("db", "by_log_b")):
        difference = (w(**{name: step}) - w(**{name: -step})) / (2.0 * step)
        np.testing.assert_allclose(
            getattr(warped, by), difference, rtol=1e-6, atol=1e-8
        )

"""Is the kernel Matern-5/2, and its slope the derivative?"""

from __future__ import annotations

import numpy as np

from skbayes._gp.matern import (
    augment_left,
    augment_right,
    matern,
    matern_with_slope,
    squared_distances,
)


def test_matern_is_the_formula():
    """Values follow the definition, with and without slopes."""
    s = np.linspace(0.0, 30.0, 200)
    expected = 2.0 * (1.0 + s + s**2 / 3.0) * np.exp(-s)
    np.testing.assert_allclose(matern(s**2, np.log(2.0)), expected, rtol=1e-13)
    kernel = matern_with_slope(s**2, np.log(2.0))
    np.testing.assert_allclose(kernel.value, expected, rtol=1e-13)


def test_matern_with_slope_has_the_derivative():
    """Minus a sixth of the slope is the derivative in the squared distance."""
    squares, step = np.linspace(0.1, 20.0, 50), 1e-5
    difference = matern(squares + step, 0.3) - matern(squares - step, 0.3)
    slope = matern_with_slope(squares.copy(), 0.3).slope
    np.testing.assert_allclose(-slope / 6.0, difference / (2.0 * step), rtol=1e-7)


def test_squared_distances_are_distances():
    """One matrix product gives all squared distances, none of them negative."""
    rng = np.random.default_rng(0)
    Z, other = rng.standard_normal((5, 3)), rng.standard_normal((4, 3))
    squares = squared_distances(augment_left(Z), augment_right(other))
    expected = np.square(Z[:, None] - other[None]).sum(axis=2)
    np.testing.assert_allclose(squares, expected, rtol=1e-12)
    assert (squared_distances(augment_left(Z), augment_right(Z)) >= 0.0).all()

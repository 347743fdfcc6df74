"""Do climbs reach the top, all at once, inside the cube?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._acquisition.ascent import ascend


class Hill:
    """A narrow curved ridge with its top at `top`."""

    def __init__(self, top):
        self.top = np.asarray(top)
        self.n_calls = 0

    def __call__(self, X):
        """Values and gradients."""
        self.n_calls += 1
        d = X - self.top
        bent = d[:, 1] - 2.0 * d[:, 0] ** 2
        value = -3.0 * d[:, 0] ** 2 - 30.0 * bent**2
        gradient = np.zeros_like(X)
        gradient[:, 0] = -6.0 * d[:, 0] + 240.0 * bent * d[:, 0]
        gradient[:, 1] = -60.0 * bent
        return value, gradient


def _free(X):
    """All columns may move."""
    return np.ones(X.shape, dtype=bool)


def test_ascend_reaches_the_top_from_all_starts():
    """The climbs end on top from anywhere, in fewer calls than one each."""
    hill = Hill([0.4, 0.6, 0.5])
    X = np.random.default_rng(0).random((20, 3))
    ended, values = ascend(hill, X, _free(X), np.ones(3), 100)
    np.testing.assert_allclose(values, 0.0, atol=1e-3)
    np.testing.assert_allclose(ended[:, :2], [[0.4, 0.6]] * 20, atol=0.03)
    np.testing.assert_array_equal(ended[:, 2], X[:, 2])
    assert hill.n_calls <= 101


def test_ascend_together_equals_alone():
    """A climb does not depend on the others beside it."""
    X = np.random.default_rng(1).random((5, 2))
    together, _ = ascend(Hill([0.4, 0.6]), X, _free(X), np.ones(2), 30)
    for x, ended in zip(X, together, strict=True):
        alone, _ = ascend(Hill([0.4, 0.6]), x[None], _free(x[None]), np.ones(2), 30)
        np.testing.assert_allclose(alone[0], ended, rtol=1e-10)


def test_ascend_meets_a_top_outside_at_the_edge():
    """The climbs end at the edge, never beyond."""
    X = np.random.default_rng(2).random((10, 2))
    ended, _ = ascend(Hill([1.3, 0.9]), X, _free(X), np.ones(2), 60)
    assert (ended >= 0.0).all()
    assert (ended <= 1.0).all()
    best = ended[np.argmax(Hill([1.3, 0.9])(ended)[0])]
    assert best[0] == 1.0


def test_ascend_leaves_held_columns():
    """Columns that are not free keep their value, also one outside the cube."""
    X = np.random.default_rng(3).random((6, 2))
    X[:3, 0] = [-1.0, 2.0, 0.3]
    is_free = _free(X)
    is_free[:3, 0] = False
    ended, _ = ascend(Hill([0.5, 0.5]), X, is_free, np.ones(2), 30)
    np.testing.assert_array_equal(ended[:3, 0], X[:3, 0])
    assert (ended[3:, 0] != X[3:, 0]).all()


def test_ascend_never_ends_lower_than_it_began():
    """Even a few iterations never lose height."""
    X = np.random.default_rng(4).random((10, 2))
    before = Hill([0.2, 0.9])(X)[0]
    _, values = ascend(Hill([0.2, 0.9]), X, _free(X), np.array([1.0, 1e-4]), 3)
    assert (values >= before).all()


@pytest.mark.parametrize("bad", [np.nan, -np.inf])
def test_ascend_leaves_starts_without_a_value(bad):
    """Where the function is undefined there is no climb, and no error."""

    def function(X):
        return np.full(len(X), bad), np.zeros_like(X)

    X = np.full((2, 2), 0.5)
    ended, _ = ascend(function, X, _free(X), np.ones(2), 5)
    np.testing.assert_array_equal(ended, X)

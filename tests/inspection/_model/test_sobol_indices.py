"""Are the indices of known functions what the textbooks say?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes.inspection._model.sobol_indices import sobol_indices
from skbayes.space._parsing import parse_space


def estimate(function, space, *, n_samples=1024, groups=None, seed=0):
    """Indices of one function of encoded points."""
    return sobol_indices(
        lambda U: function(U)[:, None],
        space.from_unit,
        space.active,
        groups or [(j,) for j in range(space.n_columns)],
        n_columns=space.n_columns,
        n_samples=n_samples,
        rng=np.random.default_rng(seed),
    )


def unit_space(n_columns):
    """A space of uniform numbers."""
    return parse_space({f"x{j}": (0.0, 1.0, "uniform") for j in range(n_columns)})


def ishigami(U):
    """Ishigami and Homma's function with a = 7, b = 0.1."""
    a, b, c = (2.0 * U.T - 1.0) * np.pi
    return np.sin(a) + 7.0 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)


def test_sobol_indices_of_ishigami():
    """The test function has known first-order and total indices."""
    found = estimate(ishigami, unit_space(3), n_samples=4096)
    expected_total, expected_first = [0.5576, 0.4424, 0.2437], [0.3139, 0.4424, 0.0]
    np.testing.assert_allclose(found.total[:, 0], expected_total, atol=0.01)
    np.testing.assert_allclose(found.first_order[:, 0], expected_first, atol=0.01)
    np.testing.assert_array_equal(found.active_fraction, 1.0)


def test_sobol_indices_of_the_g_function():
    """All orders of interaction take part in a product of four factors."""
    a = np.array([0.0, 1.0, 4.5, 9.0])

    def g_function(U):
        return np.prod((np.abs(4.0 * U - 2.0) + a) / (1.0 + a), axis=1)

    own = (1.0 / 3.0) / (1.0 + a) ** 2
    variance = np.prod(1.0 + own) - 1.0
    total = own * np.prod(1.0 + own) / (1.0 + own) / variance
    found = estimate(g_function, unit_space(4), n_samples=4096)
    np.testing.assert_allclose(found.total[:, 0], total, atol=0.02)
    np.testing.assert_allclose(found.first_order[:, 0], own / variance, atol=0.02)


def test_sobol_indices_of_an_additive_function_agree():
    """First-order and total indices agree and sum to one."""
    found = estimate(lambda U: 2.0 * U[:, 0] + U[:, 1], unit_space(3))
    np.testing.assert_allclose(found.total[:, 0], [0.8, 0.2, 0.0], atol=0.01)
    np.testing.assert_allclose(found.first_order[:, 0], [0.8, 0.2, 0.0], atol=0.01)


def test_sobol_indices_of_what_does_nothing_are_exactly_zero():
    """A column the function does not look at has no sampling noise."""
    found = estimate(lambda U: ishigami(U[:, :3]), unit_space(4), n_samples=8)
    assert found.total[3, 0] == 0.0
    assert found.first_order[3, 0] == 0.0


def test_sobol_indices_of_a_constant_function_are_none():
    """There is no variance to share."""
    found = estimate(lambda U: np.zeros(len(U)), unit_space(2))
    assert np.isnan(found.total).all()


def test_sobol_indices_exchange_groups_together():
    """The index of all columns together is one."""
    found = estimate(ishigami, unit_space(3), groups=[(0, 2), (0, 1, 2)])
    np.testing.assert_allclose(found.total[:, 0], [0.5576, 1.0], atol=0.03)


@pytest.mark.parametrize("n_samples", [512, 2048])
def test_sobol_indices_of_a_column_that_exists_in_half_of_the_space(n_samples):
    """Branch 0: x; branch 1: 2. The variance splits by hand.

    With x uniform: mean 1/2 or 2, the total variance is 1/24 + 9/16; x has a part in
    1/24 of it, the branch in all.
    """
    space = parse_space([{"x": (0.0, 1.0, "uniform"), "k": [1]}, {"k": [2]}])
    found = estimate(
        lambda U: np.where(U[:, 0] == 0, U[:, 1], 2.0), space, n_samples=n_samples
    )
    whole = 1 / 24 + 9 / 16
    # The branch: E Var(f | x) = E (2 - x)^2 / 4 = 7 / 12.
    expected = [(7 / 12) / whole, (1 / 24) / whole]
    np.testing.assert_allclose(found.total[:, 0], expected, atol=0.02)
    np.testing.assert_allclose(found.active_fraction, [1.0, 0.5], atol=0.01)
    # Where x exists it is all there is.
    assert found.total_when_active[1, 0] == pytest.approx(1.0, abs=0.02)


def test_sobol_indices_of_several_functions_at_once():
    space = unit_space(2)
    found = sobol_indices(
        lambda U: U,
        space.from_unit,
        space.active,
        [(0,), (1,)],
        n_columns=2,
        n_samples=64,
        rng=np.random.default_rng(0),
    )
    np.testing.assert_allclose(found.total, np.eye(2), atol=1e-12)

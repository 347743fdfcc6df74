"""Does the minimiser find minima in a box, and hand its curvature on?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import lsq_linear, minimize, rosen, rosen_der

from skbayes._gp.box_bfgs import definite, minimize_in_box


def minimized(function, x, bounds, **settings):
    """Where it ends, from the unit matrix unless something else is given."""
    start = {"inverse_hessian": np.eye(len(x)), "prior": np.eye(len(x))}
    start |= {"flat": 1e-6, "max_iterations": 300}
    return minimize_in_box(function, np.asarray(x), bounds, **start | settings)


def rosenbrock(x):
    """A curved valley with its bottom at 1."""
    return rosen(x), rosen_der(x)


class Bowl:
    """Half the squared residual of linear equations, counting its calls."""

    def __init__(self, seed, n=6):
        rng = np.random.default_rng(seed)
        self.A = rng.normal(size=(n + 3, n))
        self.b = rng.normal(size=n + 3)
        self.n_calls = 0

    def __call__(self, x):
        """Value and gradient."""
        self.n_calls += 1
        residual = self.A @ x - self.b
        return 0.5 * float(residual @ residual), self.A.T @ residual


@pytest.mark.parametrize("n", [2, 5, 10])
@pytest.mark.parametrize("high", [2.0, 0.7, 0.3])
def test_minimize_in_box_finds_the_minimum_of_lbfgsb(n, high):
    """The bounds may cut the valley off or not."""
    bounds = np.tile([-2.0, high], (n, 1))
    x = np.full(n, -1.0)
    oracle = minimize(rosenbrock, x, jac=True, method="L-BFGS-B", bounds=bounds)
    found = minimized(rosenbrock, x, bounds)
    assert found.value == pytest.approx(oracle.fun, abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_minimize_in_box_of_a_bowl_is_bounded_least_squares(seed):
    """Several bounds are active at once; SciPy's active-set method is the oracle."""
    bowl, bounds = Bowl(seed), np.tile([-0.1, 0.1], (6, 1))
    oracle = lsq_linear(bowl.A, bowl.b, bounds=bounds.T, method="bvls")
    found = minimized(bowl, np.zeros(6), bounds)
    np.testing.assert_allclose(found.x, oracle.x, atol=1e-5)
    assert np.any(np.abs(oracle.x) == 0.1)


def test_minimize_in_box_looks_at_points_in_the_box_only():
    """No value is that of a point which cannot be returned."""
    bounds, seen = np.array([[-0.5, 0.2], [-1.0, 3.0]]), []

    def watched(x):
        seen.append(x)
        return rosenbrock(x)

    minimized(watched, [0.0, 2.0], bounds)
    points = np.array(seen)
    np.testing.assert_array_equal(points, np.clip(points, *bounds.T))


@pytest.mark.parametrize("max_iterations", [0, 1, 3, 30])
@pytest.mark.parametrize("seed", range(5))
def test_minimize_in_box_value_is_never_above_the_start(seed, max_iterations):
    """The value is that of the point, also if the first curvature is badly wrong."""
    x = np.random.default_rng(seed).uniform(-2.0, 2.0, 4)
    bounds = np.tile([-2.0, 2.0], (4, 1))
    found = minimized(
        rosenbrock,
        x,
        bounds,
        inverse_hessian=100.0 * np.eye(4),
        max_iterations=max_iterations,
    )
    assert found.value == rosenbrock(found.x)[0]
    assert found.value <= rosenbrock(x)[0]


def test_minimize_in_box_saves_evaluations_by_a_known_curvature():
    """A bowl that moved a little is done in a few steps."""
    bowl, bounds = Bowl(0), np.tile([-9.0, 9.0], (6, 1))
    first = minimized(bowl, np.zeros(6), bounds)
    bowl.b, bowl.n_calls = bowl.b + 0.05, 0
    minimized(bowl, first.x, bounds)
    n_without, bowl.n_calls = bowl.n_calls, 0
    minimized(bowl, first.x, bounds, inverse_hessian=first.inverse_hessian)
    assert bowl.n_calls < 0.5 * n_without


def test_minimize_in_box_learns_the_inverse_hessian_of_a_bowl():
    """BFGS ends with the inverse of the matrix of the bowl."""
    bowl, bounds = Bowl(1, n=3), np.tile([-9.0, 9.0], (3, 1))
    found = minimized(bowl, np.zeros(3), bounds, flat=1e-10)
    np.testing.assert_allclose(
        found.inverse_hessian, np.linalg.inv(bowl.A.T @ bowl.A), rtol=0.01
    )


def test_minimize_in_box_avoids_where_there_is_no_value():
    """Beyond 0.5 the function is infinite: the climb ends on this side."""

    def cliff(x):
        if x[0] > 0.5:
            return np.inf, np.zeros(1)
        return -float(x[0]), np.array([-1.0])

    found = minimized(cliff, [0.0], np.array([[-1.0, 1.0]]))
    assert 0.4 < found.x[0] <= 0.5
    assert found.value == -found.x[0]


def test_minimize_in_box_returns_a_start_without_a_value():
    """The descent has no direction to go."""
    found = minimized(
        lambda x: (np.inf, np.zeros(2)), np.ones(2), np.array([[0, 2]] * 2)
    )
    np.testing.assert_array_equal(found.x, 1.0)
    assert found.value == np.inf


@pytest.mark.parametrize(
    "learned",
    [np.diag([1.0, -1e-9]), np.ones((2, 2)), np.full((2, 2), np.nan)],
    ids=["indefinite", "singular", "not a number"],
)
def test_definite_forgets_curvature_lost_to_rounding(learned):
    """What a minimisation cannot start from is replaced, what it can is kept."""
    prior = np.diag([1.0, 4.0])
    assert definite(learned, otherwise=prior) is prior
    assert definite(prior, otherwise=learned) is prior


@pytest.mark.parametrize("learned", [-np.eye(4), np.zeros((4, 4))])
def test_minimize_in_box_replaces_a_useless_curvature(learned):
    """A direction that does not lead down is not the end."""
    x, bounds = np.full(4, -1.0), np.tile([-2.0, 2.0], (4, 1))
    found = minimized(rosenbrock, x, bounds, inverse_hessian=learned)
    assert found.value == pytest.approx(0.0, abs=1e-6)

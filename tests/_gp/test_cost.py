"""Does the cost model learn what makes fits slow?"""

from __future__ import annotations

import numpy as np

from skbayes._gp import fit_cost
from tests._gp.conftest import LAYOUTS, draw


def test_fit_cost_gives_the_mean_of_few_trials():
    """With fewer than six trials the prediction is constant."""
    layout = LAYOUTS["mixed"]
    U = draw(layout, 5, np.random.default_rng(0))
    model = fit_cost(layout, U, np.array([1.0, 2.0, 4.0, 8.0, 16.0]))
    mean, variance = model.predict(draw(layout, 7, np.random.default_rng(1)))
    np.testing.assert_allclose(mean, np.log(4.0))
    assert (variance > 0.1).all()


def test_fit_cost_learns_log_linear_costs(problem):
    """Costs that depend on one column and on which columns are active are found."""
    layout, rng = problem.layout, np.random.default_rng(2)
    U = draw(layout, 120, rng)

    def log_seconds(U):
        codes = 0.3 * (U[:, layout.categorical[:1]] == 1).sum(axis=1)
        return 2.0 * U[:, layout.numeric[:1]].sum(axis=1) + codes

    model = fit_cost(layout, U, np.exp(log_seconds(U)))
    new = draw(layout, 50, rng)
    mean, variance = model.predict(new)
    assert np.abs(mean - log_seconds(new)).max() < 0.15
    assert (variance < 0.05).all()


def test_cost_model_mean_gradient_is_that_of_the_mean(problem):
    """The gradient agrees with differences, and is zero where nothing can move."""
    layout, rng = problem.layout, np.random.default_rng(3)
    U = problem.U
    model = fit_cost(layout, U, np.exp(rng.standard_normal(len(U))))
    gradient = model.mean_gradient(U)
    movable = (layout.n_levels == 0) & layout.activity(U)
    np.testing.assert_array_equal(gradient[~movable], 0.0)
    for j in layout.numeric:
        e = 1e-6 * np.eye(layout.n_columns)[j]
        difference = (model.predict(U + e)[0] - model.predict(U - e)[0]) / 2e-6
        np.testing.assert_allclose(
            gradient[:, j], np.where(movable[:, j], difference, 0.0), atol=1e-7
        )


def test_fit_cost_takes_zero_for_a_microsecond():
    """A clock too coarse to see a fit does no harm."""
    layout = LAYOUTS["numeric"]
    U = draw(layout, 10, np.random.default_rng(0))
    mean, variance = fit_cost(layout, U, np.zeros(10)).predict(U)
    np.testing.assert_allclose(mean, np.log(1e-6))
    assert (variance > 0.0).all()

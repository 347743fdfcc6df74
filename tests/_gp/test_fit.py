"""Does a fit find good hyperparameters, from any start and on hard data?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from skbayes._gp import Fit, default_hyperparameters, fit_hyperparameters
from skbayes._gp.fit import definite, warpable
from skbayes._gp.hyperparameters import ParameterVector
from skbayes._gp.likelihood import NegativeLogPosterior
from tests._gp.conftest import LAYOUTS, draw


def _value(problem, hyperparameters):
    """Negative log posterior of `hyperparameters`."""
    objective = NegativeLogPosterior(
        problem.layout,
        problem.U,
        problem.y,
        problem.extra_noise,
        warpable(problem.layout, problem.U),
    )
    return objective(objective.parameters.pack(hyperparameters))[0]


def test_fit_is_better_than_its_start(problem):
    """The fit is more probable than the default, and than a start given."""
    layout, U, y, noise = problem.layout, problem.U, problem.y, problem.extra_noise
    default = default_hyperparameters(layout)
    fitted = fit_hyperparameters(layout, U, y, noise)
    value = _value(problem, fitted.hyperparameters)
    assert value < _value(problem, default)
    refitted = fit_hyperparameters(layout, U, y, noise, start=fitted)
    assert _value(problem, refitted.hyperparameters) <= value + 1e-9


def test_restart_leaves_a_bad_start_behind(problem):
    """With a restart a hopeless start does no harm."""
    layout, U, y, noise = problem.layout, problem.U, problem.y, problem.extra_noise
    bad = replace(default_hyperparameters(layout), log_noise_variance=1.0)
    bad = replace(bad, log_lengthscales=np.full(layout.n_columns, np.log(200.0)))
    others = ~warpable(layout, U)  # so that nothing is taken over but the place
    fitted, from_default = (
        fit_hyperparameters(
            layout, U, y, noise, start=Fit(begin, others, np.eye(0)), restart=restart
        ).hyperparameters
        for begin, restart in ((bad, True), (default_hyperparameters(layout), False))
    )
    assert _value(problem, fitted) <= _value(problem, from_default) + 1e-9


def test_column_that_matters_gets_the_shorter_lengthscale():
    """A column the targets depend on varies faster than one they do not."""
    layout = replace(LAYOUTS["numeric"], is_logarithmic=np.zeros(3, dtype=bool))
    U = draw(layout, 40, np.random.default_rng(0))
    y = np.sin(6.0 * U[:, 1])
    fitted = fit_hyperparameters(layout, U, (y - y.mean()) / y.std()).hyperparameters
    assert fitted.log_lengthscales[1] < fitted.log_lengthscales[[0, 2]].min() - 1.0


def test_nothing_is_warped_before_there_is_something_to_learn():
    """With few trials or few distinct values warps stay at one."""
    layout = LAYOUTS["mixed"]
    U = draw(layout, 20, np.random.default_rng(0))
    U[:, 2] = np.round(U[:, 2])
    np.testing.assert_array_equal(warpable(layout, U), [True, False, False, False])
    assert not warpable(layout, U[:7]).any()


@pytest.mark.parametrize(
    "y",
    [np.zeros(12), np.r_[1.0, np.zeros(11)], np.r_[1e6, np.zeros(11)]],
    ids=["constant", "one different", "outlier"],
)
def test_hard_targets_give_finite_hyperparameters(y):
    """Degenerate targets neither raise nor give NaN."""
    layout = LAYOUTS["mixed"]
    U = draw(layout, 12, np.random.default_rng(0))
    fitted = fit_hyperparameters(layout, U, y).hyperparameters
    assert np.isfinite(fitted.log_lengthscales).all()
    assert np.isfinite(fitted.noise_variance)


def test_points_all_the_same_are_no_obstacle():
    """Trials at one single point can be fitted."""
    layout = LAYOUTS["numeric"]
    y = np.random.default_rng(0).standard_normal(10)
    fitted = fit_hyperparameters(layout, np.full((10, 3), 0.5), y).hyperparameters
    assert np.isfinite(fitted.log_signal_variance)


def test_many_trials_are_fitted_on_a_subset():
    """More than 256 trials give what their chosen subset gives."""
    from skbayes._gp import choose_rows

    layout = LAYOUTS["numeric"]
    U = draw(layout, 300, np.random.default_rng(0))
    y = np.sin(6.0 * U[:, 1])
    rows = choose_rows(U, y, n_rows=256)
    whole, part = (
        fit_hyperparameters(layout, U_, y_, max_iterations=5).hyperparameters
        for U_, y_ in ((U, y), (U[rows], y[rows]))
    )
    np.testing.assert_array_equal(whole.log_lengthscales, part.log_lengthscales)


def test_a_fit_takes_over_the_curvature_of_the_last(problem, monkeypatch):
    """With one trial more, knowing the curvature saves evaluations."""
    layout, U, y, noise = problem.layout, problem.U, problem.y, problem.extra_noise
    last = fit_hyperparameters(layout, U[:-1], y[:-1], noise[:-1])
    evaluate, calls = NegativeLogPosterior.__call__, []
    monkeypatch.setattr(
        NegativeLogPosterior,
        "__call__",
        lambda self, theta: calls.append(theta) or evaluate(self, theta),
    )
    fit_hyperparameters(layout, U, y, noise, start=last)
    n_with, calls[:] = len(calls), []
    forgetful = replace(last, is_warped=~last.is_warped)
    fit_hyperparameters(layout, U, y, noise, start=forgetful)
    assert n_with < len(calls)


@pytest.mark.parametrize(
    "learned",
    [np.diag([1.0, -1e-9]), np.ones((2, 2)), np.full((2, 2), np.nan)],
    ids=["indefinite", "singular", "not a number"],
)
def test_curvature_lost_to_rounding_is_forgotten(learned):
    """What BFGS cannot start from is replaced, what it can is kept."""
    prior = np.diag([1.0, 4.0])
    assert definite(learned, otherwise=prior) is prior
    assert definite(prior, otherwise=learned) is prior


def test_hyperparameters_are_within_their_bounds():
    """Targets that want extreme ones get those at the bounds, not beyond."""
    layout = LAYOUTS["numeric"]
    U = draw(layout, 60, np.random.default_rng(0))
    y = 1e4 * np.sign(U[:, 0] - 0.5)  # far from standardised
    fitted = fit_hyperparameters(layout, U, y)
    p = ParameterVector(layout, fitted.is_warped)
    theta = p.pack(fitted.hyperparameters)
    assert fitted.hyperparameters.log_signal_variance == p.bounds[p.signal, 1]
    np.testing.assert_array_equal(theta, np.clip(theta, *p.bounds.T))

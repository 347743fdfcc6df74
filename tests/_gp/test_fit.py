"""Does a fit find good hyperparameters, from any start and on hard data?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from skbayes._gp import Fit, choose_rows, default_hyperparameters, fit_hyperparameters
from skbayes._gp.fit import warpable
from skbayes._gp.hyperparameters import ParameterVector
from skbayes._gp.likelihood import NegativeLogPosterior
from tests._gp.conftest import LAYOUTS, TARGETS, draw, make_problem


@pytest.fixture(params=[(name, kind) for name in LAYOUTS for kind in TARGETS])
def problem(request):
    """Trials in each kind of space with targets of each kind."""
    name, kind = request.param
    return make_problem(LAYOUTS[name], kind)


def _objective(problem):
    """Negative log posterior of hyperparameters, as a vector."""
    is_warped = warpable(problem.layout, problem.U)
    return NegativeLogPosterior(
        problem.layout, problem.U, problem.y, problem.extra_noise, is_warped
    )


def _value(problem, hyperparameters):
    """Negative log posterior of `hyperparameters`."""
    objective = _objective(problem)
    return objective(objective.parameters.pack(hyperparameters))[0]


def _drawn_starts(problem, n):
    """Fits to start from, anywhere in the box, with no curvature of their own."""
    objective, rng = _objective(problem), np.random.default_rng(5)
    p = objective.parameters
    low, high = p.bounds.T
    for _ in range(n):
        theta = low + rng.random(len(low)) * (high - low)
        yield Fit(p.unpack(theta), objective.is_warped, p.covariance)


def _fit(problem, n=None, **settings):
    """Fit to the first n trials."""
    rows = problem.U[:n], problem.y[:n], problem.extra_noise[:n]
    return fit_hyperparameters(problem.layout, *rows, **settings)


def test_fit_hyperparameters_is_better_than_its_start(problem):
    """The fit is more probable than the default, and than a start given."""
    fitted = _fit(problem)
    value = _value(problem, fitted.hyperparameters)
    assert value < _value(problem, default_hyperparameters(problem.layout))
    refitted = _fit(problem, start=fitted)
    assert _value(problem, refitted.hyperparameters) <= value


@pytest.mark.parametrize("max_iterations", [0, 2, 50])
def test_fit_hyperparameters_never_ends_worse_than_any_start(problem, max_iterations):
    """The start is anywhere in the box, and the fit may have to end early."""
    for start in _drawn_starts(problem, 2):
        fitted = _fit(problem, start=start, max_iterations=max_iterations)
        value = _value(problem, fitted.hyperparameters)
        assert value <= _value(problem, start.hyperparameters)


def test_fit_hyperparameters_never_ends_worse_as_trials_come_in(problem):
    """Each fit starts from the last, with its curvature, as in a search."""
    last = _fit(problem, 8)
    for n in range(10, len(problem.y) + 1, 5):
        rows = problem.U[:n], problem.y[:n], problem.extra_noise[:n]
        part = replace(problem, U=rows[0], y=rows[1], extra_noise=rows[2])
        fitted = _fit(part, start=last)
        value = _value(part, fitted.hyperparameters)
        assert value <= _value(part, last.hyperparameters)
        last = fitted


def test_fit_hyperparameters_ends_where_scipy_finds_nothing_better(problem):
    """L-BFGS-B, started at the end of a fit, gains next to nothing."""
    objective = _objective(problem)
    p = objective.parameters
    theta = p.pack(_fit(problem).hyperparameters)
    oracle = minimize(objective, theta, jac=True, method="L-BFGS-B", bounds=p.bounds)
    assert objective(theta)[0] <= oracle.fun + 0.02


def test_fit_hyperparameters_leaves_a_bad_start_behind(problem):
    """With a restart a bad start does no harm."""
    layout = problem.layout
    bad = replace(default_hyperparameters(layout), log_noise_variance=1.0)
    bad = replace(bad, log_lengthscales=np.full(layout.n_columns, np.log(200.0)))
    others = ~warpable(layout, problem.U)  # so that only the place is taken over
    fitted, from_default = (
        _fit(problem, start=Fit(begin, others, np.eye(0)), restart=restart)
        for begin, restart in ((bad, True), (default_hyperparameters(layout), False))
    )
    assert _value(problem, fitted.hyperparameters) <= _value(
        problem, from_default.hyperparameters
    )


def test_fit_hyperparameters_gives_what_matters_shorter_lengthscales():
    """A column the targets depend on varies faster than one they do not."""
    layout = replace(LAYOUTS["numeric"], is_logarithmic=np.zeros(3, dtype=bool))
    U = draw(layout, 40, np.random.default_rng(0))
    y = np.sin(6.0 * U[:, 1])
    fitted = fit_hyperparameters(layout, U, (y - y.mean()) / y.std()).hyperparameters
    assert fitted.log_lengthscales[1] < fitted.log_lengthscales[[0, 2]].min() - 1.0


def test_warpable_is_nothing_before_there_is_something_to_learn():
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
def test_fit_hyperparameters_of_hard_targets_is_most_probable(y):
    """Degenerate targets end as well as a bounded optimiser of SciPy ends."""
    layout = LAYOUTS["mixed"]
    U = draw(layout, 12, np.random.default_rng(0))
    fitted = fit_hyperparameters(layout, U, y).hyperparameters
    objective = NegativeLogPosterior(layout, U, y, np.zeros(12), warpable(layout, U))
    p = objective.parameters
    start = p.pack(default_hyperparameters(layout))
    oracle = minimize(objective, start, jac=True, method="L-BFGS-B", bounds=p.bounds)
    assert objective(p.pack(fitted))[0] <= oracle.fun + 1e-3 * abs(oracle.fun)


def test_fit_hyperparameters_of_equal_points_keeps_lengthscales():
    """Targets at one point say nothing of them, and that they vary is noise."""
    layout = LAYOUTS["numeric"]
    y = np.random.default_rng(0).standard_normal(10)
    fitted = fit_hyperparameters(layout, np.full((10, 3), 0.5), y).hyperparameters
    prior = ParameterVector(layout, np.zeros(3, dtype=bool)).mean
    np.testing.assert_allclose(fitted.log_lengthscales, prior[:3], atol=0.01)
    assert fitted.noise_variance > 0.5 * y.var()


def test_fit_hyperparameters_of_many_trials_takes_a_subset():
    """More than 256 trials give what their chosen subset gives."""
    layout = LAYOUTS["numeric"]
    U = draw(layout, 300, np.random.default_rng(0))
    y = np.sin(6.0 * U[:, 1])
    rows = choose_rows(layout, U, y, n_rows=256)
    whole, part = (
        fit_hyperparameters(layout, U_, y_, max_iterations=5).hyperparameters
        for U_, y_ in ((U, y), (U[rows], y[rows]))
    )
    np.testing.assert_array_equal(whole.log_lengthscales, part.log_lengthscales)


@pytest.mark.parametrize("name", LAYOUTS)
def test_fit_hyperparameters_takes_over_the_curvature_of_the_last(name, monkeypatch):
    """With one trial more, knowing the curvature saves evaluations."""
    problem = make_problem(LAYOUTS[name])
    last = _fit(problem, -1)
    evaluate, calls = NegativeLogPosterior.__call__, []
    monkeypatch.setattr(
        NegativeLogPosterior,
        "__call__",
        lambda self, theta: calls.append(theta) or evaluate(self, theta),
    )
    _fit(problem, start=last)
    n_with, calls[:] = len(calls), []
    _fit(problem, start=replace(last, is_warped=~last.is_warped))
    assert n_with < len(calls)


@pytest.mark.parametrize("kind", TARGETS)
def test_fit_hyperparameters_of_many_columns_never_ends_worse(kind):
    """Beyond 120 hyperparameters no whole Hessian is kept; the promise is the same."""
    layout = replace(
        LAYOUTS["numeric"],
        n_levels=np.zeros(45, dtype=int),
        active=np.ones((1, 45), dtype=bool),
        is_logarithmic=np.zeros(45, dtype=bool),
    )
    problem = make_problem(layout, kind)
    for start in _drawn_starts(problem, 2):
        fitted = _fit(problem, start=start, max_iterations=20)
        value = _value(problem, fitted.hyperparameters)
        assert value <= _value(problem, start.hyperparameters)
        assert value <= _value(problem, default_hyperparameters(layout))


def test_fit_hyperparameters_stays_within_the_bounds():
    """Targets that want extreme ones get those at the bounds, not beyond."""
    layout = LAYOUTS["numeric"]
    U = draw(layout, 60, np.random.default_rng(0))
    y = 1e4 * np.sign(U[:, 0] - 0.5)  # far from standardised
    fitted = fit_hyperparameters(layout, U, y)
    p = ParameterVector(layout, fitted.is_warped)
    theta = p.pack(fitted.hyperparameters)
    assert fitted.hyperparameters.log_signal_variance == p.bounds[p.signal, 1]
    np.testing.assert_array_equal(theta, np.clip(theta, *p.bounds.T))

"""Is the posterior right, by an oracle, by conditioning, and by its gradients?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern

from skbayes._gp import GaussianProcess, default_hyperparameters
from skbayes._gp.embedding import Embedding
from tests._gp.conftest import LAYOUTS, draw


def test_gaussian_process_is_scikit_learns(problem, hyperparameters, gp):
    """Mean and covariance equal GaussianProcessRegressor's on the coordinates."""
    h = hyperparameters
    embedding = Embedding(problem.layout, h)
    oracle = GaussianProcessRegressor(
        ConstantKernel(h.signal_variance, "fixed")
        * Matern(np.sqrt(5.0), "fixed", nu=2.5),
        alpha=h.noise_variance + problem.extra_noise,
        optimizer=None,
    ).fit(embedding.embed(problem.U), problem.y - gp.prior_mean)
    U = problem.points(30, seed=3)
    mean, covariance = oracle.predict(embedding.embed(U), return_cov=True)
    ours, variance = gp.predict(U)
    np.testing.assert_allclose(ours - gp.prior_mean, mean, rtol=1e-7, atol=1e-7)
    np.testing.assert_allclose(variance, np.diag(covariance), rtol=1e-7, atol=1e-8)
    joint_mean, joint_covariance = gp.joint(U)
    np.testing.assert_allclose(joint_mean, ours, rtol=1e-12)
    np.testing.assert_allclose(joint_covariance, covariance, rtol=1e-7, atol=1e-8)


def test_gaussian_process_has_the_posterior_mode_for_its_mean(gp):
    """The constant mean minimises the negative log posterior it is profiled out of."""
    Linv, y = gp.conditioning.Linv, gp.y

    def objective(mu):
        return np.square(Linv @ (y - mu)).sum() + mu**2

    around = [objective(gp.prior_mean + step) for step in (-1e-3, 1e-3)]
    assert objective(gp.prior_mean) < min(around)


def test_gaussian_process_of_a_batch_equals_one_by_one(problem, gp):
    """Predictions do not depend on what else is asked."""
    U = problem.points(9, seed=4)
    mean, variance = gp.predict(U)
    single = [gp.predict(u[None]) for u in U]
    np.testing.assert_allclose(mean, [m[0] for m, _ in single], rtol=1e-8, atol=1e-8)
    np.testing.assert_allclose(
        variance, [v[0] for _, v in single], rtol=1e-8, atol=1e-8
    )


def test_gaussian_process_mean_at_trials_is_the_prediction_there(problem, gp):
    """The shortcut for the trials' own rows gives what predicting them gives."""
    np.testing.assert_allclose(
        gp.mean_at_trials, gp.predict(problem.U)[0], rtol=1e-7, atol=1e-7
    )


@pytest.mark.parametrize("n_first", [1, 20, 39])
def test_gaussian_process_append_equals_building(problem, hyperparameters, gp, n_first):
    """A posterior extended by trials equals the one built from all of them."""
    first, rest = slice(0, n_first), slice(n_first, None)
    U, y, noise = problem.U, problem.y, problem.extra_noise
    extended = GaussianProcess(
        problem.layout, hyperparameters, U[first], y[first], noise[first]
    ).append(U[rest], y[rest], noise[rest])
    points = problem.points(10, seed=6)
    for ours, other in zip(extended.predict(points), gp.predict(points), strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-7, atol=1e-9)
    assert extended.n_trials == gp.n_trials
    np.testing.assert_array_equal(extended.extra_noise, gp.extra_noise)


def test_gaussian_process_with_targets_equals_building(problem, hyperparameters, gp):
    y, noise = 0.5 - problem.y, problem.extra_noise
    built = GaussianProcess(problem.layout, hyperparameters, problem.U, y, noise)
    points = problem.points(10, seed=7)
    changed = gp.with_targets(y)
    for ours, other in zip(changed.predict(points), built.predict(points), strict=True):
        np.testing.assert_allclose(ours, other, rtol=1e-9, atol=1e-12)


def test_gaussian_process_updates_leave_the_original_alone(problem, gp):
    """Neither appending nor new targets nor pending points change a posterior."""
    points = problem.points(5, seed=8)
    before = gp.predict(points)
    gp.append(points, np.ones(5))
    gp.with_targets(-problem.y)
    gp.with_pending(points)
    for ours, other in zip(before, gp.predict(points), strict=True):
        np.testing.assert_array_equal(ours, other)


def test_gaussian_process_with_pending_shrinks_the_variance(problem, gp):
    """Pending points keep the mean: they say where, and nothing of how much."""
    pending, points = problem.points(3, seed=9), problem.points(20, seed=10)
    with_pending = gp.with_pending(pending)
    mean, variance = gp.predict(points)
    same, smaller = with_pending.predict(points)
    np.testing.assert_allclose(same, mean, rtol=1e-9, atol=1e-10)
    assert (smaller <= variance + 1e-9).all()
    at_pending = with_pending.predict(pending)[1]
    assert (at_pending < gp.predict(pending)[1]).all()


def test_gaussian_process_pickled_keeps_its_predictions(problem, gp):
    """A posterior survives pickling to the last bit."""
    copy = pickle.loads(pickle.dumps(gp))
    points = problem.points(5, seed=11)
    np.testing.assert_array_equal(gp.predict(points), copy.predict(points))


def test_gaussian_process_takes_repeated_points():
    """Trials at one point are averaged and leave the variance positive."""
    layout = LAYOUTS["numeric"]
    U = np.repeat(draw(layout, 1, np.random.default_rng(0)), 30, axis=0)
    y = np.linspace(-1.0, 1.0, 30)
    gp = GaussianProcess(layout, default_hyperparameters(layout), U, y)
    mean, variance = gp.predict(U[:1])
    assert abs(mean[0]) < 1e-6
    assert 0.0 < variance[0] < 1e-2

"""Are acquisitions what they say, and their gradients right?"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from skbayes._acquisition import Acquisition, build_acquisition
from skbayes._gp import fit_cost
from tests._acquisition.conftest import SPACES, posterior
from tests.differences import derivative


def _expected_improvement(gp, U, incumbent):
    """Expected improvement on one row from joint predictions, point by point."""
    out = []
    for u in U:
        mean, covariance = gp.joint(np.stack([u, gp.U[incumbent]]))
        sd = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1])
        z = (mean[0] - mean[1]) / sd
        out.append(sd * (norm.pdf(z) + z * norm.cdf(z)))
    return np.array(out)


def test_acquisition_is_the_expected_improvement_on_the_incumbent(space, gp):
    """The exponential is E[max(f(x) - f(x+), 0)] from joint predictions."""
    U = space.sample(15, np.random.default_rng(1))
    incumbent = int(np.argmax(gp.mean_at_trials))
    np.testing.assert_allclose(
        np.exp(build_acquisition(gp)(U)),
        _expected_improvement(gp, U, incumbent),
        rtol=1e-6,
        atol=1e-12,
    )


def test_build_acquisition_takes_allowed_rows_for_the_incumbent(space, gp):
    """Rows that are not complete are not improved on, however good."""
    U = space.sample(10, np.random.default_rng(2))
    best_two = np.argsort(-gp.mean_at_trials)[:2]
    allowed = np.ones(gp.n_trials, dtype=bool)
    allowed[best_two[0]] = False
    np.testing.assert_allclose(
        np.exp(build_acquisition(gp, is_incumbent=allowed)(U)),
        _expected_improvement(gp, U, best_two[1]),
        rtol=1e-6,
        atol=1e-12,
    )


@pytest.mark.parametrize("n_pending", [0, 2])
def test_build_acquisition_takes_a_margin_to_be_exceeded(space, gp, n_pending):
    """A margin lowers every value, and by more where less is to be gained."""
    U = space.sample(40, np.random.default_rng(2))
    values = [
        build_acquisition(
            gp, pending=U[:n_pending], rng=np.random.default_rng(0), margin=margin
        )(U)
        for margin in (0.0, 0.1)
    ]
    loss = values[0] - values[1]
    assert (loss > 0.0).all()
    assert loss[np.argmax(values[0])] < np.median(loss)


def test_acquisition_gains_nothing_at_the_incumbent(gp):
    """The incumbent itself is the worst of all points, noise or not."""
    incumbent = np.argmax(gp.mean_at_trials)
    values = build_acquisition(gp)(gp.U)
    assert values[incumbent] < np.delete(values, incumbent).min() or values[
        incumbent
    ] < np.log(1e-4)


def _acquisitions(space, gp):
    """Every combination of terms."""
    rng = np.random.default_rng(3)
    pending = space.sample(3, rng)
    feasible = rng.random(gp.n_trials) > 0.3
    cost = fit_cost(gp.layout, gp.U, np.exp(gp.U[:, -1] + rng.random(gp.n_trials)))
    yield build_acquisition(gp)
    yield build_acquisition(gp, pending=pending, rng=np.random.default_rng(4))
    yield build_acquisition(gp, is_feasible=feasible)
    yield build_acquisition(gp, cost=cost, cost_weight=0.7)
    yield build_acquisition(
        gp,
        pending=pending,
        rng=np.random.default_rng(5),
        is_feasible=feasible,
        cost=cost,
        cost_weight=1.0,
        log_seconds_left=50.0,
    )


#: Where gradients are compared, beside what comes first to mind.
PLACES = {
    "usual": {},
    "short lengthscales": {"lengthscales": (0.03, 0.15)},
    "long lengthscales": {"lengthscales": (3.0, 60.0)},
    "both": {"lengthscales": (0.05, 30.0)},
    "hardly any noise": {"log_noise": -14.0},
    "much noise": {"log_noise": 0.0},
    "nearly singular": {"lengthscales": (3.0, 60.0), "log_noise": -14.0},
}
every_place = pytest.mark.parametrize("place", PLACES)
#: How near to a face of the cube the nearest points are, and the steps beside them.
EDGE, STEPS = 5e-3, (1e-4, 4e-5)


def _points_to_the_edge(space):
    """Points of a space and what can move; the first two are in opposite corners."""
    U = space.sample(12, np.random.default_rng(6))
    movable = (space.n_levels == 0) & space.active(U)
    U = np.where(movable, EDGE + (1.0 - 2.0 * EDGE) * U, U)
    U[0, movable[0]], U[1, movable[1]] = EDGE, 1.0 - EDGE
    return U, movable


@pytest.mark.parametrize("seed", [0, 1, 2])
@every_place
def test_acquisition_gradients_are_those_of_the_values(space, place, seed):
    """Gradients agree with differences for every combination of terms, all over.

    As closely as differences of two lengths agree with each other: near a trial the
    longer one is off, and where the covariance is all but singular the shorter one.
    """
    gp = posterior(space, seed=seed, **PLACES[place])
    tolerance = 1e-3 if place == "nearly singular" else 1e-5
    U, movable = _points_to_the_edge(space)
    for acquisition in _acquisitions(space, gp):
        values, gradient = acquisition.value_and_gradient(U)
        np.testing.assert_allclose(values, acquisition(U), rtol=tolerance, atol=1e-6)
        np.testing.assert_array_equal(gradient[~movable], 0.0)
        for j in np.flatnonzero(space.n_levels == 0):
            axis = np.eye(space.n_columns)[j]
            long, short = (derivative(acquisition, U, h * axis) for h in STEPS)
            error = np.abs(gradient[:, j] - long)
            allowed = tolerance * (1.0 + np.abs(long)) + 3.0 * np.abs(long - short)
            assert (error <= allowed)[movable[:, j]].all()


@pytest.mark.parametrize("edge", [0.0, 1.0])
@every_place
def test_acquisition_goes_on_at_the_faces_of_the_cube(space, place, edge):
    """A warp may be infinitely steep on the faces; there are no jumps."""
    gp = posterior(space, **PLACES[place])
    U, movable = _points_to_the_edge(space)
    U = np.where(movable, edge, U)
    beside = np.where(movable, np.clip(edge, 1e-9, 1.0 - 1e-9), U)
    for acquisition in _acquisitions(space, gp):
        values, gradient = acquisition.value_and_gradient(U)
        np.testing.assert_allclose(values, acquisition(beside), rtol=1e-3, atol=1e-3)
        assert np.isfinite(gradient).all()


def test_acquisition_of_a_batch_equals_one_by_one(space, gp):
    """Values do not depend on what else is asked, nor on chunks."""
    U = space.sample(7, np.random.default_rng(7))
    for acquisition in _acquisitions(space, gp):
        single = np.concatenate([acquisition(u[None]) for u in U])
        np.testing.assert_allclose(acquisition(U), single, rtol=1e-8, atol=1e-8)
    many = np.repeat(U, 1000, axis=0)
    np.testing.assert_allclose(
        build_acquisition(gp)(many),
        np.repeat(build_acquisition(gp)(U), 1000),
        rtol=1e-8,
        atol=1e-8,
    )


def test_acquisition_is_lower_around_failures():
    """Points next to failures lose more than points far from them."""
    gp = posterior(SPACES["numeric"])
    failed = np.argmin(gp.U[:, 0])
    feasible = np.arange(gp.n_trials) != failed
    near, far = gp.U[failed] + 0.01, gp.U[np.argmax(np.abs(gp.U - gp.U[failed]).sum(1))]
    both = np.stack([near, far])
    change = build_acquisition(gp, is_feasible=feasible)(both) - build_acquisition(gp)(
        both
    )
    assert change[0] < change[1] - 0.3
    assert (change <= 0.0).all()


def test_acquisition_is_lower_everywhere_if_all_failed():
    """The chance of success is between 0 and 1, and alike where no point is near."""
    gp = posterior(SPACES["mixed"])
    U = SPACES["mixed"].sample(5, np.random.default_rng(0))
    failed = build_acquisition(gp, is_feasible=np.zeros(gp.n_trials, dtype=bool))
    change = failed(U) - build_acquisition(gp)(U)
    assert (change < 0.0).all()
    assert (change > -10.0).all()


def test_acquisition_subtracts_the_cost_with_its_weight():
    """Half the weight subtracts half the expected log seconds."""
    gp = posterior(SPACES["mixed"])
    cost = fit_cost(gp.layout, gp.U, np.exp(3.0 * gp.U[:, 0]))
    U = SPACES["mixed"].sample(5, np.random.default_rng(0))
    change = build_acquisition(gp, cost=cost, cost_weight=0.5)(U) - build_acquisition(
        gp
    )(U)
    np.testing.assert_allclose(change, -0.5 * cost.predict(U)[0], rtol=1e-9)


def test_acquisition_falls_off_a_cliff_for_too_long_a_fit():
    """Points lose ten log units where time will probably run out."""
    gp = posterior(SPACES["mixed"])
    cost = fit_cost(gp.layout, gp.U, np.exp(3.0 * gp.U[:, 0]))
    U = SPACES["mixed"].sample(40, np.random.default_rng(0))
    left = float(np.median(cost.predict(U)[0]))
    change = build_acquisition(gp, cost=cost, log_seconds_left=left)(
        U
    ) - build_acquisition(gp)(U)
    np.testing.assert_allclose(
        change, np.where(cost.predict(U)[0] > left, -10.0, 0.0), atol=1e-9
    )


class _Undefined:
    """A term that is NaN everywhere."""

    def values(self, prediction):
        return np.full(len(prediction.U), np.nan)


def test_acquisition_never_chooses_undefined_values(gp):
    """NaN becomes minus infinity."""
    assert (Acquisition(gp, [_Undefined()])(gp.U) == -np.inf).all()


def test_build_acquisition_needs_a_generator_for_pending_points(gp):
    """Fantasies without a source of randomness are a mistake of the caller."""
    with pytest.raises(AssertionError, match="need a generator"):
        build_acquisition(gp, pending=gp.U[:1])

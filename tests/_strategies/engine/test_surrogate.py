"""Does the model of the scores predict in their unit, and know the best point?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._strategies.engine.surrogate import fit_surrogate
from skbayes._strategies.engine.training_data import training_data
from skbayes.space._parsing import parse_space
from tests._strategies.engine.points import told, told_all

SPACE = parse_space({"x": (0.0, 1.0, "uniform"), "k": ["a", "b"]})


def score(params):
    """Best at 0.3, in hundreds."""
    return 500.0 - 300.0 * (params["x"] - 0.3) ** 2 + 20.0 * (params["k"] == "b")


@pytest.fixture(scope="module")
def surrogate():
    """A model of exact scores."""
    return fit_surrogate(SPACE, training_data(told_all(SPACE, 25, score)))


def test_surrogate_predict_is_in_the_unit_of_the_scores(surrogate):
    """Predictions are close to the truth between the trials, and sure of it."""
    points = SPACE.decode(SPACE.sample(50, np.random.default_rng(1)))
    median, half_width = surrogate.predict(points)
    truth = np.array([score(params) for params in points])
    assert np.abs(median - truth).max() < 5.0
    assert (half_width > 0.0).all()
    assert half_width.max() < 10.0


def test_surrogate_predict_encoded_is_predict_of_the_decoded(surrogate):
    """The median in transformed units is the mean of the process."""
    U = SPACE.sample(9, np.random.default_rng(2))
    median, half_width = surrogate.predict_encoded(U)
    found = surrogate.predict(SPACE.decode(U))
    np.testing.assert_allclose(found, (median, half_width), rtol=1e-12)
    forward = surrogate.data.transform.forward
    mean, variance = surrogate.gp.predict(U)
    np.testing.assert_allclose(forward(median), mean, rtol=1e-9, atol=1e-9)
    # Where the transform is a line, the half width is a standard deviation.
    slope = np.diff(forward(np.array([400.0, 401.0])))
    near = np.abs(median - 400.0) < 60.0
    np.testing.assert_allclose(
        half_width[near] * slope, np.sqrt(variance[near]), rtol=0.05
    )


def test_surrogate_incumbent_idx_is_by_the_posterior_mean():
    """A partial trial is no incumbent, nor is a lucky one among worse neighbours."""
    grid = [{"x": x, "k": "a"} for x in np.linspace(0.0, 1.0, 21)]
    trials = [told(SPACE, params, score(params)) for params in grid]
    folds = np.array([501.0, np.nan])
    partial = told(SPACE, {"x": 0.31, "k": "a"}, 501.0, fold_scores=folds)
    found = fit_surrogate(SPACE, training_data([partial, *trials]))
    assert grid[found.incumbent_idx() - 1]["x"] == pytest.approx(0.3, abs=0.06)
    alone = fit_surrogate(
        SPACE,
        training_data(
            [
                partial,
                told(SPACE, grid[0], 1.0, fold_scores=np.array([1.0, np.nan])),
            ]
        ),
    )
    assert alone.incumbent_idx() is None


@pytest.mark.parametrize("scores", [[np.nan, np.nan], [0.5, 0.5], [0.5, np.nan], [1.0]])
def test_fit_surrogate_needs_two_scores_that_differ(scores):
    """Nothing can be standardised without a scale."""
    trials = [
        told(SPACE, {"x": 0.1 * k, "k": "a"}, score) for k, score in enumerate(scores)
    ]
    assert fit_surrogate(SPACE, training_data(trials)) is None

"""Are the output transforms monotone, invertible, and calm on any scores?"""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from skbayes._gp import fit_standardisation, fit_yeo_johnson
from skbayes._gp.transforms import OutputTransform

FITS = {"standardisation": fit_standardisation, "power": fit_yeo_johnson}
_RNG = np.random.default_rng(0)
SCORES = {
    "normal": _RNG.standard_normal(40),
    "accuracy": 0.9 + 0.02 * _RNG.standard_normal(40),
    "low tail": -np.exp(2.0 * _RNG.standard_normal(40)),
    "high tail": np.exp(2.0 * _RNG.standard_normal(40)),
    "low outlier": np.r_[_RNG.standard_normal(30), -1e9],
    "huge low outlier": np.r_[_RNG.standard_normal(30), -1e300],
    "huge high outlier": np.r_[_RNG.standard_normal(30), 1e300],
    "huge": 1e300 * _RNG.standard_normal(30),
    "tiny": 1e-300 * _RNG.standard_normal(30),
    "largest": 1.7e308 * np.r_[1.0, -1.0, 0.5, -0.5, 0.1],
    "two values": np.repeat([0.2, 0.7], [3, 9]),
    "plateau": np.r_[np.full(30, 0.5), 0.51, 0.6, 0.9, 0.2],
    "plateau at the top": np.r_[np.full(30, 1.0), 0.9, 0.3, -5.0],
    "two scores": np.array([0.1, 0.2]),
}


@pytest.fixture(params=FITS)
def fit(request):
    """Each of the two fits."""
    return FITS[request.param]


@pytest.fixture(params=SCORES)
def scores(request):
    """Scores that have been met, and some that could be."""
    return SCORES[request.param]


def test_output_transform_forward_standardises_in_order(fit, scores):
    """Targets have mean 0 and variance 1 and keep the order of the scores."""
    targets = fit(scores).forward(scores)
    assert np.isfinite(targets).all()
    assert targets.mean() == pytest.approx(0.0, abs=1e-9)
    assert targets.std() == pytest.approx(1.0, rel=1e-9)
    order = np.argsort(scores)
    assert (np.diff(targets[order]) >= 0.0).all()


@pytest.mark.parametrize("fit_name", FITS)
@pytest.mark.parametrize(
    "scores_name", [name for name in SCORES if "outlier" not in name]
)
def test_output_transform_inverse_undoes_forward(fit_name, scores_name):
    scores = SCORES[scores_name]
    transform = FITS[fit_name](scores)
    back = transform.inverse(transform.forward(scores))
    size = np.abs(scores / 2.0 - np.median(scores) / 2.0).max()
    np.testing.assert_allclose(back / size, scores / size, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(
    "name", ["normal", "accuracy", "low tail", "high tail", "low outlier", "plateau"]
)
def test_output_transform_derivative_is_that_of_forward(fit, name):
    """The derivative agrees with finite differences."""
    scores = SCORES[name]
    transform = fit(scores)
    step = 1e-6 * transform.scale
    up, down = transform.forward(scores + step), transform.forward(scores - step)
    np.testing.assert_allclose(
        transform.derivative(scores), (up - down) / (2.0 * step), rtol=1e-4, atol=1e-8
    )


def test_output_transform_never_compresses_good_scores(fit, scores):
    """The slope above the median is never below the slope at the median."""
    transform = fit(scores)
    above = np.sort(scores[scores >= np.median(scores)])
    slopes = transform.derivative(above) / transform.derivative(
        np.array([np.median(scores)])
    )
    assert (slopes >= 1.0 - 1e-9).all()


@pytest.mark.parametrize("value", [0.0, 0.3, -1e300, 1e-300])
@pytest.mark.parametrize("n", [1, 5])
def test_output_transform_says_that_scores_are_constant(fit, value, n):
    """Equal scores give targets of zero and a flag."""
    scores = np.full(n, value)
    transform = fit(scores)
    assert transform.is_constant
    np.testing.assert_array_equal(transform.forward(scores), 0.0)


def test_output_transform_ignores_rounding_errors(fit):
    """Scores that differ in the last digits only count as equal."""
    assert fit(np.array([0.3, 0.1 + 0.2, 0.3])).is_constant


def test_fit_yeo_johnson_does_not_bend_two_values():
    """Two different values tell nothing of the shape: no power."""
    assert fit_yeo_johnson(SCORES["two values"]).lam == 1.0


def test_fit_yeo_johnson_pulls_in_a_low_tail():
    """A long low tail is bent, a long high tail is not."""
    assert fit_yeo_johnson(SCORES["low tail"]).lam > 1.2
    assert fit_yeo_johnson(SCORES["high tail"]).lam == pytest.approx(1.0, abs=0.05)


def test_output_transform_leaves_room_beside_an_outlier(fit):
    """One absurdly bad score does not make the other scores equal."""
    scores = SCORES["huge low outlier"]
    targets = fit(scores).forward(scores)
    assert np.std(targets[:-1]) > 1e-3


def test_output_transform_noise_follows_the_slope(fit):
    """Variances are multiplied by the squared slope."""
    scores = SCORES["low tail"]
    transform = fit(scores)
    variances = np.linspace(0.0, 1.0, len(scores))
    np.testing.assert_allclose(
        transform.noise(scores, variances),
        variances * transform.derivative(scores) ** 2,
        rtol=1e-12,
    )


def test_output_transform_inverse_of_unreachable_targets_is_low():
    """A target below all that finite scores can have is inverted to a low score."""
    transform = OutputTransform(0.0, 1.0, 50.0, 4.0, 0.0, 1.0, False)
    score = transform.inverse(np.array([-10.0]))[0]
    assert score < -100.0


def test_output_transform_pickles(fit):
    transform = fit(SCORES["normal"])
    assert pickle.loads(pickle.dumps(transform)) == transform

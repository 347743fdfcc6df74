"""Is a posterior that grew the same as one that is asked for at once?"""

import numpy as np
import pytest

from skbayes._gp import GaussianProcess, Layout, default_hyperparameters
from skbayes._strategies.engine import incremental_posterior
from skbayes._strategies.engine.incremental_posterior import IncrementalPosterior
from skbayes._strategies.engine.model_data import model_data
from skbayes._strategies.engine.training_data import TrainingData

LAYOUT = Layout(
    np.zeros(2, dtype=int), np.ones((1, 2), dtype=bool), np.zeros(2, dtype=bool)
)
N = 347
LARGEST = 1040


def data_of(n, noise=0.0):
    """Targets of the first trials, of which the third may be uncertain."""
    U = np.random.default_rng(0).random((LARGEST, 2))
    extra = np.zeros(LARGEST)
    extra[3] = noise
    scores = -np.square(U - 0.4).sum(axis=1)
    known = np.ones(n, dtype=bool)
    data = TrainingData(U[:n], scores[:n], extra[:n], known, scores[:n])
    return model_data(LAYOUT, data, 1)


@pytest.fixture
def built(monkeypatch):
    """How many trials each posterior had that was built from scratch."""
    counts = []

    class Counting(GaussianProcess):
        def __init__(self, *args):
            counts.append(len(args[2]))
            super().__init__(*args)

    monkeypatch.setattr(incremental_posterior, "GaussianProcess", Counting)
    return counts


def test_incremental_posterior_does_not_depend_on_questions():
    """The posterior has the same bits, grown from trial to trial or at once."""
    hyperparameters = default_hyperparameters(LAYOUT)
    step_by_step = IncrementalPosterior(LAYOUT)
    for n in range(295, N + 1):
        last = step_by_step.given(hyperparameters, data_of(n))
    at_once = IncrementalPosterior(LAYOUT).given(hyperparameters, data_of(N))
    points = np.random.default_rng(1).random((20, 2))
    for ours, other in zip(last.predict(points), at_once.predict(points), strict=True):
        np.testing.assert_array_equal(ours, other)


@pytest.mark.parametrize("n", [250, 300, 301, N])
def test_incremental_posterior_equals_one_built_from_all_trials(n):
    """Only rounding errors make a difference."""
    hyperparameters, data = default_hyperparameters(LAYOUT), data_of(n)
    incremental = IncrementalPosterior(LAYOUT).given(hyperparameters, data)
    whole = GaussianProcess(
        LAYOUT, hyperparameters, data.U, data.targets, data.extra_noise
    )
    points = np.random.default_rng(1).random((20, 2))
    for ours, other in zip(
        incremental.predict(points), whole.predict(points), strict=True
    ):
        np.testing.assert_allclose(ours, other, rtol=1e-6, atol=1e-8)


def test_incremental_posterior_is_factorised_once_in_ten_trials(built):
    """The other trials are appended."""
    hyperparameters, incremental = (
        default_hyperparameters(LAYOUT),
        IncrementalPosterior(LAYOUT),
    )
    for n in range(320, 341):
        incremental.given(hyperparameters, data_of(n))
    assert built == [320, 330, 340]


def test_incremental_posterior_keeps_its_rows_for_ten_trials(built):
    """The choice of rows stays the same for ten trials beyond a thousand."""
    hyperparameters, incremental = (
        default_hyperparameters(LAYOUT),
        IncrementalPosterior(LAYOUT),
    )
    for n in range(1021, 1032):
        n_rows = incremental.given(hyperparameters, data_of(n)).n_trials
        assert n_rows == 1000 + n % 10
    assert built == [1000, 1000]


def test_incremental_posterior_is_built_anew_after_changes(built):
    """Hyperparameters change, and more is known of a trial."""
    incremental = IncrementalPosterior(LAYOUT)
    hyperparameters = default_hyperparameters(LAYOUT)
    for n, known, noise in [
        (322, hyperparameters, 0.0),
        (323, hyperparameters, 0.1),
        (324, default_hyperparameters(LAYOUT), 0.1),
    ]:
        incremental.given(known, data_of(n, noise))
    assert built == [320, 320, 320]

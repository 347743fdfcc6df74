"""Small problems with every kind of column."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from skbayes._gp import GaussianProcess, Layout, limit_threads
from skbayes._gp.hyperparameters import ParameterVector

LAYOUTS = {
    "numeric": Layout(
        np.zeros(3, dtype=int),
        np.ones((1, 3), dtype=bool),
        np.array([True, False, False]),
    ),
    "categorical": Layout(
        np.array([2, 3, 5]), np.ones((1, 3), dtype=bool), np.zeros(3, dtype=bool)
    ),
    "mixed": Layout(
        np.array([0, 3, 0, 2]),
        np.ones((1, 4), dtype=bool),
        np.array([False, False, True, False]),
    ),
    "conditional": Layout(
        np.array([3, 0, 2, 0, 4, 0]),
        np.array(
            [[1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 0, 1], [1, 1, 1, 0, 0, 0]], dtype=bool
        ),
        np.array([False, True, False, False, False, True]),
    ),
}


@dataclass(frozen=True)
class Problem:
    """Encoded points with targets, and a way to more points."""

    layout: Layout
    U: np.ndarray
    y: np.ndarray
    extra_noise: np.ndarray

    def points(self, m, seed):
        """Encoded points of the same layout."""
        return draw(self.layout, m, np.random.default_rng(seed))


def draw(layout, n, rng):
    """Random encoded points, inactive columns at 0.5 and -1."""
    U = rng.random((n, layout.n_columns))
    levels = layout.categorical
    U[:, levels] = np.floor(U[:, levels] * layout.n_levels[levels])
    inactive = np.where(layout.n_levels > 0, -1.0, 0.5)
    return np.where(layout.activity(U), U, inactive)


@pytest.fixture(autouse=True)
def one_thread():
    """Matrices this small are faster on one thread."""
    with limit_threads():
        yield


#: Targets of smooth functions, and those of searches that fits have failed on.
TARGETS = ("mild", "spike", "step", "ties", "outlier")


def make_problem(layout, targets="mild", n=40):
    """Trials in a space with one kind of targets; the mild have some known noise."""
    rng = np.random.default_rng(7)
    U = draw(layout, n, rng)
    wave = np.sin(4.0 * U @ np.linspace(0.3, 1.0, layout.n_columns))
    if targets == "mild":
        y = wave + 0.1 * rng.standard_normal(n)
        extra_noise = np.where(rng.random(n) < 0.3, rng.random(n), 0.0)
    else:
        y = _hard_targets(targets, layout, U, wave)
        extra_noise = np.zeros(n)
    return Problem(layout, U, (y - y.mean()) / y.std(), extra_noise)


def _hard_targets(kind, layout, U, wave):
    position = np.where(layout.activity(U), U / np.maximum(layout.n_levels - 1, 1), 0.5)
    return {
        "spike": np.exp(-50.0 * np.square(position - position[0]).sum(axis=1)),
        "step": (wave > np.median(wave)).astype(float),
        "ties": np.round(wave),
        "outlier": np.where(np.arange(len(U)) == 3, -1e4, wave),
    }[kind]


@pytest.fixture(params=LAYOUTS)
def problem(request):
    """Forty trials in each kind of space."""
    return make_problem(LAYOUTS[request.param])


@pytest.fixture(params=range(5))
def hyperparameters(request, problem):
    """Hyperparameters drawn from all of the parameter box."""
    parameters = ParameterVector(problem.layout, problem.layout.n_levels == 0)
    low, high = parameters.bounds.T
    draw = np.random.default_rng(request.param).random(len(low))
    return parameters.unpack(low + draw * (high - low))


@pytest.fixture
def gp(problem, hyperparameters):
    """Posterior of a problem at fixed hyperparameters."""
    return GaussianProcess(
        problem.layout, hyperparameters, problem.U, problem.y, problem.extra_noise
    )

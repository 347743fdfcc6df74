"""Small search spaces of every kind, with posteriors on them."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import GaussianProcess, Hyperparameters, layout_of, limit_threads
from skbayes.space import Categorical, Integer, Real
from skbayes.space._parsing import parse_space

_SHARED = {"c": Real(1e-3, 10.0, "log-uniform"), "n": Integer(1, 200)}
SPACES = {
    "numeric": parse_space({"x": Real(0.0, 1.0), "y": Real(1e-4, 1.0, "log-uniform")}),
    "discrete": parse_space(
        {"a": Categorical(list("abcd")), "b": [1, 2, 4, 8], "n": Integer(1, 300)}
    ),
    "mixed": parse_space(
        {"x": Real(0.0, 1.0), "a": Categorical(list("abc")), "n": Integer(1, 40)}
    ),
    "conditional": parse_space(
        [
            {**_SHARED, "gamma": Real(0.0, 1.0)},
            {**_SHARED, "kind": Categorical(list("uvw")), "d": Integer(2, 5)},
            {"c": _SHARED["c"]},
        ]
    ),
}
FINITE = {
    "categorical": parse_space({"a": list("abcde"), "b": list("xyz")}),
    "integers": parse_space({"n": Integer(1, 40), "m": Integer(1, 30, "log-uniform")}),
    "branches": parse_space(
        [{"n": Integer(1, 9), "a": list("xy")}, {"n": Integer(1, 9), "b": [1, 3, 9]}]
    ),
}


@pytest.fixture(autouse=True)
def one_thread():
    """Matrices this small are faster on one thread."""
    with limit_threads():
        yield


def posterior(space, n=25, seed=0, *, lengthscales=(0.3, 0.8), log_noise=-7.0):
    """Posterior of a wavy function on `space`, with warps and some noise."""
    rng = np.random.default_rng(seed)
    layout = layout_of(space)
    D = space.n_columns
    is_numeric = space.n_levels == 0
    shortest, longest = lengthscales
    hyperparameters = Hyperparameters(
        log_lengthscales=np.log(shortest + (longest - shortest) * rng.random(D)),
        log_signal_variance=0.2,
        log_noise_variance=log_noise,
        log_warp_a=np.where(is_numeric, 0.3 * rng.standard_normal(D), 0.0),
        log_warp_b=np.where(is_numeric, 0.3 * rng.standard_normal(D), 0.0),
    )
    U = space.sample(n, rng)
    y = np.sin(5.0 * U @ np.linspace(0.4, 1.0, D))
    extra_noise = np.where(rng.random(n) < 0.3, 0.2 * rng.random(n), 0.0)
    y = (y - y.mean()) / y.std()
    return GaussianProcess(layout, hyperparameters, U, y, extra_noise)


@pytest.fixture(params=SPACES)
def space(request):
    """A space of each kind."""
    return SPACES[request.param]


@pytest.fixture
def gp(space):
    """A posterior on it."""
    return posterior(space)

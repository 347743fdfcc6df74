"""Is a parameter said to matter only where the model is sure that it does?"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from skbayes._gp import GaussianProcess, default_hyperparameters, layout_of
from skbayes.search import GridSearchCV
from skbayes.search._significance import significant_ends
from skbayes.space._parsing import parse_space
from tests.inspection.conftest import Formula, additive, fitted

SPACE = {
    "a": (0.0, 1.0, "uniform"),
    "b": (1e-2, 1e2, "log-uniform"),
    "kind": ["x", "y"],
}
BEST = {"a": 1.0, "b": 1e-2, "kind": "y"}


def searched(score, *, space=SPACE, best=BEST, noise=None):
    """A search whose model has seen encoded points, and `score(U)` of them."""
    space = parse_space(space)
    U = space.snap(space.sample(60, np.random.default_rng(0)))
    layout = layout_of(space)
    y = score(U)
    extra = None if noise is None else np.full(60, noise)
    gp = GaussianProcess(layout, default_hyperparameters(layout), U, y, extra)
    surrogate = SimpleNamespace(space=space, gp=gp)
    optimizer = SimpleNamespace(surrogate=lambda: surrogate)
    return SimpleNamespace(optimizer_=optimizer, best_params_=best)


def rising(U):
    """Better with larger a and with smaller b."""
    return 3 * (U[:, 0] - U[:, 1])


def test_significant_ends_tells_what_contributes():
    """A parameter contributes at either end; the other parameter does nothing."""
    search = searched(lambda U: 3 * U[:, 0])
    assert significant_ends(search, {"a": "high", "b": "low"}) == {"a"}
    search = searched(lambda U: -3 * U[:, 1])
    assert significant_ends(search, {"a": "high", "b": "low"}) == {"b"}
    assert significant_ends(searched(rising), {"a": "high", "b": "low"}) == {
        "a",
        "b",
    }


def test_significant_ends_looks_at_what_is_asked_for():
    """Without any end, or of a parameter without a column, nothing matters."""
    assert significant_ends(searched(rising), {}) == set()
    assert significant_ends(searched(rising), {"a": "high"}) == {"a"}
    assert significant_ends(searched(rising), {"c": "low"}) == set()


def test_significant_ends_is_not_sure_of_worse_or_noisy_scores():
    """A value that is better inside is no reason for a wider range."""
    assert significant_ends(searched(lambda U: -3 * U[:, 0]), {"a": "high"}) == set()
    assert significant_ends(searched(rising, noise=1e4), {"a": "high"}) == set()


def test_significant_ends_leaves_out_parameters_of_other_branches():
    """Parameters of other branches are no part of the best candidate."""
    space = [SPACE | {"kind": ["x"]}, {"a": (0.0, 1.0, "uniform"), "kind": ["y"]}]
    best = {"a": 1.0, "kind": "y"}
    search = searched(lambda U: 3 * U.sum(axis=1), space=space, best=best)
    assert "b" not in significant_ends(search, {"a": "high", "b": "high"})


@pytest.mark.parametrize("best", [{"a": 7.0, "b": 1.0, "kind": "x"}, {"a": 0.5}])
def test_significant_ends_of_a_best_outside_of_the_space(best):
    """The model cannot place such a best, as the untuned estimator may be."""
    assert significant_ends(searched(rising, best=best), {"a": "high"}) == set()


def test_significant_ends_without_a_model():
    """Nothing matters where the optimizer has no model or scores say nothing."""
    optimizer = SimpleNamespace(surrogate=lambda: None)
    search = SimpleNamespace(optimizer_=optimizer, best_params_=BEST)
    assert significant_ends(search, {"a": "high"}) == set()
    grid = fitted(GridSearchCV(Formula(formula=additive), {"a": [0.0, 1.0]}, cv=2))
    assert significant_ends(grid, {"a": "high"}) == set()


def test_significant_ends_fits_a_model_to_other_searches():
    """A grid has none of its own."""
    grid = {"a": [0.0, 0.25, 0.5, 0.75, 1.0], "c": [0.0, 0.5, 1.0]}
    search = fitted(GridSearchCV(Formula(formula=additive), grid, cv=2))
    assert significant_ends(search, {"a": "high", "c": "low"}) == {"a"}

"""The most probable hyperparameters given the trials (MAP)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, minimize

from skbayes._gp.hyperparameters import Hyperparameters, default_hyperparameters
from skbayes._gp.layout import BoolArray, FloatArray, Layout
from skbayes._gp.likelihood import NegativeLogPosterior
from skbayes._gp.subsets import choose_rows

#: Rows that decide the hyperparameters; more cost n^3 and change them little.
MAX_ROWS = 256
#: A fit ends when a step gains less than this part of the value, or the gradient is
#: below the other: what a hundredth of a log unit more would change is not visible.
_RELATIVE_GAIN, _FLAT = 1e-4, 1e-2
#: Below this many trials there is nothing to learn a warp from.
_MIN_TRIALS_TO_WARP = 8
#: Distinct values a column must show before its warp is free.
_MIN_VALUES_TO_WARP = 4


def fit_hyperparameters(
    layout: Layout,
    U: FloatArray,
    y: FloatArray,
    extra_noise: FloatArray | None = None,
    *,
    start: Hyperparameters | None = None,
    restart: bool = False,
    max_iterations: int = 50,
) -> Hyperparameters:
    """Maximise the posterior of the hyperparameters with L-BFGS-B.

    Parameters
    ----------
    layout : Layout
        The columns.
    U : array of shape (n_trials, n_columns)
        Encoded points, oldest first. Of more than ``MAX_ROWS`` a subset is used.
    y : array of shape (n_trials,)
        Standardised targets, greater is better.
    extra_noise : array of shape (n_trials,), default=None
        Known noise variances beyond the learned one; None is none.
    start : Hyperparameters, default=None
        Where to start, commonly the last fit. None starts from the default
        hyperparameters and from the same with half the lengthscales.
    restart : bool, default=False
        Start from the default hyperparameters as well as from `start`.
    max_iterations : int, default=50
        Iterations of L-BFGS-B from each start.

    Returns
    -------
    Hyperparameters
        The best found; the best start where no iteration improves on it.
    """
    objective = _likelihood_of(layout, U, y, extra_noise)
    p = objective.parameters
    thetas = [p.pack(h) for h in _starts(layout, start, restart)]
    return p.unpack(_lowest(objective, thetas, max_iterations))


def _likelihood_of(
    layout: Layout, U: FloatArray, y: FloatArray, extra_noise: FloatArray | None
) -> NegativeLogPosterior:
    """The function that a fit to these trials, or a subset of them, minimises."""
    noise = np.zeros(len(y)) if extra_noise is None else extra_noise
    rows = choose_rows(U, y, n_rows=MAX_ROWS)
    U, y, noise = U[rows], y[rows], noise[rows]
    return NegativeLogPosterior(layout, U, y, noise, warpable(layout, U))


def warpable(layout: Layout, U: FloatArray) -> BoolArray:
    """Columns with enough distinct values to learn a warp, shape (n_columns,)."""
    free = np.zeros(layout.n_columns, dtype=np.bool_)
    if len(U) >= _MIN_TRIALS_TO_WARP:
        ordered = np.sort(U[:, layout.numeric], axis=0)
        n_values = 1 + np.count_nonzero(np.diff(ordered, axis=0), axis=0)
        free[layout.numeric] = n_values >= _MIN_VALUES_TO_WARP
    return free


def _starts(
    layout: Layout, start: Hyperparameters | None, restart: bool
) -> Iterable[Hyperparameters]:
    """Where the optimiser starts from."""
    default = default_hyperparameters(layout)
    if start is not None:
        yield start
        if not restart:
            return
    yield default
    if start is None:
        halved = default.log_lengthscales - np.log(2.0)
        yield replace(default, log_lengthscales=halved)


def _lowest(
    objective: NegativeLogPosterior, thetas: Iterable[FloatArray], max_iterations: int
) -> FloatArray:
    """Lowest point reached from any of `thetas`, or the lowest of them."""
    best, lowest = None, np.inf
    low, high = objective.parameters.bounds.T
    for theta in thetas:
        result = minimize(
            objective,
            theta,
            jac=True,
            method="L-BFGS-B",
            bounds=Bounds(low, high),
            options={
                "maxcor": 12,
                "ftol": _RELATIVE_GAIN,
                "gtol": _FLAT,
                "maxiter": max_iterations,
            },
        )
        # An abnormal end is as good as any other if the value went down.
        if best is None or result.fun < lowest:
            best, lowest = np.asarray(result.x, dtype=np.float64), float(result.fun)
    assert best is not None
    return best

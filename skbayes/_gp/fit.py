"""The most probable hyperparameters given the trials (MAP).

A fit that starts from an earlier one takes over its curvature too. The inverse Hessian
that BFGS learned still fits when one trial is added, which saves half of the
evaluations that a start from the last optimum alone would take. Every point evaluated
lies within the bounds, so the values compared are those of hyperparameters that can be
returned.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from skbayes._gp.box_bfgs import Minimum, minimize_in_box
from skbayes._gp.hyperparameters import Hyperparameters, default_hyperparameters
from skbayes._gp.layout import Layout
from skbayes._gp.likelihood import NegativeLogPosterior
from skbayes._gp.subsets import choose_rows
from skbayes._protocol import BoolArray, FloatArray

#: Trials that hyperparameters are fitted to; more cost n^3 and change them little.
MAX_ROWS = 256
#: A fit ends where no derivative exceeds this. A looser bound saves a tenth of the
#: evaluations, but then a fit that starts close to its optimum does not move.
_FLAT = 0.005
#: Up to this many hyperparameters the inverse Hessian is dense. Beyond, its update
#: costs more than the likelihood of a search's trials, and L-BFGS-B takes over.
_MAX_DENSE = 120
#: Below this many trials there is nothing to learn a warp from.
_MIN_TRIALS_TO_WARP = 8
#: Distinct values a column must show before its warp is free.
_MIN_VALUES_TO_WARP = 4


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Result of a fit, with the curvature that the next fit starts from.

    Parameters
    ----------
    hyperparameters : Hyperparameters
        Most probable hyperparameters that were found.
    is_warped : bool array of shape (n_columns,)
        Columns whose warp was free.
    inverse_hessian : array of shape (n_theta, n_theta)
        Inverse Hessian of the negative log posterior there, as BFGS approximated it.
    """

    hyperparameters: Hyperparameters
    is_warped: BoolArray
    inverse_hessian: FloatArray


def fit_hyperparameters(
    layout: Layout,
    U: FloatArray,
    y: FloatArray,
    extra_noise: FloatArray | None = None,
    *,
    start: Fit | None = None,
    restart: bool = False,
    max_iterations: int = 50,
) -> Fit:
    """Maximise the posterior of the hyperparameters within their bounds.

    Parameters
    ----------
    layout : Layout
        Kinds and activity of the columns.
    U : array of shape (n_trials, n_columns)
        Encoded points, oldest first. Of more than ``MAX_ROWS`` a subset is used.
    y : array of shape (n_trials,)
        Standardised targets, greater is better.
    extra_noise : array of shape (n_trials,), default=None
        Known noise variances beyond the learned one; None is none.
    start : Fit, default=None
        Where to start, commonly the last fit. None starts from the default
        hyperparameters and from the same with half the lengthscales.
    restart : bool, default=False
        Start from the default hyperparameters as well as from `start`.
    max_iterations : int, default=50
        Largest number of steps from each start.

    Returns
    -------
    Fit
        The best found, at least as probable as the best start.
    """
    objective = _likelihood_of(layout, U, y, extra_noise)
    ends = [
        _climb_down(objective, begin, max_iterations)
        for begin in _starts(objective, start, restart)
    ]
    return min(ends, key=lambda end: end[0])[1]


def _likelihood_of(
    layout: Layout, U: FloatArray, y: FloatArray, extra_noise: FloatArray | None
) -> NegativeLogPosterior:
    """The function that a fit to these trials, or a subset of them, minimises."""
    noise = np.zeros(len(y)) if extra_noise is None else extra_noise
    rows = choose_rows(layout, U, y, n_rows=MAX_ROWS)
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
    objective: NegativeLogPosterior, start: Fit | None, restart: bool
) -> Iterable[Fit]:
    is_warped, prior = objective.is_warped, objective.parameters.covariance
    default = default_hyperparameters(objective.layout)
    if start is not None:
        same = np.array_equal(start.is_warped, is_warped)
        # With other free warps theta has another length, and the curvature no use.
        yield start if same else Fit(start.hyperparameters, is_warped, prior)
        if not restart:
            return
    yield Fit(default, is_warped, prior)
    if start is None:
        halved = default.log_lengthscales - np.log(2.0)
        yield Fit(replace(default, log_lengthscales=halved), is_warped, prior)


def _climb_down(
    objective: NegativeLogPosterior, begin: Fit, max_iterations: int
) -> tuple[float, Fit]:
    """The value where the optimiser ends, and that place."""
    p = objective.parameters
    theta = p.pack(begin.hyperparameters)
    if len(theta) > _MAX_DENSE:
        end = _limited_memory(objective, theta, begin.inverse_hessian, max_iterations)
    else:
        end = minimize_in_box(
            objective,
            theta,
            p.bounds,
            inverse_hessian=begin.inverse_hessian,
            prior=p.covariance,
            flat=_FLAT,
            max_iterations=max_iterations,
        )
    found = Fit(p.unpack(end.x), begin.is_warped, end.inverse_hessian)
    return end.value, found


def _limited_memory(
    objective: NegativeLogPosterior,
    theta: FloatArray,
    inverse_hessian: FloatArray,
    max_iterations: int,
) -> Minimum:
    """Minimise with L-BFGS-B; return the start if the end is no better."""
    start, _ = objective(theta)
    result = minimize(
        objective,
        theta,
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, high) for low, high in objective.parameters.bounds.tolist()],
        options={"gtol": _FLAT, "maxiter": max_iterations},
    )
    value, _ = objective(result.x)
    if value <= start:
        return Minimum(result.x, value, inverse_hessian)
    return Minimum(theta, start, inverse_hessian)

"""The most probable hyperparameters given the trials (MAP).

A fit that starts from an earlier one takes over its curvature too: what BFGS learned
of the inverse Hessian then holds for one trial more as well, and half of the
evaluations are saved that a start from the last optimum alone would take.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import lapack
from scipy.optimize import minimize

from skbayes._gp.hyperparameters import Hyperparameters, default_hyperparameters
from skbayes._gp.layout import BoolArray, FloatArray, Layout
from skbayes._gp.likelihood import NegativeLogPosterior
from skbayes._gp.subsets import choose_rows

#: Rows that decide the hyperparameters; more cost n^3 and change them little.
MAX_ROWS = 256
#: A fit ends where no derivative is steeper than this. Looser ones save a tenth of the
#: evaluations, but fits that start close then stay where they are.
_FLAT = 0.005
#: Hyperparameters up to which the Hessian is kept whole: beyond, to update it costs
#: more than the likelihood of a search's trials.
_MAX_DENSE = 120
#: Below this many trials there is nothing to learn a warp from.
_MIN_TRIALS_TO_WARP = 8
#: Distinct values a column must show before its warp is free.
_MIN_VALUES_TO_WARP = 4


@dataclass(frozen=True, eq=False, slots=True)
class Fit:
    """Where a fit ended, and what it learned about the way there.

    Parameters
    ----------
    hyperparameters : Hyperparameters
        The best found.
    is_warped : bool array of shape (n_columns,)
        Columns whose warp was free.
    inverse_hessian : array of shape (n_theta, n_theta)
        Of the negative log posterior there, as far as BFGS has learned it.
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
    """Maximise the posterior of the hyperparameters with BFGS.

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
    start : Fit, default=None
        Where to start, commonly the last fit. None starts from the default
        hyperparameters and from the same with half the lengthscales.
    restart : bool, default=False
        Start from the default hyperparameters as well as from `start`.
    max_iterations : int, default=50
        Iterations of BFGS from each start.

    Returns
    -------
    Fit
        The best found; the best start where no iteration improves on it.
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
    objective: NegativeLogPosterior, start: Fit | None, restart: bool
) -> Iterable[Fit]:
    """Where the optimiser starts from, with what is known of the curvature there."""
    is_warped, prior = objective.is_warped, objective.parameters.covariance
    default = default_hyperparameters(objective.layout)
    if start is not None:
        same = np.array_equal(start.is_warped, is_warped)
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
    """The value where BFGS ends, and that place."""
    p = objective.parameters
    theta = p.pack(begin.hyperparameters)
    if len(theta) > _MAX_DENSE:
        result = minimize(
            objective,
            theta,
            jac=True,
            method="L-BFGS-B",
            options={"gtol": _FLAT, "maxiter": max_iterations},
        )
        inverse_hessian = begin.inverse_hessian
    else:
        result = minimize(
            objective,
            theta,
            jac=True,
            method="BFGS",
            options={
                "gtol": _FLAT,
                "maxiter": max_iterations,
                "hess_inv0": begin.inverse_hessian,
            },
        )
        learned = np.asarray(result.hess_inv, dtype=np.float64)
        inverse_hessian = definite(0.5 * (learned + learned.T), otherwise=p.covariance)
    # An abnormal end is as good as any other: the value never goes up.
    hyperparameters = p.unpack(p.inside(result.x))
    return float(result.fun), Fit(hyperparameters, begin.is_warped, inverse_hessian)


def definite(matrix: FloatArray, *, otherwise: FloatArray) -> FloatArray:
    """The symmetric matrix, or the other where rounding has left it no factor."""
    _, failed = lapack.dpotrf(matrix)
    return matrix if not failed and np.isfinite(matrix).all() else otherwise

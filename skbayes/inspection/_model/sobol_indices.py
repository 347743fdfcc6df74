"""Sobol indices of groups of columns, estimated from two samples of points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from skbayes._protocol import BoolArray, FloatArray

#: Maps independent uniform numbers to feasible encoded points, (n, n_columns).
FromUnit = Callable[[FloatArray], FloatArray]
#: Evaluates several functions at encoded points, (n, n_functions).
Functions = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, eq=False)
class SobolIndices:
    """Indices of each group of columns and function; NaN for a constant function.

    Parameters
    ----------
    total : array of shape (n_groups, n_functions)
        Share of the variance due to the group, alone and in interactions.
    first_order : array of shape (n_groups, n_functions)
        Share of the variance due to the group alone.
    total_when_active : array of shape (n_groups, n_functions)
        `total` over the points where the group is active.
    active_fraction : array of shape (n_groups,)
        Share of the points where the group is active.
    """

    total: FloatArray
    first_order: FloatArray
    total_when_active: FloatArray
    active_fraction: FloatArray


def sobol_indices(
    functions: Functions,
    from_unit: FromUnit,
    active: Callable[[FloatArray], BoolArray],
    groups: Sequence[Sequence[int]],
    *,
    n_columns: int,
    n_samples: int,
    rng: np.random.Generator,
) -> SobolIndices:
    """Estimate Sobol indices by exchanging groups of columns of two samples.

    Let f and f' be the values at the samples A and B, and g and g' the values after
    the exchange of the group's columns. The estimators of the first-order and of the
    total index are those of [1]_ that use all four values:

        ``S  = 2 mean((g' - f') (f - g)) / (mean((f - f')^2) + mean((g - g')^2))``
        ``ST = mean((f' - g')^2 + (f - g)^2) / (the same)``

    Both are exactly zero for a group without effect, and ``|S| <= ST``.

    Parameters
    ----------
    functions : callable
        Evaluates all functions at encoded points.
    from_unit : callable
        Maps independent uniform numbers to encoded points.
    active : callable
        Marks the active columns of encoded points.
    groups : sequence of sequence of int
        Columns of each group.
    n_columns : int
        Columns of the points.
    n_samples : int
        Size of each of the two samples, a power of 2.
    rng : numpy Generator
        Scrambles the low-discrepancy sequence the samples are halves of.

    Returns
    -------
    SobolIndices

    References
    ----------
    .. [1] I. Azzini, T. A. Mara, R. Rosati, "Comparison of two sets of Monte Carlo
       estimators of Sobol' indices", Environmental Modelling & Software 144, 2021.
    """
    # The samples are the halves of one sequence of doubled dimension: the points of two
    # separate sequences would be tied to each other by their order.
    sequence = qmc.Sobol(2 * n_columns, seed=rng).random(n_samples)
    Q = np.stack([sequence[:, :n_columns], sequence[:, n_columns:]])
    exchanged = [Q] + [_exchange(Q, list(group)) for group in groups]
    # One call for all points: a call per group would pay the kernel's overhead each.
    U = from_unit(np.concatenate(exchanged).reshape(-1, n_columns))
    values = functions(U)
    is_active = active(U).reshape(len(groups) + 1, 2, n_samples, n_columns)
    values = values.reshape(len(groups) + 1, 2, n_samples, -1)
    rows = []
    for i, group in enumerate(groups):
        everywhere = np.ones((2, n_samples), dtype=bool)
        where = is_active[0][..., list(group)].any(axis=-1)
        total, first = _indices(values[0], values[i + 1], everywhere)
        when_active, _ = _indices(values[0], values[i + 1], where)
        rows.append((total, first, when_active, where.mean()))
    return SobolIndices(
        total=np.array([row[0] for row in rows]),
        first_order=np.array([row[1] for row in rows]),
        total_when_active=np.array([row[2] for row in rows]),
        active_fraction=np.array([row[3] for row in rows]),
    )


def _exchange(Q: FloatArray, group: list[int]) -> FloatArray:
    """Exchange a group of columns between the two samples, (2, n, n_columns)."""
    exchanged = Q.copy()
    exchanged[:, :, group] = Q[::-1, :, group]
    return exchanged


def _indices(
    f: FloatArray, g: FloatArray, where: BoolArray
) -> tuple[FloatArray, FloatArray]:
    """Total and first-order index of one group, each of shape (n_functions,).

    `f` and `g`, of shape (2, n_samples, n_functions), are the values before and after
    the exchange; `where`, (2, n_samples), the points that count.
    """
    # The estimators from four values of [1] above, summed: 1 / n cancels in the ratios.
    change = np.square(f - g)[where].sum(axis=0)
    if where.all():
        variance = np.square(f[0] - f[1]).sum(axis=0)
        variance = variance + np.square(g[0] - g[1]).sum(axis=0)
        shared = 2.0 * ((g[1] - f[1]) * (f[0] - g[0])).sum(axis=0)
    else:
        # The exchange mixes points with and without the group, so that the symmetric
        # denominator does not apply; the variance among the counted points does.
        counted = f[where]
        variance = 2.0 * len(counted) * counted.var(axis=0) if len(counted) else 0.0
        shared = np.full(f.shape[2], np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        total, first = change / variance, shared / variance
    is_constant = np.broadcast_to(variance, total.shape) <= 0.0
    return (
        np.where(is_constant, np.nan, np.clip(total, 0.0, 1.0)),
        np.where(is_constant, np.nan, np.clip(first, 0.0, 1.0)),
    )

"""Partial dependence of the modelled score on one or two parameters, with a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, qmc

from skbayes._gp.matern import augment_left, matern, squared_distances
from skbayes._protocol import FloatArray
from skbayes.inspection._column_axis import ColumnAxis
from skbayes.inspection._model.posterior_draws import mean_of_prior_covariances
from skbayes.inspection._model.score_model import ScoreModel
from skbayes.space._space import Space

#: Points of the other parameters in an average, for one and two parameters.
_N_OTHERS = (128, 64)
#: Most grid values of a column in a map of two parameters.
_N_GRID_OF_TWO = 21
#: Most kernel values in memory at once.
_SLAB = 2_000_000


@dataclass(frozen=True, eq=False)
class Effect:
    """Modelled score against one or two parameters.

    Parameters
    ----------
    axes : tuple of ColumnAxis
        Axes of the one or two parameters.
    columns : tuple of int
        Columns of the axes.
    grids : tuple of array
        Encoded values of each column.
    median, low, high : array of shape (n_grid,) or (n_grid, n_grid_of_the_other)
        Posterior median, and the ends of the band, in units of the score.
    """

    axes: tuple[ColumnAxis, ...]
    columns: tuple[int, ...]
    grids: tuple[FloatArray, ...]
    median: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def places(self) -> tuple[FloatArray, ...]:
        """Positions of the grids on their axes."""
        return tuple(
            axis.place(grid) for axis, grid in zip(self.axes, self.grids, strict=True)
        )


def effect(
    model: ScoreModel,
    axes: list[ColumnAxis],
    columns: tuple[int, ...],
    *,
    around: FloatArray | None,
    confidence: float,
    rng: np.random.Generator,
) -> Effect:
    """Compute the modelled score with the other parameters averaged or fixed.

    Parameters
    ----------
    model : ScoreModel
        The posterior.
    axes : list of ColumnAxis
        Axes of all columns of the space.
    columns : tuple of int
        One or two columns that exist in one branch together.
    around : array of shape (n_columns,) or None
        Point that fixes the other parameters; None averages over the space.
    confidence : float
        Probability between the ends of the band.
    rng : numpy Generator
        Scrambles the points averaged over.

    Returns
    -------
    Effect
    """
    grids = tuple(_thinned(axes[j].grid, len(columns)) for j in columns)
    mesh = np.stack(np.meshgrid(*grids, indexing="ij"), axis=-1)
    cells = mesh.reshape(-1, len(columns))
    mean, variance = _average(model, columns, cells, around, rng)
    # The transform is monotone, so that quantiles can be inverted one by one; the
    # inverse of the mean is then the median in units of the score.
    width = norm.ppf(0.5 + 0.5 * confidence) * np.sqrt(variance)
    shape = mesh.shape[:-1]
    inverse = model.transform.inverse
    return Effect(
        axes=tuple(axes[j] for j in columns),
        columns=columns,
        grids=grids,
        median=inverse(mean).reshape(shape),
        low=inverse(mean - width).reshape(shape),
        high=inverse(mean + width).reshape(shape),
    )


def _thinned(grid: FloatArray, n_columns: int) -> FloatArray:
    """Thin out a long grid for a map of two parameters."""
    if n_columns == 1 or len(grid) <= _N_GRID_OF_TWO:
        return grid
    return grid[np.linspace(0, len(grid) - 1, _N_GRID_OF_TWO).round().astype(int)]


def _average(
    model: ScoreModel,
    columns: tuple[int, ...],
    cells: FloatArray,
    around: FloatArray | None,
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """Posterior mean and variance of the average at each cell, (n_cells,).

    An average over points is a linear functional of the process: its covariance with
    the trials is the mean of the points' covariances, its prior variance the mean
    covariance of all their pairs.
    """
    conditioning, log_variance = (
        model.gp.conditioning,
        model.gp.conditioning.log_signal_variance,
    )
    U = _points(model.space, columns, cells, around, rng)
    n_points = len(U) // len(cells)
    at_once = n_points * max(_SLAB // (n_points * model.gp.n_trials), 1)
    covariances, priors = [], []
    for start in range(0, len(U), at_once):
        Z = conditioning.embedding.embed(U[start : start + at_once])
        K = matern(squared_distances(augment_left(Z), conditioning.right), log_variance)
        covariances.append(K.reshape(-1, n_points, K.shape[1]).mean(axis=1))
        blocks = Z.reshape(-1, n_points, Z.shape[1])
        priors += [mean_of_prior_covariances(block, log_variance) for block in blocks]
    k = np.concatenate(covariances)
    mean = k @ model.gp.alpha + model.gp.prior_mean
    explained = np.square(k @ conditioning.Linv.T).sum(axis=1)
    exists = model.space.active(U[::n_points])[:, list(columns)].all(axis=1)
    variance = np.maximum(np.array(priors) - explained, 0.0)
    return np.where(exists, mean, np.nan), np.where(exists, variance, np.nan)


def _points(
    space: Space,
    columns: tuple[int, ...],
    cells: FloatArray,
    around: FloatArray | None,
    rng: np.random.Generator,
) -> FloatArray:
    """Encoded points, each cell with all others: (n_cells * n_points, n_columns)."""
    if around is not None:
        U = np.repeat(around[None, :], len(cells), axis=0)
        U[:, columns] = cells
        return space.snap(U)
    n = _N_OTHERS[len(columns) - 1]
    # The same points in every cell: differences between cells are not those of points.
    Q = np.tile(qmc.Sobol(space.n_columns, seed=rng).random(n), (len(cells), 1))
    each = np.repeat(cells, n, axis=0)
    if space.n_branches > 1:
        codes = each[:, columns.index(0)] if 0 in columns else None
        if codes is None:
            # A random order: the sequence's own is tied to its values.
            turns = rng.permutation(np.resize(shared_branches(space, columns), n))
            codes = np.tile(turns, len(cells))
        Q[:, 0] = (codes + 0.5) / space.n_branches
    U = space.from_unit(Q)
    # `from_unit` set the columns to the sequence's values; put the cells' values back.
    exists = space.active(U)[:, columns]
    U[:, columns] = np.where(exists, each, U[:, columns])
    return U


def shared_branches(space: Space, columns: Sequence[int]) -> list[int]:
    """List the branches in which all of some columns exist."""
    shared = set(range(space.n_branches))
    for j in columns:
        shared &= set(space.columns[j].branches)
    return sorted(shared)

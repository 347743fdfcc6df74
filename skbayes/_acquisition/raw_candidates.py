"""Raw candidates: points that fill the space, and points around the best trials."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from skbayes._acquisition.sobol import sobol
from skbayes._protocol import BoolArray, FloatArray
from skbayes.space._space import Space

#: Standard deviations of the steps around a trial, in unit-cube widths. Three sizes,
#: because the distance of the next improvement is unknown.
_STEPS = np.array([0.02, 0.08, 0.25])
#: Chance that a categorical column takes another level.
_FLIP_RATE = 0.15
#: Probability that a numeric column is perturbed: max(2 / n_columns, this). On average
#: two columns move where there are few, and three in ten where there are many.
_MOVE_RATE = 0.3


@dataclass(frozen=True, slots=True)
class Fixed:
    """One categorical column held at one level during a search."""

    column: int
    level: int

    def impose(self, space: Space, U: FloatArray, fill: FloatArray) -> FloatArray:
        """Set the level in `U`; columns inactive before take values from `fill`.

        Rounding (`Space.snap`) then resets the columns that are still inactive.
        """
        U = np.where(space.active(U), U, fill)
        U[:, self.column] = self.level
        return U


def space_filling(
    space: Space, n: int, rng: np.random.Generator, fixed: Fixed | None = None
) -> FloatArray:
    """`n` points distributed as the space's priors, shape (n, n_columns)."""
    Q = sobol(n, space.n_columns, rng)
    if fixed is not None:
        # The middle of the level's share of the unit interval, whatever its prior.
        Q[:, fixed.column] = (fixed.level + 0.5) / space.n_levels[fixed.column]
    return space.snap(space.from_unit(Q))


def around(
    space: Space,
    parents: FloatArray,
    n: int,
    rng: np.random.Generator,
    fixed: Fixed | None = None,
) -> FloatArray:
    """`n` points each a random step away from one of `parents`, (n, n_columns).

    A column that a step activates takes a uniform value.
    """
    U = parents[rng.integers(len(parents), size=n)]
    active = space.active(U)
    fill = space.from_unit(rng.random(U.shape))
    moved = _moved(space, U, active, rng)
    stepped = np.where(moved, _stepped(space, U, rng), np.where(active, U, fill))
    if fixed is not None:
        stepped = fixed.impose(space, stepped, fill)
    return space.snap(stepped)


def _moved(
    space: Space, U: FloatArray, active: BoolArray, rng: np.random.Generator
) -> BoolArray:
    """Mask of the cells that move: active columns, at least one in each row."""
    is_numeric = space.n_levels == 0
    rate = np.where(is_numeric, max(2.0 / space.n_columns, _MOVE_RATE), _FLIP_RATE)
    draws = rng.random(U.shape) / rate
    draws[~active] = np.inf
    moved = draws < 1.0
    # The column whose draw is lowest moves in any case: no row equals its parent.
    moved[np.arange(len(U)), np.argmin(draws, axis=1)] = True
    return moved


def _stepped(space: Space, U: FloatArray, rng: np.random.Generator) -> FloatArray:
    """All columns of `U` moved: numbers by a normal step, levels to another one."""
    n_levels = space.n_levels
    size = _STEPS[rng.integers(len(_STEPS), size=(len(U), 1))]
    numbers = U + size * rng.standard_normal(U.shape)
    numbers = np.abs(numbers) % 2.0  # reflected at 0 and 1
    numbers = np.where(numbers > 1.0, 2.0 - numbers, numbers)
    m = np.maximum(n_levels, 2)
    # One to m - 1 levels on, modulo m: uniform over the other levels.
    levels = (U + 1.0 + np.floor(rng.random(U.shape) * (m - 1))) % m
    return np.where(n_levels > 0, levels, numbers)

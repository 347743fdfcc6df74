"""The values of discrete columns, and all points of a small finite space."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from skbayes._acquisition.raw_candidates import Fixed
from skbayes._protocol import FloatArray
from skbayes.space._space import Space

#: Columns with more values are probed at this many positions, which misses some.
_MAX_EXACT = 4096


@lru_cache(maxsize=256)
def column_values(space: Space, column: int) -> FloatArray:
    """Encoded values of a column, ascending; empty where it is continuous.

    A column with more than 4,096 values is thinned out.
    """
    if not np.isfinite(space.n_values[column]):
        return np.empty(0)
    dimension = space.columns[column].dimension
    if space.n_values[column] <= _MAX_EXACT:
        return np.unique(dimension.encode(list(dimension.values())))
    # Rounding is per column, so a probe needs a valid branch but no valid neighbours.
    probes = np.full((_MAX_EXACT, space.n_columns), 0.5)
    probes[:, 0] = min(space.columns[column].branches)
    probes[:, column] = np.linspace(0.0, 1.0, _MAX_EXACT)
    return np.unique(space.snap(probes)[:, column])


def all_points(space: Space, fixed: Fixed | None = None) -> FloatArray:
    """Every point of a finite space, or of the part with one level held.

    Returns
    -------
    array of shape (cardinality, n_columns)
    """
    if space.has_rules:
        points = _under_rules(space)
    else:
        has_root = space.n_branches > 1
        root = column_values(space, 0) if has_root else np.zeros(1)
        parts = [_points_of_branch(space, code, has_root) for code in root]
        points = np.concatenate(parts)
    if fixed is not None:
        points = points[points[:, fixed.column] == fixed.level]
    return points


@lru_cache(maxsize=8)
def _under_rules(space: Space) -> FloatArray:
    """Every valid point; points that differ in inactive values only appear once."""
    return space.encode(list(space.grid()))


def _points_of_branch(space: Space, code: float, has_root: bool) -> FloatArray:
    """Every point whose column 0 has `code`; all points where there are no branches."""
    probe = np.full((1, space.n_columns), 0.5)
    if has_root:
        probe[0, 0] = code
    inactive = space.snap(probe)[0]
    axes = [
        column_values(space, j) if is_active else inactive[j : j + 1]
        for j, is_active in enumerate(space.active(probe)[0])
    ]
    if has_root:
        axes[0] = np.array([code])
    mesh = np.meshgrid(*axes, indexing="ij")
    return np.stack([axis.ravel() for axis in mesh], axis=1)

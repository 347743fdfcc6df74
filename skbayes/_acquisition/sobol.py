"""Randomly shifted low-discrepancy points from a sequence computed once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.stats import qmc

from skbayes._protocol import FloatArray

#: Bits of a Sobol point: SciPy's default, and the shifted integers fit into 32 bits.
_N_BITS = 30
#: Seed of the scrambling that is computed once; the shift is drawn every time.
_SCRAMBLE_SEED = 20
_MAX_COLUMNS = qmc.Sobol.MAXDIM


def sobol(n: int, n_columns: int, rng: np.random.Generator) -> FloatArray:
    """Randomly shifted scrambled Sobol points in (0, 1)^n_columns.

    The digital shift (exclusive or with one random point) keeps the net's balance and
    makes every point uniform, at a tenth of the cost of a new scrambling.

    Parameters
    ----------
    n : int
        Number of points; powers of two are balanced.
    n_columns : int
        Columns; beyond SciPy's table of direction numbers, points are independent.
    rng : Generator
        Source of randomness of the shift.

    Returns
    -------
    array of shape (n, n_columns)
    """
    if n_columns > _MAX_COLUMNS:
        return rng.random((n, n_columns))
    net = _net(1 << max(n - 1, 0).bit_length(), n_columns)[:n]
    shift = rng.integers(0, 1 << _N_BITS, size=n_columns, dtype=np.uint32)
    return ((net ^ shift).astype(np.float64) + 0.5) * 2.0**-_N_BITS


@lru_cache(maxsize=8)
def _net(n: int, n_columns: int) -> NDArray[np.uint32]:
    """Scrambled Sobol points as integers, shape (n, n_columns)."""
    engine = qmc.Sobol(
        n_columns,
        scramble=True,
        bits=_N_BITS,
        seed=np.random.default_rng(_SCRAMBLE_SEED),
    )
    net = (engine.random(n) * 2.0**_N_BITS).astype(np.uint32)
    net.flags.writeable = False
    return net

"""Decide whether numbers are spaced evenly on a linear or a logarithmic axis.

This is for numbers alone: the tried values of a search, or values at equal distances
along the axis of a dimension to be drawn. Whether a dimension spans orders of
magnitude, which the model's prior depends on, is another question:
`Dimension.is_logarithmic`.
"""

from __future__ import annotations

import numpy as np

from skbayes._protocol import FloatArray

#: Ratio of both distances from even spacing below which the axis is logarithmic.
_CLEARLY_MORE_EVEN = 0.7
#: Two numbers are evenly spaced on any axis.
_FEWEST = 3


def lies_on_log_axis(values: FloatArray) -> bool:
    """Whether logarithms are clearly more evenly spaced than the numbers.

    Parameters
    ----------
    values : array of shape (n,)
        Numbers in any order; repeated numbers count once.

    Returns
    -------
    bool
        False for fewer than three numbers, and if one is not positive.
    """
    values = np.unique(values)
    if len(values) < _FEWEST or values[0] <= 0:
        return False
    as_they_are = _distance_from_even(values)
    return _distance_from_even(np.log(values)) < _CLEARLY_MORE_EVEN * as_they_are


def _distance_from_even(ascending: FloatArray) -> float:
    """Largest distance between the numbers' distribution and the uniform one."""
    share = (ascending - ascending[0]) / (ascending[-1] - ascending[0])
    return float(np.abs(share - np.linspace(0.0, 1.0, len(share))).max())

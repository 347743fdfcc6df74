"""Decide whether numbers belong on a linear or a logarithmic axis.

All parts ask here. What is known decides which question they ask:

- a word for a prior, such as the name of a scipy distribution: `prior_named`;
- where the numbers of a prior lie, whatever it is called: `spans_magnitudes`, which
  the surrogate's prior depends on;
- some numbers, such as the tried values of a search: `lies_on_log_axis`;
- a list of choices, which get the scale that spaces them best: `even_scale`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray

#: Words for one of the priors, without hyphens and capitals. scipy.stats calls a
#: log-uniform distribution "reciprocal", too.
PRIOR_WORDS = frozenset({"uniform", "loguniform", "reciprocal", "log10uniform"})

#: A prior spans orders of magnitude if the middle of its deciles' range is at least
#: this many times its median: for a log-uniform prior, more than a factor of 14 between
#: the deciles.
_FAR_ABOVE = 2.0
#: Ratio of both distances from even spacing below which the axis is logarithmic.
_CLEARLY_MORE_EVEN = 0.7
#: Two numbers are evenly spaced on any axis.
_FEWEST = 3
#: Levels closer than this share of the mean gap are one point to a model.
_SMALLEST_GAP = 0.1


def prior_of(is_log: bool) -> str:
    """Name of the prior of a range."""
    return "log-uniform" if is_log else "uniform"


def prior_named(word: Any, words: Collection[str] = PRIOR_WORDS) -> str | None:
    """The prior that one of some words means; None for any other value."""
    if not isinstance(word, str):
        return None
    plain = re.sub(r"[-_ $]", "", word.lower())
    if plain not in words:
        return None
    return prior_of(plain.startswith("log") or plain == "reciprocal")


def spans_magnitudes(low: float, median: float, high: float) -> bool:
    """Whether a prior with these deciles and median spans orders of magnitude."""
    return bool(0.5 * (low + high) >= _FAR_ABOVE * median > 0)


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
    """Largest distance between the numbers' distribution and the uniform one.

    Numbers drawn at random have gaps of all sizes; their distribution tells the axis.
    """
    share = (ascending - ascending[0]) / (ascending[-1] - ascending[0])
    return float(np.abs(share - np.linspace(0.0, 1.0, len(share))).max())


def even_scale(numbers: FloatArray) -> FloatArray:
    """Put ascending numbers on the scale that spaces them most evenly, shape (m,).

    The numbers themselves are tried, their logarithms and, if the first is zero,
    logarithms with zero one step below the others. If even the best scale has levels
    too close for a model, the ranks are used.
    """
    scales = [numbers]
    if numbers[0] > 0:
        scales.append(np.log(numbers))
    elif numbers[0] == 0:
        logs = np.log(numbers[1:])
        scales.append(np.append(logs[0] - np.diff(logs).mean(), logs))
    best = min(scales, key=_unevenness)
    gaps = np.diff(best)
    if gaps.min() < _SMALLEST_GAP * gaps.mean():
        return np.arange(len(numbers), dtype=float)
    return best


def _unevenness(scale: FloatArray) -> float:
    # The coefficient of variation of the gaps: it does not depend on the unit.
    gaps = np.diff(scale)
    mean = float(gaps.mean())
    return float(gaps.std()) / mean if mean > 0 else math.inf

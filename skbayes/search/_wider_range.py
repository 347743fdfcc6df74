"""Widen a range at one end, within the values that the estimator accepts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from skbayes._compat import NumberInterval, numbers_taken
from skbayes.search._number_types import owner_of
from skbayes.space import Integer, Real
from skbayes.space._scale import prior_of

#: Usual limits of shares and of positive numbers, if the estimator states none.
_SHARES = NumberInterval(0, 1, True, True, takes_integers=False, takes_reals=True)
_POSITIVE = NumberInterval(
    0, math.inf, True, False, takes_integers=True, takes_reals=True
)
#: Distance kept from an open end, as a share of the distance to the present bound.
_LEFT_OUT = 0.1


def widen(
    dimension: Real | Integer, end: str, estimator: Any, name: str
) -> Real | Integer | None:
    """Widen a range at one end.

    Parameters
    ----------
    dimension : Real or Integer
        The range that was searched.
    end : {"low", "high"}
        The end to move.
    estimator : estimator
        The estimator with the parameter.
    name : str
        Name of the parameter.

    Returns
    -------
    Real, Integer or None
        Wider by a half, on a log axis by whole powers of ten; None if the estimator
        accepts nothing beyond the end, or probably not.
    """
    limits = _limits(dimension, end, estimator, name)
    if limits is None:
        return None
    wider = _by_half_or_powers(dimension, end)
    bound = _within(getattr(wider, end), getattr(dimension, end), end, limits)
    if bound is None:
        return None
    if isinstance(dimension, Integer):
        bound = math.ceil(bound) if end == "low" else math.floor(bound)
    if bound == getattr(dimension, end):
        return None
    low, high = (bound, wider.high) if end == "low" else (wider.low, bound)
    prior = prior_of(wider.prior == "log-uniform" and low > 0)
    if isinstance(dimension, Integer):
        return Integer(int(low), int(high), prior)
    return Real(low, high, prior)


def _limits(
    dimension: Real | Integer, end: str, estimator: Any, name: str
) -> NumberInterval | None:
    """The numbers that the parameter accepts; None if the present end is the limit."""
    owner = owner_of(estimator, name)
    taken = None if owner is None else numbers_taken(type(owner[0]), owner[1])
    if taken is None:
        return _usual_limits(dimension, end)
    return _interval_around(dimension, taken)


def _interval_around(
    dimension: Real | Integer, taken: Sequence[NumberInterval]
) -> NumberInterval | None:
    """The accepted interval that contains a range; None without one."""
    for interval in taken:
        fits = (
            interval.takes_integers
            if isinstance(dimension, Integer)
            else interval.takes_reals
        )
        middle = 0.5 * (dimension.low + dimension.high)
        if fits and interval.contains(middle):
            return interval
    return None


def _usual_limits(dimension: Real | Integer, end: str) -> NumberInterval | None:
    """Probable limits, if the estimator states none."""
    # An end at 0 or 1 is most likely a limit.
    if getattr(dimension, end) in (0, 1):
        return None
    if isinstance(dimension, Real) and dimension.low >= 0 and dimension.high <= 1:
        return _SHARES
    if dimension.low < 0:
        return NumberInterval(-math.inf, math.inf, False, False, True, True)
    return _POSITIVE


def _within(
    bound: float, current: float, end: str, limits: NumberInterval
) -> float | None:
    """Move a bound into the limits; None if nothing beyond the present one is left."""
    limit = limits.low if end == "low" else limits.high
    is_taken = limits.has_low if end == "low" else limits.has_high
    is_beyond = bound < limit if end == "low" else bound > limit
    if bound == limit and not is_taken:
        is_beyond = True
    if is_beyond:
        bound = limit if is_taken else limit + (current - limit) * _LEFT_OUT
    goes_on = bound < current if end == "low" else bound > current
    return bound if goes_on else None


class _Span(NamedTuple):
    """Ends and prior of a range, before the estimator's limits are applied."""

    low: float
    high: float
    prior: str


def _by_half_or_powers(dimension: Real | Integer, end: str) -> _Span:
    """Widen a range by a half at one end; on a log axis by whole powers of ten."""
    low, high = dimension.low, dimension.high
    is_log = dimension.prior == "log-uniform"
    if end == "low" and low > 0 and not isinstance(dimension, Integer):
        # Halving steps towards zero never get there: by powers of ten.
        is_log = True
    if is_log:
        factor = 10 ** max(1, round(math.log10(high / low) / 3))
        bound = low / factor if end == "low" else high * factor
    else:
        step = (high - low) / 2
        bound = low - step if end == "low" else high + step
    if isinstance(dimension, Integer):
        least = 1 if low >= 1 else 0 if low >= 0 else -math.inf
        bound = max(least, math.floor(bound) if end == "low" else math.ceil(bound))
    else:
        bound = float(f"{bound:.3g}")
    low, high = (bound, high) if end == "low" else (low, bound)
    return _Span(low, high, prior_of(is_log))

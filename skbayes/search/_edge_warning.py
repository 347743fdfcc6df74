"""Does the best value lie at the edge of what was searched? Then say so."""

from __future__ import annotations

import math
import warnings

import numpy as np

from skbayes.exceptions import SearchSpaceEdgeWarning
from skbayes.space import Integer, Real, parse_space

#: How near to an end the best value must lie, as a share of the range, or of as many
#: values at random the nearest two ...
_AT_END = 0.02
_NEAREST = 2
#: ... and how near most of the best candidates: chance alone puts the best one at an
#: end of some parameter that does not matter, but not the others too.
_NEAR_END = 0.25
_MOST = 0.75
#: Fewer complete candidates say nothing.
_LEAST_CANDIDATES = 10
#: Ends beyond which many parameters have no meaning: shares, counts, rates.
_NATURAL_ENDS = (0, 1)
#: Families of scipy.stats that are ranges.
_LOG_FAMILIES = {"loguniform", "reciprocal"}


def warn_at_edges(search):
    """Warn of each range whose end the best candidates press against.

    Only ranges are looked at: the ends of a list are a choice, and those of a
    distribution with a density of its own are unlikely by the user's own word.
    """
    if not hasattr(search, "best_params_") or not hasattr(
        search, "param_distributions"
    ):
        return
    best, at_end = _best_candidates(search)
    for name, dimension in _ranges(search):
        if name not in search.best_params_:
            continue
        end = _end_pressed(dimension, name, search.best_params_[name], best, at_end)
        if end is None or getattr(dimension, end) in _NATURAL_ENDS:
            continue
        warnings.warn(
            f"The best value of `{name}`, {search.best_params_[name]!r}, lies at the "
            f"{'lower' if end == 'low' else 'upper'} end of what was searched, and so "
            "do most of the best candidates: better ones may lie beyond. If it may "
            f"take such values, search {_as_written(search, name, dimension, end)}.",
            SearchSpaceEdgeWarning,
            stacklevel=4,
        )


def _best_candidates(search):
    """Parameters of the best tenth, five at least, and how near an end is at it.

    None where too few are complete.
    """
    metric = search.refit if isinstance(search.refit, str) else None
    names = [k for k in search.cv_results_ if k.startswith("mean_test_")]
    column = f"mean_test_{metric}" if f"mean_test_{metric}" in names else names[0]
    means = np.asarray(search.cv_results_[column], dtype=float)
    rows = np.flatnonzero(np.isfinite(means))
    if len(rows) < _LEAST_CANDIDATES:
        return [], _AT_END
    rows = rows[np.argsort(-means[rows], kind="stable")]
    n_best = max(5, math.ceil(len(rows) / 10))
    best = [search.cv_results_["params"][row] for row in rows[:n_best]]
    if hasattr(search, "optimizer_"):
        # It goes to the very end by itself, where better values seem to lie.
        return best, _AT_END
    return best, max(_AT_END, _NEAREST / len(rows))


def _ranges(search):
    """Name and range of each parameter that has one."""
    if hasattr(search, "optimizer_"):
        found = [(c.name, c.dimension) for c in search.optimizer_.space.columns]
    else:
        dicts = search.param_distributions
        dicts = [dicts] if isinstance(dicts, dict) else dicts
        found = [
            (name, _dimension_of(name, value))
            for values in dicts
            for name, value in values.items()
        ]
    ranges = [(name, _as_range(dimension)) for name, dimension in found]
    return [(name, dimension) for name, dimension in ranges if dimension is not None]


def _dimension_of(name, value):
    """The dimension of what a random search may be given, None for choices."""
    if isinstance(value, Real | Integer):
        return value
    if not hasattr(value, "support"):
        return None
    columns = parse_space({name: value}).columns
    return columns[0].dimension if columns else None


def _as_range(dimension):
    """A dimension as a range, None where it is none."""
    if isinstance(dimension, Real | Integer):
        return dimension
    if not hasattr(dimension, "distribution"):
        return None
    family = getattr(getattr(dimension.distribution, "dist", None), "name", None)
    if family not in {"uniform", *_LOG_FAMILIES}:
        return None
    low, high = map(float, dimension.distribution.support())
    return Real(low, high, "log-uniform" if family in _LOG_FAMILIES else "uniform")


def _end_pressed(dimension, name, value, best, at_end):
    """The end, "low" or "high", that the best candidates press against, else None."""
    near = [p[name] for p in best if name in p and dimension.contains(p[name])]
    if not near or not dimension.contains(value):
        return None
    positions = dimension.encode(near)
    # The first and last cell of an integer are at the end, however wide they are.
    at = float(dimension.encode([value])[0])
    ends = dimension.encode([dimension.low, dimension.high])
    distance = {"low": at - ends[0], "high": ends[1] - at}
    end = "low" if distance["low"] < distance["high"] else "high"
    shares = positions if end == "low" else 1 - positions
    is_pressed = distance[end] <= at_end and np.mean(shares <= _NEAR_END) >= _MOST
    return end if is_pressed else None


def _as_written(search, name, dimension, end):
    """The wider range, as it is to be written in the search's space."""
    wider = _widened(dimension, end)
    if hasattr(search, "optimizer_"):
        text = f"({wider.low!r}, {wider.high!r}, {wider.prior!r})"
    else:
        text = repr(wider)
    return f"{{{name!r}: {text}}}"


def _widened(dimension, end):
    """The range, wider by a half at one end; on a log axis by whole powers of ten."""
    low, high = dimension.low, dimension.high
    is_log = dimension.prior == "log-uniform"
    if end == "low" and low > 0 and not isinstance(dimension, Integer):
        # Towards zero only ratios leave room.
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
    bounds = (bound, high) if end == "low" else (low, bound)
    return type(dimension)(*bounds, "log-uniform" if is_log else "uniform")

"""Warn if the best value lies at an end of the range that was searched."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone

from skbayes._deciding_metric import metric_that_decided, metrics_in
from skbayes._evaluation.fold.set_parameters import set_parameters
from skbayes._user_warnings import warn_user
from skbayes._values import dicts_of
from skbayes.exceptions import SearchSpaceEdgeWarning
from skbayes.search._significance import significant_ends
from skbayes.search._wider_range import widen
from skbayes.space import Integer, Real
from skbayes.space._parsing import is_choices, parse_space
from skbayes.space._profiled import Profiled
from skbayes.space._scale import prior_named

#: Distance of the best value from an end, at most, as a share of the range; in a random
#: search at most the share that the two nearest of all values have on average ...
_AT_END = 0.02
_NEAREST = 2
#: ... and distance of most of the best candidates. Chance alone puts the best one at an
#: end of some parameter without effect, but not most of the others too.
_NEAR_END = 0.25
_MOST = 0.75
#: With fewer complete candidates there is no warning.
_LEAST_CANDIDATES = 10


def warn_at_edges(search):
    """Warn, once for all ranges, if the best candidates lie at an end of a range.

    Only ranges count: the ends of a list are the user's choice, and the tails of a
    distribution are improbable by the user's prior. A range counts if its parameter
    matters beyond noise and the estimator accepts values beyond the end. A parameter
    whose best value is found on each candidate's path counts at its upper end: its
    candidates have chosen that end each for itself, over smaller values as good.
    """
    if not hasattr(search, "best_params_") or not hasattr(
        search, "param_distributions"
    ):
        return
    pressed = _pressed_ranges(search)
    if not pressed:
        return
    significant = significant_ends(search, {p.name: p.end for p in pressed})
    estimator = _best_estimator(search)
    lines = []
    on_paths = _on_paths(search)
    for p in pressed:
        wider = widen(p.dimension, p.end, estimator, p.name)
        counts = p.end == "high" if p.name in on_paths else p.name in significant
        if counts and wider is not None:
            lines.append(_line(search, p, wider))
    if lines:
        warn_user(
            f"The best candidates of this {type(search).__name__} lie at an end of "
            "their ranges, and better ones may lie beyond. If the estimator accepts "
            "such values, search:\n" + "\n".join(lines),
            SearchSpaceEdgeWarning,
        )


@dataclass(frozen=True)
class _Pressed:
    """A range with the end at which the best candidates lie."""

    name: str
    dimension: Real | Integer
    end: str


def _pressed_ranges(search):
    """The ranges with an end at which the best candidates lie."""
    best, at_end = _best_candidates(search)
    found: dict[str, _Pressed] = {}
    for name, dimension in _ranges(search):
        value = search.best_params_.get(name)
        end = _end_pressed(dimension, name, value, best, at_end)
        if end is not None:
            found.setdefault(name, _Pressed(name, dimension, end))
    return list(found.values())


def _best_estimator(search):
    """An estimator with the best parameters, fitted or not."""
    if hasattr(search, "best_estimator_"):
        return search.best_estimator_
    return set_parameters(clone(search.estimator), search.best_params_)


def _line(search, pressed, wider):
    """One line of the warning: the best value, and the wider range as code."""
    name, end = pressed.name, "lower" if pressed.end == "low" else "upper"
    if hasattr(search, "optimizer_"):
        text = f"({wider.low!r}, {wider.high!r}, {wider.prior!r})"
    else:
        text = repr(wider)
    best = search.best_params_[name]
    shown = f"{best:.4g}" if isinstance(best, float) else repr(best)
    return f"- {{{name!r}: {text}}}, for `{name}` = {shown} lies at the {end} end"


def _best_candidates(search):
    """Parameters of the best tenth, at least five, and the distance that is near.

    Empty if too few are complete.
    """
    metric = metric_that_decided(search) or metrics_in(search.cv_results_)[0]
    means = np.asarray(search.cv_results_[f"mean_test_{metric}"], dtype=float)
    rows = np.flatnonzero(np.isfinite(means))
    if len(rows) < _LEAST_CANDIDATES:
        return [], _AT_END
    rows = rows[np.argsort(-means[rows], kind="stable")]
    n_best = max(5, math.ceil(len(rows) / 10))
    best = [search.cv_results_["params"][row] for row in rows[:n_best]]
    if hasattr(search, "optimizer_"):
        # A Bayesian search goes to the very end by itself if better values seem likely.
        return best, _AT_END
    return best, max(_AT_END, _NEAREST / len(rows))


def _ranges(search):
    """Name and range of each parameter that has one."""
    if hasattr(search, "optimizer_"):
        found = [(c.name, c.dimension) for c in search.optimizer_.space.columns]
        found += _on_paths(search).items()
    else:
        found = [
            (name, _dimension_of(name, value))
            for values in dicts_of(search._search_space())
            for name, value in values.items()
        ]
    ranges = [(name, _as_range(dimension)) for name, dimension in found]
    return [(name, dimension) for name, dimension in ranges if dimension is not None]


def _on_paths(search):
    """Dimensions of the parameters whose best value is found on a path, by name."""
    branches = search.optimizer_.space.branches if hasattr(search, "optimizer_") else []
    return {
        name: dimension.dimension
        for branch in branches
        for name, dimension in branch.items()
        if isinstance(dimension, Profiled)
    }


def _dimension_of(name, value):
    """The dimension of an entry of a random search's space; None for choices."""
    if is_choices(value) and not isinstance(value, tuple):
        return None
    try:
        (branch,) = parse_space({name: value}).branches
    except (TypeError, ValueError):  # choices, or an object with `rvs` alone
        return None
    return branch[name]


def _as_range(dimension):
    """A dimension as a range; None if it is not one."""
    if isinstance(dimension, Real | Integer):
        return dimension
    if not hasattr(dimension, "distribution"):
        return None
    family = getattr(getattr(dimension.distribution, "dist", None), "name", None)
    prior = prior_named(family)
    if prior is None:
        return None
    low, high = map(float, dimension.distribution.support())
    return Real(low, high, prior)


def _end_pressed(dimension, name, value, best, at_end):
    """The end, "low" or "high", at which the best candidates lie; else None."""
    near = [p[name] for p in best if name in p and dimension.contains(p[name])]
    if not near or not dimension.contains(value):
        return None
    positions = dimension.encode(near)
    # Relative to the encoded ends: the first and last integer are at the end, however
    # wide their cells are.
    at = float(dimension.encode([value])[0])
    ends = dimension.encode([dimension.low, dimension.high])
    distance = {"low": at - ends[0], "high": ends[1] - at}
    end = "low" if distance["low"] < distance["high"] else "high"
    shares = positions if end == "low" else 1 - positions
    is_pressed = distance[end] <= at_end and np.mean(shares <= _NEAR_END) >= _MOST
    return end if is_pressed else None

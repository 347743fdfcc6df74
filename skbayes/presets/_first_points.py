"""Known good points for the begin of a search, before a model can be fitted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from skbayes._values import native
from skbayes.presets._facts import Facts
from skbayes.presets._parts import Part, parts_of
from skbayes.space._dimension import Dimension
from skbayes.space._profiled import profiled_names
from skbayes.space._space import Space

#: Most suggested points, so that a short search keeps candidates for its model.
MAX_FIRST = 5
#: Multiples of the golden ratio modulo 1 are far apart for any number of points.
_GOLDEN = 0.5 * (5.0**0.5 - 1.0)


def first_points_in(
    estimator: Any, space: Space, facts: Facts, *, with_untuned: bool = False
) -> list[dict[str, Any]]:
    """Place the known points of an estimator in a space.

    A number outside of a range moves to the nearest end. A parameter that the best
    common default does not name keeps the estimator's own value if the space contains
    it, else it takes the middle of its range. In the other points it is spread over its
    range, so that their scores also depend on it, such as on the scaler before a
    support vector machine. Of several branches a point lies in the one that changes the
    fewest of the estimator's own choices: a forest of bootstrap samples stays one.

    Parameters
    ----------
    estimator : estimator
        Estimator with its own values.
    space : Space
        The searched space.
    facts : Facts
        Sizes and scales of the training data, on which some values depend.
    with_untuned : bool, default=False
        Whether the point nearest to the untuned estimator comes first.

    Returns
    -------
    list of dict
        At most five distinct points of the space, best default first.
    """
    if not hasattr(estimator, "get_params"):
        return []
    parts = [part for part in parts_of(estimator) if part.known is not None]
    own = estimator.get_params(deep=True)
    found: dict[Any, dict[str, Any]] = {}
    untuned = [_untuned(parts, own, facts)] if with_untuned and parts else []
    for k, named in enumerate((*untuned, *_joined(parts, facts))):
        for branch in _nearest_first(space, named, own):
            point = _lying_in(branch, named, own, k - len(untuned))
            if point is None or not space.contains(point):
                continue
            found.setdefault(space.key(point), space.canonical(point))
            break
    return list(found.values())[:MAX_FIRST]


def untuned_point(estimator: Any, space: Space, facts: Facts) -> dict[str, Any] | None:
    """Find the point of a space that amounts to the untuned estimator.

    Parameters
    ----------
    estimator : estimator
        Estimator with its own values.
    space : Space
        The searched space.
    facts : Facts
        Sizes and scales of the training data, on which a default such as "scale"
        depends.

    Returns
    -------
    dict or None
        None if no point of the space has these values, or if the search chooses one of
        them along a path.
    """
    parts = [part for part in parts_of(estimator) if part.known is not None]
    own = estimator.get_params(deep=True)
    own |= _untuned(parts, own, facts)
    for branch in space.branches:
        point = {name: own[name] for name in branch if name in own}
        if len(point) == len(branch) and space.contains(point):
            return None if profiled_names([branch]) else space.canonical(point)
    return None


def _points_of(part: Part) -> tuple[Mapping[str, Any], ...]:
    """List the known points of one part."""
    if part.known is None:
        return ()
    points = getattr(part.known, "first_points", None)
    return tuple(part.known.first if points is None else points)  # type: ignore[union-attr]


def _joined(parts: list[Part], facts: Facts) -> Iterator[dict[str, Any]]:
    """Combine the first points of all parts, then their second points, and so on."""
    n_points = max((len(_points_of(part)) for part in parts), default=0)
    for k in range(n_points):
        yield {
            part.start + name: value(part.facts(facts)) if callable(value) else value
            for part in parts
            if k < len(_points_of(part))
            for name, value in _points_of(part)[k].items()
        }


def _untuned(parts: list[Part], own: Mapping[str, Any], facts: Facts) -> dict[str, Any]:
    """Collect the estimator's own numbers, also for defaults such as "scale"."""
    values = {n: v for n, v in own.items() if isinstance(native(v), bool | int | float)}
    for part in parts:
        for name, value in getattr(part.known, "untuned", {}).items():
            if not part.is_set(name):
                number = value(part.facts(facts)) if callable(value) else value
                values[part.start + name] = number
    return values


def _nearest_first(
    space: Space, named: Mapping[str, Any], own: Mapping[str, Any]
) -> list[Mapping[str, Dimension]]:
    """Branches, those first that change few of the values that are not named."""

    def n_changed(branch: Mapping[str, Dimension]) -> int:
        return sum(
            dimension.n_values == 1 and not dimension.contains(own.get(name))
            for name, dimension in branch.items()
            if name not in named
        )

    return sorted(space.branches, key=n_changed)


def _lying_in(
    branch: Mapping[str, Dimension],
    named: Mapping[str, Any],
    own: Mapping[str, Any],
    k: int,
) -> dict[str, Any] | None:
    """Complete the k-th known point to a point of a branch; None if it does not fit."""
    if not named.keys() & branch.keys():
        return None
    point: dict[str, Any] = {}
    for name, dimension in branch.items():
        if name in named:
            value = _nearest(dimension, named[name])
            if value is None and named[name] is not None:
                return None
            point[name] = value
        elif k > 0:
            point[name] = _spread(dimension, k)
        elif dimension.contains(own.get(name)):
            point[name] = own[name]
        else:
            point[name] = _middle(dimension)
    return point


def _nearest(dimension: Dimension, value: Any) -> Any:
    """Find the value or the nearest number of a dimension; None without one."""
    if dimension.contains(value):
        return dimension.find(value)
    number = native(value)
    if dimension.is_categorical or not isinstance(number, int | float):
        return None
    # A dimension need not be uniform: search its decoded values instead of inverting.
    positions = np.linspace(0.0, 1.0, 513)
    values = dimension.decode(_snapped(dimension, positions))
    return min(values, key=lambda other: abs(other - number))


def _middle(dimension: Dimension) -> Any:
    """Median of a range, or the first choice."""
    position = 0.0 if dimension.is_categorical else 0.5
    return dimension.decode(_snapped(dimension, np.array([position])))[0]


def _spread(dimension: Dimension, k: int) -> Any:
    """The k-th of values spread over a dimension; choices in turns."""
    position = (0.5 + k * _GOLDEN) % 1.0
    if dimension.is_categorical:
        position = k % dimension.n_values
    return dimension.decode(_snapped(dimension, np.array([position])))[0]


def _snapped(dimension: Dimension, positions: Any) -> Any:
    """Round positions to feasible ones."""
    return dimension.snap(positions)

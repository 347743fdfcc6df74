"""The branches of a conditional space: several dicts as one space."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from skbayes._protocol import Params
from skbayes._values import is_same
from skbayes.space._dimension import Dimension
from skbayes.space._lists import Categorical

#: Name of the column with the number of the dict that a point belongs to.
BRANCH = "__branch__"

Branch = Mapping[str, Dimension]


@dataclass(frozen=True)
class Column:
    """One column of encoded points.

    Parameters
    ----------
    name : str
        The parameter, or ``BRANCH``.
    dimension : Dimension
        Values of the parameter.
    branches : tuple of int
        The dicts of the list in which the parameter takes these values.
    """

    name: str
    dimension: Dimension
    branches: tuple[int, ...]


def columns_of(branches: Sequence[Branch]) -> tuple[Column, ...]:
    """Make one column for each parameter that varies, shared where dicts agree.

    Parameters of the same name share a column where their dimensions are equal.
    The order is that of the sorted names of each dict in turn. With several dicts the
    branch column comes first.
    """
    shared: dict[tuple[str, Dimension], list[int]] = {}
    for b, branch in enumerate(branches):
        for name in sorted(branch):
            if branch[name].n_values > 1:
                shared.setdefault((name, branch[name]), []).append(b)
    columns = [Column(name, d, tuple(where)) for (name, d), where in shared.items()]
    if len(branches) > 1:
        everywhere = tuple(range(len(branches)))
        columns.insert(0, Column(BRANCH, Categorical(everywhere), everywhere))
    return tuple(columns)


def may_coincide(branches: Sequence[Branch]) -> bool:
    """Whether two dicts have the same names, so that they may share points."""
    return len({frozenset(branch) for branch in branches}) < len(branches)


def count_points(branches: Sequence[Branch]) -> int | None:
    """Count the points of all dicts, shared ones in each; None if infinite."""
    # Counted twice: floats detect an infinite dimension, ints count without rounding.
    total = 0
    for branch in branches:
        n_points = math.prod(d.n_values for d in branch.values())
        if math.isinf(n_points):
            return None
        total += math.prod(int(d.n_values) for d in branch.values())
    return total


def points_of(branch: Branch) -> Iterator[Params]:
    """Yield all points of one dict: names sorted, the last varies fastest.

    Lazy, unlike itertools.product, which would first copy every range.
    """
    name = min(branch, default=None)
    if name is None:
        yield {}
        return
    others = {other: branch[other] for other in branch if other != name}
    for value in branch[name].values():
        for rest in points_of(others):
            yield {name: value, **rest}


def find_in(branch: Branch, params: Params) -> Params | None:
    """Return a point's canonical value in one dict; None if it is not in it."""
    if len(params) != len(branch):
        return None
    try:
        return {name: d.find(params[name]) for name, d in branch.items()}
    except (KeyError, ValueError):
        return None


def has_same_values(point: Params, other: Params) -> bool:
    """Whether two points with the same names have the same values."""
    return all(is_same(point[name], other[name]) for name in point)


def what_keeps_out(params: Params, branches: Sequence[Branch]) -> str:
    """Why a point is not in the dict that it is nearest to."""
    nearest, *others = (_problems(params, branch) for branch in branches)
    for problems in others:
        if len(problems) < len(nearest):
            nearest = problems
    return "; ".join(nearest)


def _problems(params: Params, branch: Branch) -> list[str]:
    """Why a point is not in one dict."""
    problems = [f"{name!r} is missing" for name in branch if name not in params]
    for name, value in params.items():
        if name not in branch:
            problems.append(f"{name!r} is no parameter of the space")
            continue
        try:
            branch[name].find(value)
        except ValueError as error:
            problems.append(f"{name!r} {error}, got {value!r}")
    return problems

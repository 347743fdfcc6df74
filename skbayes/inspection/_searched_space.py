"""Which space a search looked at: as it was written, else as its candidates show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes._protocol import FloatArray, Params
from skbayes.space import (
    BRANCH,
    Categorical,
    Dimension,
    Integer,
    Real,
    Space,
    native,
    parse_space,
)

#: Numbers that a parameter must have shown before they are taken for a range.
_FEWEST_OF_A_RANGE = 3
#: A log axis is worth its while from this ratio of the largest to the smallest value.
_SMALLEST_LOG_RATIO = 10.0


def searched_space(search: Any, params: Sequence[Params]) -> Space:
    """Find the space of a search, whichever class it is.

    Parameters
    ----------
    search : fitted search
        Its `optimizer_`, `param_distributions` or `param_grid` say what the space is.
    params : sequence of dict
        The candidates, which decide where nothing else does.

    Returns
    -------
    Space
        Every candidate is a point of it.
    """
    optimizer = getattr(search, "optimizer_", None)
    if isinstance(getattr(optimizer, "space", None), Space):
        return optimizer.space  # type: ignore[union-attr]
    for name in ("param_distributions", "param_grid"):
        spec = getattr(search, name, None)
        if spec is None:
            continue
        try:
            space = parse_space(_tuples_as_lists(spec), owner=type(search).__name__)
        except (TypeError, ValueError):
            continue  # what only scikit-learn understands
        if all(space.contains(point) for point in params):
            return space
    return observed_space(params)


def observed_space(params: Sequence[Params]) -> Space:
    """Make a space of the values that candidates have.

    Parameters
    ----------
    params : sequence of dict
        Candidates; those of equal names make one branch of the space.

    Returns
    -------
    Space
        Numbers are ranges from the least to the greatest, on the axis on which they
        lie more evenly; anything else is a choice.
    """
    branches: dict[tuple[str, ...], list[Params]] = {}
    for point in params:
        branches.setdefault(tuple(sorted(point)), []).append(point)
    return Space(
        [
            {name: observed_dimension([p[name] for p in points]) for name in names}
            for names, points in branches.items()
        ]
    )


def observed_dimension(values: Sequence[Any]) -> Dimension:
    """Make the dimension that some values of one parameter suggest."""
    values = [native(value) for value in values]
    is_numeric = all(
        isinstance(v, int | float) and not isinstance(v, bool) and np.isfinite(v)
        for v in values
    )
    if not is_numeric or len(set(values)) < _FEWEST_OF_A_RANGE:
        return Categorical(values)
    low, high = min(values), max(values)
    is_log = lies_on_log_axis(np.array(values, dtype=np.float64))
    prior = "log-uniform" if is_log else "uniform"
    if all(isinstance(v, int) for v in values) and max(abs(low), high) <= 10**12:
        return Integer(low, high, prior)
    return Real(float(low), float(high), prior)


def lies_on_log_axis(values: FloatArray) -> bool:
    """Tell whether numbers lie more evenly on a log axis than on a linear one."""
    low, high = values.min(), values.max()
    if low <= 0 or high < _SMALLEST_LOG_RATIO * low:
        return False
    return _distance_from_even(np.log(values)) < _distance_from_even(values)


def _distance_from_even(values: FloatArray) -> float:
    """Largest gap between the values' distribution and the uniform one."""
    ordered = np.unique(values)
    share = (ordered - ordered[0]) / (ordered[-1] - ordered[0])
    return float(np.abs(share - np.linspace(0.0, 1.0, len(share))).max())


def _tuples_as_lists(spec: Any) -> Any:
    """Turn tuples of choices into lists: a bare pair means choices in a grid."""
    if isinstance(spec, dict):
        return {
            name: list(value)
            if isinstance(value, tuple) and not _is_range(value)
            else value
            for name, value in spec.items()
        }
    return [_tuples_as_lists(part) for part in spec] if isinstance(spec, list) else spec


def _is_range(value: tuple[Any, ...]) -> bool:
    """Tell whether a tuple is (low, high, prior)."""
    return len(value) == 3 and value[2] in ("uniform", "log-uniform")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a space as users know it, with its columns.

    Parameters
    ----------
    name : str
        As in the estimator; of the column that tells branches apart, what it stands
        for.
    columns : tuple of int
        More than one where dicts of a list give it different values.
    """

    name: str
    columns: tuple[int, ...]


def parameters_of(space: Space) -> tuple[Parameter, ...]:
    """List the parameters that vary, in the order of the columns.

    Parameters
    ----------
    space : Space
        Any.

    Returns
    -------
    tuple of Parameter
    """
    columns: dict[str, list[int]] = {}
    branch_name, _ = branch_labels(space)
    for j, column in enumerate(space.columns):
        name = branch_name if column.name == BRANCH else column.name
        columns.setdefault(name, []).append(j)
    return tuple(Parameter(name, tuple(js)) for name, js in columns.items())


def branch_labels(space: Space) -> tuple[str, list[Any]]:
    """Say what tells the branches of a space apart.

    Parameters
    ----------
    space : Space
        Any.

    Returns
    -------
    name : str
        The parameter that has one value in each branch, all different; "branch" where
        there is none.
    values : list of length n_branches
        Its values, else names for the branches.
    """
    constants = _constants(space)
    varying = {column.name for column in space.columns}
    shared = set.intersection(*(set(c) for c in constants)) - varying
    for name in space.names:
        values = [c.get(name) for c in constants]
        if name in shared and Categorical(values).n_values == len(values):
            return name, values
    return "branch", [_branch_name(b, constants, shared) for b in range(len(constants))]


def _branch_name(b: int, constants: list[Params], shared: set[str]) -> str:
    """Name a branch by its constants that others do not have, else by its number."""
    own = {
        name: value
        for name, value in constants[b].items()
        if name not in shared or Categorical([c[name] for c in constants]).n_values > 1
    }
    text = ", ".join(f"{name.rpartition('__')[2]}={v}" for name, v in own.items())
    return text or f"dict {b + 1}"


def _constants(space: Space) -> list[Params]:
    """Parameters with one value, of each branch."""
    U = np.full((space.n_branches, space.n_columns), 0.5)
    if space.n_branches > 1:
        U[:, 0] = np.arange(space.n_branches)
    points = space.decode(U)
    return [
        {
            name: value
            for name, value in point.items()
            if not any(c.name == name and b in c.branches for c in space.columns)
        }
        for b, point in enumerate(points)
    ]

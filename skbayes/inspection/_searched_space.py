"""Find the space of a fitted search from its parameters or its candidates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes._protocol import Params
from skbayes._values import native
from skbayes.space import Categorical, Integer, Real
from skbayes.space._branches import BRANCH
from skbayes.space._dimension import Dimension
from skbayes.space._parsing import parse_space
from skbayes.space._scale import lies_on_log_axis, prior_of
from skbayes.space._space import Space

#: Distinct numbers from which a parameter counts as a range.
_FEWEST_OF_A_RANGE = 3
#: Smallest ratio of the largest to the least value for a log axis.
_SMALLEST_LOG_RATIO = 10.0


def searched_space(search: Any, params: Sequence[Params]) -> Space:
    """Find the space of a search, whichever class it is.

    Parameters
    ----------
    search : fitted search
        The search; `optimizer_`, `param_distributions` or `param_grid` hold its space.
    params : sequence of dict
        The candidates. They define the space if the search does not hold one.

    Returns
    -------
    Space
        A space that contains every candidate, except an untuned estimator with values
        outside of the search's space.
    """
    # The optimizer's space comes first: presets have added their rules to it.
    optimizer = getattr(search, "optimizer_", None)
    if isinstance(getattr(optimizer, "space", None), Space):
        return optimizer.space  # type: ignore[union-attr]
    for name in ("suggested_space_", "param_distributions", "param_grid"):
        spec = getattr(search, name, None)
        if spec is None:
            continue
        try:
            space = parse_space(_tuples_as_lists(spec), owner=type(search).__name__)
        except (TypeError, ValueError):
            continue  # a form that only scikit-learn reads, such as a custom rvs
        if all(space.contains(point) for point in params):
            return space
    return observed_space(params)


def observed_space(params: Sequence[Params]) -> Space:
    """Make a space from the values of candidates.

    Parameters
    ----------
    params : sequence of dict
        Candidates; candidates with the same parameter names make one branch.

    Returns
    -------
    Space
        Numbers become a range from the least to the greatest value, on the axis that
        spaces them more evenly. Other values become choices.
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
    """Make a dimension from the observed values of one parameter."""
    values = [native(value) for value in values]
    # bool is a subclass of int, and True and False are choices.
    is_numeric = all(
        isinstance(v, int | float) and not isinstance(v, bool) and np.isfinite(v)
        for v in values
    )
    if not is_numeric or len(set(values)) < _FEWEST_OF_A_RANGE:
        return Categorical(values)
    low, high = min(values), max(values)
    is_wide = low > 0 and high >= _SMALLEST_LOG_RATIO * low
    is_log = is_wide and lies_on_log_axis(np.array(values, dtype=np.float64))
    prior = prior_of(is_log)
    # Larger integers lose digits as float64, which the encoding uses.
    if all(isinstance(v, int) for v in values) and max(abs(low), high) <= 10**12:
        return Integer(low, high, prior)
    return Real(float(low), float(high), prior)


def _tuples_as_lists(spec: Any) -> Any:
    """Turn tuples of choices into lists.

    A grid of scikit-learn lists choices in a tuple, where `parse_space` reads a pair
    as the ends of a range.
    """
    if isinstance(spec, dict):
        return {
            name: list(value)
            if isinstance(value, tuple) and not _is_range(value)
            else value
            for name, value in spec.items()
        }
    return [_tuples_as_lists(part) for part in spec] if isinstance(spec, list) else spec


def _is_range(value: tuple[Any, ...]) -> bool:
    """Whether a tuple is (low, high, prior)."""
    return len(value) == 3 and value[2] in ("uniform", "log-uniform")


@dataclass(frozen=True)
class Parameter:
    """A parameter under its name in the estimator, with its columns in the space.

    Parameters
    ----------
    name : str
        Name in the estimator. For the branch column, the name from `branch_labels`.
    columns : tuple of int
        More than one column if the dicts of a list give the parameter different values.
    """

    name: str
    columns: tuple[int, ...]


def parameters_of(space: Space) -> tuple[Parameter, ...]:
    """List the varying parameters, in the order of their columns.

    Parameters
    ----------
    space : Space
        Any search space.

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
    """Label the branches of a space by a parameter that distinguishes them.

    Parameters
    ----------
    space : Space
        Any search space.

    Returns
    -------
    name : str
        The parameter with one value in each branch, all distinct; else "branch".
    values : list of length n_branches
        Values of the parameter, else names of the branches.
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
    """Name a branch by its own constants, else by its number."""
    own = {
        name: value
        for name, value in constants[b].items()
        if name not in shared or Categorical([c[name] for c in constants]).n_values > 1
    }
    text = ", ".join(f"{name.rpartition('__')[2]}={v}" for name, v in own.items())
    return text or f"dict {b + 1}"


def _constants(space: Space) -> list[Params]:
    """Collect the parameters with one value, for each branch."""
    # Any point of a branch shows its constants, so decode the middle of each.
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

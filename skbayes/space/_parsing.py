"""What users may write for a search space, and what it means.

====================================  ==========================================
written                               means
====================================  ==========================================
list, array, range, Series            choices, ordered where they are numbers
frozen scipy.stats distribution       its own prior
``Real``, ``Integer``                 a range, both ends included
``Categorical``                       choices without an order
``(low, high, prior)``                a range, of integers if both ends are ints
``(low, high)``, two numbers          refused: choices to some, a range to others
any other tuple                       choices
====================================  ==========================================

A dict of these is a space, a list of such dicts a conditional one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from skbayes.space._choices import is_number, native
from skbayes.space._dimension import Dimension
from skbayes.space._distributions import dimension_of_distribution
from skbayes.space._lists import dimension_of_choices
from skbayes.space._ranges import PRIORS, Integer, Real
from skbayes.space._space import Space

#: What people write who mean one of the priors.
_MISSPELT_PRIORS = {"loguniform", "log", "log10", "linear", "lin", "uniform"}
_MISSPELT_PRIORS |= {"reciprocal", "normal", "lognormal", "loglinear"}


@dataclass(frozen=True)
class Place:
    """Where in the user's code a value stands, for messages.

    Parameters
    ----------
    owner : str
        The class, such as "BayesSearchCV".
    parameter : str
        The class's parameter, such as "param_distributions".
    name : str
        The parameter that is searched, such as "C".
    """

    owner: str
    parameter: str
    name: str

    def refusal(self, must: str, value: Any, advice: str = "") -> str:
        """Say what it must be, what was got and what to write."""
        text = (
            f"The value of {self.name!r} in the `{self.parameter}` parameter of"
            f" {self.owner} must {must}. Got {value!r} instead."
        )
        return f"{text} {advice}" if advice else text


def parse_space(
    spec: Any,
    *,
    owner: str = "BayesSearchCV",
    parameter: str = "param_distributions",
) -> Space:
    """Make a space of what the user wrote.

    Parameters
    ----------
    spec : dict or list of dict
        For each parameter name its values, see the module's docstring.
    owner : str, default="BayesSearchCV"
        Who was given it, for messages.
    parameter : str, default="param_distributions"
        As which parameter, for messages.

    Returns
    -------
    Space
        What can be tried.

    Raises
    ------
    TypeError
        If `spec` is no dict or list of dicts, a name is no string, or a value is
        neither choices nor a range nor a distribution.
    ValueError
        If there is nothing to search, a list of choices is empty, a range or a
        distribution is not valid, or a bare pair of numbers stands for one of them.
    """
    branches = []
    for grid in _check_outer(spec, owner, parameter):
        branch = {}
        for name, value in grid.items():
            check_name(name, owner, parameter)
            branch[name] = parse_value(value, Place(owner, parameter, name))
        branches.append(branch)
    return Space(branches)


def parse_value(value: Any, place: Place) -> Dimension:
    """Make the dimension that one value of a space describes."""
    if isinstance(value, Dimension):
        return value
    if isinstance(value, tuple):
        dimension = parse_range(value, place)
        if dimension is not None:
            return dimension
        _refuse_bare_pair(value, place)
    if is_choices(value):
        return _parse_choices(value, place)
    if hasattr(value, "rvs"):
        return _parse_distribution(value, place)
    must = "be a list of choices, a range or a distribution"
    raise TypeError(place.refusal(must, value, how_to_list(value)))


def parse_range(value: tuple[Any, ...], place: Place) -> Real | Integer | None:
    """Make the range a tuple describes, None where it is something else."""
    items = tuple(map(native, value))
    if len(items) < 3 or not all(map(is_number, items[:2])):
        return None
    low, high, prior = items[:3]
    if not isinstance(prior, str):
        return None
    is_prior = prior in PRIORS
    plain = prior.lower().replace("-", "").replace("_", "").replace(" ", "")
    if not is_prior and plain not in _MISSPELT_PRIORS:
        return None  # choices, such as (0.5, 1.0, "sqrt")
    if not is_prior or len(items) > 3:
        raise ValueError(
            place.refusal(
                "be (low, high, 'uniform') or (low, high, 'log-uniform') for a range",
                value,
                f"Write {list(value)!r} for {len(value)} choices.",
            )
        )
    kind = Integer if isinstance(low, int) and isinstance(high, int) else Real
    try:
        return kind(low, high, prior)
    except ValueError as error:
        raise ValueError(place.refusal("be a valid range", value, str(error))) from None


def is_choices(value: Any) -> bool:
    """Tell whether a value is a list, array, Series or other sequence of choices."""
    if isinstance(value, (str, bytes)):
        return False
    if isinstance(value, (Sequence, np.ndarray)):
        return np.ndim(value) > 0 if isinstance(value, np.ndarray) else True
    # pandas and other libraries' one-dimensional containers
    return hasattr(value, "__array__") and hasattr(value, "__len__")


def how_to_list(value: Any) -> str:
    """Say what to write for a value that is no list."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return "Turn it into a list of choices."
    return f"Write [{value!r}] for a single choice."


def check_name(name: Any, owner: str, parameter: str) -> None:
    """Raise an error where a parameter's name is no string."""
    if not isinstance(name, str):
        raise TypeError(
            f"The names in the `{parameter}` parameter of {owner} must be strings. Got"
            f" {name!r} instead."
        )


def _check_outer(spec: Any, owner: str, parameter: str) -> list[Mapping[Any, Any]]:
    """Return the dicts of a space; raise where it is no space or empty."""
    if not isinstance(spec, (Mapping, list)):
        raise TypeError(
            f"The `{parameter}` parameter of {owner} must be a dict or a list of dicts."
            f" Got {spec!r} instead. Write {{'name': [choice, choice]}}."
        )
    grids = [spec] if isinstance(spec, Mapping) else spec
    for grid in grids:
        if not isinstance(grid, Mapping):
            raise TypeError(
                f"Every entry of the list in the `{parameter}` parameter of {owner}"
                f" must be a dict. Got {grid!r} instead."
            )
    if not any(grids):
        raise ValueError(
            f"The `{parameter}` parameter of {owner} must name at least one parameter."
            f" Got {spec!r} instead. Write {{'name': [choice, choice]}}."
        )
    return grids


def _refuse_bare_pair(value: tuple[Any, ...], place: Place) -> None:
    """Raise an error for two numbers that may mean two choices or a range."""
    items = tuple(map(native, value))
    if len(items) == 2 and all(map(is_number, items)):
        low, high = items
        raise ValueError(
            place.refusal(
                "not be a bare pair of numbers",
                value,
                f"Write [{low!r}, {high!r}] for two choices,"
                f" ({low!r}, {high!r}, 'uniform') for a range.",
            )
        )


def _parse_choices(values: Any, place: Place) -> Dimension:
    """Make a dimension of choices, which must not be empty or a table."""
    if getattr(values, "ndim", 1) != 1:
        raise ValueError(
            place.refusal(
                f"be one-dimensional, its shape is {np.shape(values)}",
                values,
                "Write list(array) for choices that are arrays.",
            )
        )
    choices = list(values)
    if not choices:
        raise ValueError(
            place.refusal("hold at least one choice", values, "Write [choice, choice].")
        )
    return dimension_of_choices(choices)


def _parse_distribution(value: Any, place: Place) -> Dimension:
    """Make a dimension of a distribution; freeze one without parameters."""
    if getattr(value, "numargs", None) == 0 and hasattr(value, "freeze"):
        value = value.freeze()
    elif hasattr(value, "numargs") and hasattr(value, "freeze"):
        shapes = value.shapes
        raise ValueError(
            place.refusal(
                "be a distribution with its parameters",
                value,
                f"Write scipy.stats.{value.name}({shapes}).",
            )
        )
    if not all(hasattr(value, method) for method in ("cdf", "ppf", "support")):
        raise TypeError(
            place.refusal(
                "be a distribution with the methods cdf, ppf and support",
                value,
                "An object with rvs only can be sampled but not modelled: use a frozen"
                " scipy.stats distribution, a range, or RandomSearchCV.",
            )
        )
    try:
        return dimension_of_distribution(value)
    except ValueError as error:
        raise ValueError(
            place.refusal("be a valid distribution", value, f"It {error}.")
        ) from None

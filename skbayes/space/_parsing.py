"""Parse search spaces.

====================================  ==========================================
written                               means
====================================  ==========================================
list, array, range, Series            choices, ordered where they are numbers
frozen scipy.stats distribution       its own prior
``Real``, ``Integer``                 a range, both ends included
``Categorical``                       choices without an order
``(low, high, prior)``                a range, of integers if both ends are ints
``(low, high)``, two numbers          refused: choices to some, a range to others
``[low, high, prior]``, text          refused: what JSON and YAML make of a range
any other tuple                       choices
dimensions of skopt, Optuna, skrub,   what their attributes say
ConfigSpace
====================================  ==========================================

A dict of these is a space, a list of such dicts a conditional one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from skbayes._values import is_estimator, one_or_several
from skbayes.space._dimension import Dimension
from skbayes.space._distributions import dimension_of_distribution
from skbayes.space._foreign import read_choices, read_range
from skbayes.space._lists import dimension_of_choices
from skbayes.space._place import Place, raise_together
from skbayes.space._space import Space
from skbayes.space._written_ranges import (
    how_to_write,
    parse_range,
    refuse_bare_pair,
    refuse_range_like,
)


def parse_space(
    spec: Any,
    *,
    owner: str = "BayesSearchCV",
    parameter: str = "param_distributions",
) -> Space:
    """Parse the user's search space.

    Parameters
    ----------
    spec : dict or list of dict
        For each parameter name its values, see the module's docstring.
    owner : str, default="BayesSearchCV"
        The caller's name, for messages.
    parameter : str, default="param_distributions"
        Name of its parameter, for messages.

    Returns
    -------
    Space
        The parsed space.

    Raises
    ------
    TypeError
        If `spec` is not a dict or list of dicts, a name is not a string, or a value is
        neither choices nor a range nor a distribution.
    ValueError
        If there is nothing to search, a list of choices is empty, a range or a
        distribution is invalid, a bare pair of numbers is ambiguous, or a list reads
        like a range. One message lists all errors.
    """
    branches: list[dict[str, Dimension]] = []
    errors: list[ValueError | TypeError] = []
    for grid in _check_outer(spec, owner, parameter):
        branches.append({})
        for name, value in grid.items():
            check_name(name, owner, parameter)
            try:
                place = Place(owner, parameter, name)
                branches[-1][name] = parse_value(value, place)
            # Collect: a user corrects all ranges at once, not one by run.
            except (ValueError, TypeError) as error:
                errors.append(error)
    raise_together(errors)
    return Space(branches)


def parse_value(value: Any, place: Place) -> Dimension:
    """Make the dimension of one value of a space."""
    if isinstance(value, Dimension):
        return value
    # The order of these tests is the order of the table above: a tuple may be a range
    # or choices, and a distribution may also look like a foreign dimension.
    if isinstance(value, tuple):
        dimension = parse_range(value, place)
        if dimension is not None:
            return dimension
        refuse_bare_pair(value, place)
    if is_choices(value):
        return _parse_choices(value, place)
    if not _is_distribution(value):
        foreign = parse_foreign(value, place)
        if foreign is not None:
            return foreign
    if hasattr(value, "rvs") and not isinstance(value, type):
        return _parse_distribution(value, place)
    must = "be a list of choices, a range or a distribution"
    raise TypeError(place.refusal(must, value, how_to_list(value, place.owner)))


def parse_foreign(value: Any, place: Place) -> Dimension | None:
    """Make the dimension of another package's object; None if it is not one."""
    try:
        choices = read_choices(value)
        if choices is not None:
            return dimension_of_choices(choices)
        return read_range(value)
    except (ValueError, TypeError) as error:
        raise ValueError(place.refusal("be a valid range", value, str(error))) from None


def is_choices(value: Any) -> bool:
    """Whether a value is a list, array, Series or other sequence of choices."""
    # A string is a sequence of its letters.
    if isinstance(value, (str, bytes, bytearray)):
        return False
    if isinstance(value, (Sequence, np.ndarray)):
        return np.ndim(value) > 0 if isinstance(value, np.ndarray) else True
    # pandas and other libraries' one-dimensional containers
    return hasattr(value, "__array__") and hasattr(value, "__len__")


def items_of(values: Any) -> list[Any]:
    """The choices in a sequence; those of an array of Arrow as Python's values."""
    to_list = getattr(values, "to_pylist", None)
    return list(values) if to_list is None else to_list()


def refuse_table(values: Any, place: Place) -> None:
    """Raise for choices with several dimensions, such as a data frame."""
    if len(getattr(values, "shape", (0,))) != 1:
        raise ValueError(
            place.refusal(
                f"be one-dimensional, its shape is {np.shape(values)}",
                values,
                "Write list(array) for choices that are arrays.",
            )
        )


def how_to_list(value: Any, owner: str) -> str:
    """The correct form of a value that should be a list."""
    advice = how_to_write(value)
    if advice is not None:
        return advice
    if all(hasattr(value, name) for name in ("icdf", "support", "sample")):
        return (
            "It is a distribution of scipy's new kind, which searches do not read:"
            f" write a frozen one, such as scipy.stats.{_frozen_name(value)}."
        )
    if isinstance(value, type):
        return f"It is a class: write {value.__name__}(...) with its arguments."
    if callable(value) and not hasattr(value, "get_params"):
        return (
            f"It is a function; {owner} needs to know the bounds: write"
            " (low, high, 'uniform'), or a frozen distribution of scipy.stats."
        )
    is_array = isinstance(value, np.ndarray)
    if value.ndim if is_array else _is_iterable(value):
        return "Turn it into a list of choices."
    return f"Write [{value!r}] for a single choice."


def _is_iterable(value: Any) -> bool:
    """Whether a value that is no text can be turned into a list."""
    # Pipelines and ensembles have their parts as items.
    if isinstance(value, (str, bytes, bytearray, np.generic)) or is_estimator(value):
        return False
    # Python iterates over what only has these two methods, too.
    has_items = hasattr(type(value), "__getitem__") and hasattr(type(value), "__len__")
    return isinstance(value, Iterable) or has_items


def _frozen_name(value: Any) -> str:
    """Call of scipy's that makes a frozen distribution like one of the new kind."""
    known = {
        "Normal": "norm(mu, sigma)",
        "Uniform": "uniform(a, b - a)",
        "Logistic": "logistic()",
    }
    return known.get(type(value).__name__, "norm(loc, scale)")


def check_name(name: Any, owner: str, parameter: str) -> None:
    """Raise if a parameter's name is not a string."""
    if not isinstance(name, str):
        raise TypeError(
            f"The names in the `{parameter}` parameter of {owner} must be strings. Got"
            f" {name!r} instead."
        )


def _check_outer(spec: Any, owner: str, parameter: str) -> list[Mapping[Any, Any]]:
    """The dicts of a space; raises if it is not a space or empty."""
    if not isinstance(spec, (Mapping, list)):
        raise TypeError(
            f"The `{parameter}` parameter of {owner} must be a dict or a list of dicts."
            f" Got {spec!r} instead. Write {{'name': [choice, choice]}}."
        )
    grids: list[Any] = one_or_several(spec)
    for grid in grids:
        if not isinstance(grid, Mapping):
            # scikit-optimize's form: a tuple (dict, n_iter) in the list.
            is_counted = isinstance(grid, tuple) and isinstance(
                next(iter(grid), 0), Mapping
            )
            advice = (
                "{'name': (low, high, 'uniform'), ...}, one dict for all parameters."
            )
            if is_counted:
                advice = "[dict, dict] and n_iter=..., the number of all together."
            raise TypeError(
                f"Every entry of the list in the `{parameter}` parameter of {owner}"
                f" must be a dict. Got {grid!r} instead. Write {advice}"
            )
    if not any(grids):
        raise ValueError(
            f"The `{parameter}` parameter of {owner} must name at least one parameter."
            f" Got {spec!r} instead. Write {{'name': [choice, choice]}}."
        )
    return grids


def _parse_choices(values: Any, place: Place) -> Dimension:
    """Make a dimension of choices, which must be one-dimensional and not empty."""
    refuse_table(values, place)
    refuse_range_like(values, place, in_grid=False)
    choices = items_of(values)
    if not choices:
        raise ValueError(
            place.refusal("hold at least one choice", values, "Write [choice, choice].")
        )
    return dimension_of_choices(choices)


def _parse_distribution(value: Any, place: Place) -> Dimension:
    """Make a dimension of a distribution; one without parameters is frozen first."""
    # scipy.stats.uniform itself is a distribution family: frozen, it has cdf and ppf.
    if getattr(value, "numargs", None) == 0 and hasattr(value, "freeze"):
        value = value.freeze()
    refuse_without_parameters(value, place)
    if not _is_distribution(value):
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


def refuse_without_parameters(value: Any, place: Place) -> None:
    """Raise for a family of distributions whose members need parameters."""
    if getattr(value, "numargs", 0) and hasattr(value, "freeze"):
        raise ValueError(
            place.refusal(
                "be a distribution with its parameters",
                value,
                f"Write scipy.stats.{value.name}({value.shapes}).",
            )
        )


def _is_distribution(value: Any) -> bool:
    """Whether a value has the methods of a frozen distribution."""
    return all(hasattr(value, method) for method in ("cdf", "ppf", "support"))

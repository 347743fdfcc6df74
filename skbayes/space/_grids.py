"""Check the spaces of grid and random search.

Both pass their space on to scikit-learn's ``ParameterGrid`` and ``ParameterSampler``,
so that the candidates are scikit-learn's to the last bit. The checks here come first.
Errors of scikit-learn's keep its message, with a suggestion added. Ranges are
translated for sampling, and refused in a grid.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from skbayes._values import one_or_several
from skbayes.space._dimension import Dimension
from skbayes.space._foreign import draws_single_values
from skbayes.space._lists import Categorical
from skbayes.space._parsing import (
    check_name,
    how_to_list,
    is_choices,
    items_of,
    parse_foreign,
    refuse_table,
    refuse_without_parameters,
)
from skbayes.space._place import Place, raise_together
from skbayes.space._written_ranges import (
    parse_range,
    range_in_grid,
    refuse_range_like,
)

#: A space of grid or random search, before and after translation.
Spec = dict[str, Any] | list[dict[str, Any]]


def check_param_grid(
    spec: Any, *, owner: str = "GridSearchCV", parameter: str = "param_grid"
) -> Spec:
    """Check a grid: choices only, as lists, arrays or tuples.

    Parameters
    ----------
    spec : dict or list of dict
        For each parameter name its choices. An empty dict stands for the estimator
        as it is, as in scikit-learn.
    owner : str, default="GridSearchCV"
        The caller's name, for messages.
    parameter : str, default="param_grid"
        Name of its parameter, for messages.

    Returns
    -------
    dict or list of dict
        For scikit-learn's ``ParameterGrid``: `spec` itself, unless it contains a
        `Categorical` or a pandas Series, which become lists.

    Raises
    ------
    TypeError
        If `spec` is not a dict or list of dicts, a name is not a string, or a value is
        not a list: a single value, a distribution, a range.
    ValueError
        If there are no dicts or no choices, or an array has several dimensions.
    """
    grids = _dicts_of(
        spec,
        owner,
        parameter,
        "Parameter grid should be a dict or a list",
        "Parameter grid is not a dict",
    )
    return _translate(spec, grids, owner, parameter, _grid_value)


def check_param_distributions(
    spec: Any,
    *,
    owner: str = "RandomSearchCV",
    parameter: str = "param_distributions",
) -> Spec:
    """Check the space of a random search: choices, ranges and distributions.

    Parameters
    ----------
    spec : dict or list of dict
        For each parameter name its choices, an object with an ``rvs`` method, or a
        range ``(low, high, prior)``. Any other tuple is choices.
    owner : str, default="RandomSearchCV"
        The caller's name, for messages.
    parameter : str, default="param_distributions"
        Name of its parameter, for messages.

    Returns
    -------
    dict or list of dict
        For scikit-learn's ``ParameterSampler``: `spec` itself, unless it contains
        ranges, which become `Real` or `Integer`, or a `Categorical` or a pandas Series,
        which become lists.

    Raises
    ------
    TypeError
        If `spec` is not a dict or list of dicts, a name is not a string, or a value is
        neither choices nor has ``rvs``.
    ValueError
        If no parameter is named, there are no choices, or a range is invalid.
    """
    grids = _dicts_of(
        spec,
        owner,
        parameter,
        "Parameter distribution is not a dict or a list",
        "Parameter distribution is not a dict",
    )
    if not any(grids):
        raise ValueError(
            f"The `{parameter}` parameter of {owner} must name at least one parameter."
            f" Got {spec!r} instead. Write {{'name': [choice, choice]}}."
        )
    return _translate(spec, grids, owner, parameter, _random_value)


def _dicts_of(
    spec: Any, owner: str, parameter: str, no_spec: str, no_dict: str
) -> Sequence[Any]:
    """The dicts of a grid; raises with scikit-learn's message if it is not one."""
    advice = f"Write {parameter}={{'name': [choice, choice]}} in {owner}."
    if not isinstance(spec, (Mapping, list, tuple)):
        got = f"got: {spec!r} of type {type(spec).__name__}"
        raise TypeError(f"{no_spec}, {got}. {advice}")
    grids: Sequence[Any] = one_or_several(spec)
    for grid in grids:
        if not isinstance(grid, dict):
            raise TypeError(f"{no_dict} ({grid!r}). {advice}")
    if not grids:
        raise ValueError(
            f"The `{parameter}` parameter of {owner} must hold at least one dict. Got"
            f" {spec!r} instead. {advice}"
        )
    return grids


def _translate(
    spec: Any,
    grids: Sequence[dict[Any, Any]],
    owner: str,
    parameter: str,
    translate: Callable[[Any, Place], Any],
) -> Spec:
    """Check and translate every value; returns `spec` itself if none changes."""
    translated: list[dict[str, Any]] = []
    errors: list[ValueError | TypeError] = []
    for grid in grids:
        translated.append({})
        for name, value in grid.items():
            check_name(name, owner, parameter)
            try:
                place = Place(owner, parameter, name)
                translated[-1][name] = translate(value, place)
            except (ValueError, TypeError) as error:
                errors.append(error)
    raise_together(errors)
    # The same object: subclasses and the order of names reach scikit-learn unchanged.
    if all(
        new[name] is old[name]
        for old, new in zip(grids, translated, strict=True)
        for name in old
    ):
        return spec  # type: ignore[no-any-return]
    return translated[0] if isinstance(spec, Mapping) else translated


def _grid_value(value: Any, place: Place) -> Any:
    if isinstance(value, Categorical):
        return list(value.choices)
    if isinstance(value, tuple):
        # First: a grid has no use for the advice on how to write a valid range.
        if range_in_grid(value) is not None:
            raise TypeError(_no_range_in_grid(value, place))
        parse_range(value, place)
    if not is_choices(value):
        foreign = _foreign_dimension(value, place)
        if foreign is not None and foreign.listed():
            return list(foreign.listed())
        no_range = foreign is not None or hasattr(value, "rvs")
        advice = (_no_range_in_grid if no_range else _how_to_list)(value, place)
        raise TypeError(f"{_no_list(value, place.name)} {advice}")
    if isinstance(value, np.ndarray) and value.ndim > 1:
        raise ValueError(
            f"Parameter array for {place.name!r} should be one-dimensional, got:"
            f" {value!r} with shape {value.shape}. Write list(array) for choices that"
            " are arrays."
        )
    return _choices(value, place, in_grid=True)


def _random_value(value: Any, place: Place) -> Any:
    if isinstance(value, Categorical):
        return list(value.choices)
    if isinstance(value, tuple):
        return parse_range(value, place) or _choices(value, place)
    foreign = None if is_choices(value) else _foreign_dimension(value, place)
    if foreign is not None and foreign is not value and not draws_single_values(value):
        return list(foreign.listed()) or foreign
    if hasattr(value, "rvs") and not isinstance(value, type):
        refuse_without_parameters(value, place)
        _refuse_invalid(value, place)
        _refuse_without_generator(value, place)
        return value
    if is_choices(value):
        return _choices(value, place)
    if isinstance(value, Iterable):
        refusal = _no_list(value, place.name)
    else:
        refusal = (
            f"Parameter grid for parameter {place.name!r} is not iterable or a"
            f" distribution (value={value})."
        )
    raise TypeError(f"{refusal} {_how_to_list(value, place)}")


def _refuse_invalid(distribution: Any, place: Place) -> None:
    """Raise for a frozen distribution of scipy's whose parameters are not valid."""
    is_frozen = all(hasattr(distribution, name) for name in ("dist", "args", "kwds"))
    median = getattr(distribution, "median", None)
    if not is_frozen or not callable(median):
        return
    found = median()
    if np.ndim(found) == 0 and np.isnan(found):
        advice = "It has parameters that are not valid (its median is no number)."
        raise ValueError(place.refusal("be a valid distribution", distribution, advice))


def _refuse_without_generator(distribution: Any, place: Place) -> None:
    """Raise for a distribution of the user's that draws from no given generator."""
    try:
        inspect.signature(distribution.rvs).bind(random_state=None)
    except TypeError:
        raise TypeError(
            place.refusal(
                "have a method rvs(random_state=...) that returns one value",
                distribution,
                "Write rvs(self, random_state=None), and draw with this generator.",
            )
        ) from None
    except ValueError:  # an extension without a readable signature
        return


def _foreign_dimension(value: Any, place: Place) -> Dimension | None:
    """A dimension itself, or the dimension of another package's object."""
    return value if isinstance(value, Dimension) else parse_foreign(value, place)


def _choices(value: Any, place: Place, *, in_grid: bool = False) -> Any:
    """Choices unchanged, or as a list if scikit-learn requires one."""
    if not isinstance(value, np.ndarray):
        refuse_table(value, place)
    refuse_range_like(value, place, in_grid=in_grid)
    if len(value) == 0:
        raise ValueError(
            f"Parameter grid for parameter {place.name!r} need to be a non-empty"
            f" sequence, got: {value!r}. Write [choice, choice]."
        )
    return value if isinstance(value, (Sequence, np.ndarray)) else items_of(value)


def _how_to_list(value: Any, place: Place) -> str:
    return how_to_list(value, place.owner)


def _no_list(value: Any, name: str) -> str:
    """scikit-learn's message about a value that is not a list."""
    return (
        f"Parameter grid for parameter {name!r} needs to be a list or a numpy array,"
        f" but got {value!r} (of type {type(value).__name__}) instead. Single values"
        " need to be wrapped in a list with one element."
    )


def _no_range_in_grid(value: Any, place: Place) -> str:
    """The message about a range or distribution in a grid."""
    found = range_in_grid(value) if isinstance(value, tuple) else None
    example, written = (_example(value), "") if found is None else found
    advice = (
        "A grid cannot enumerate a range or a distribution: use RandomSearchCV or"
        f" BayesSearchCV{written and f' with {written}'}, or write the values to try,"
        f" such as {example}."
    )
    return place.refusal("be a list of choices", value, advice)


def _example(value: Any) -> str:
    """An example of a list in place of a dimension or distribution."""
    low, high = getattr(value, "low", None), getattr(value, "high", None)
    return "[0.1, 1, 10]" if low is None else repr([low, high])

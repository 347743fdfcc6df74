"""What grid and random search accept, which is scikit-learn's and a little more.

Both hand what they are given to scikit-learn's ``ParameterGrid`` and
``ParameterSampler``, so that the candidates are scikit-learn's to the last bit.
The checks here come first: what scikit-learn refuses is refused in its words, with
what to write instead; ranges are translated where they can be sampled and refused
where they cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from skbayes.space._dimension import Dimension
from skbayes.space._lists import Categorical
from skbayes.space._parsing import (
    Place,
    check_name,
    how_to_list,
    is_choices,
    parse_range,
)

#: What a grid or a random search may be given, and what they give to scikit-learn.
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
        Who was given it, for messages.
    parameter : str, default="param_grid"
        As which parameter, for messages.

    Returns
    -------
    dict or list of dict
        What scikit-learn's ``ParameterGrid`` takes: `spec` itself, unless it holds
        a `Categorical` or a pandas Series, which become lists.

    Raises
    ------
    TypeError
        If `spec` is no dict or list of dicts, a name is no string, or a value is no
        list: a single value, a distribution, a range.
    ValueError
        If there are no dicts, no choices, or a table of them.
    """
    grids = _dicts_of(
        spec,
        owner,
        parameter,
        f"Parameter grid should be a dict or a list, got: {spec!r} of type"
        f" {type(spec).__name__}.",
        "Parameter grid is not a dict",
    )
    return _translate(spec, grids, owner, parameter, _grid_value)


def check_param_distributions(
    spec: Any,
    *,
    owner: str = "RandomSearchCV",
    parameter: str = "param_distributions",
) -> Spec:
    """Check what a random search draws from: choices, ranges and distributions.

    Parameters
    ----------
    spec : dict or list of dict
        For each parameter name its choices, an object with an ``rvs`` method, or a
        range ``(low, high, prior)``. Any other tuple is choices.
    owner : str, default="RandomSearchCV"
        Who was given it, for messages.
    parameter : str, default="param_distributions"
        As which parameter, for messages.

    Returns
    -------
    dict or list of dict
        What scikit-learn's ``ParameterSampler`` takes: `spec` itself, unless it
        holds ranges, which become `Real` or `Integer`, or a `Categorical` or a
        pandas Series, which become lists.

    Raises
    ------
    TypeError
        If `spec` is no dict or list of dicts, a name is no string, or a value is
        neither choices nor can be drawn from.
    ValueError
        If no parameter is named, there are no choices, or a range is not valid.
    """
    grids = _dicts_of(
        spec,
        owner,
        parameter,
        f"Parameter distribution is not a dict or a list, got: {spec!r} of type"
        f" {type(spec).__name__}.",
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
    """Return the dicts of a grid; raise scikit-learn's words where it is none."""
    advice = f"Write {parameter}={{'name': [choice, choice]}} in {owner}."
    if not isinstance(spec, (Mapping, list, tuple)):
        raise TypeError(f"{no_spec} {advice}")
    grids: Sequence[Any] = [spec] if isinstance(spec, Mapping) else spec
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
    """Check and translate every value; the very same object where none changes."""
    translated: list[dict[str, Any]] = []
    for grid in grids:
        for name in grid:
            check_name(name, owner, parameter)
        places = {name: Place(owner, parameter, name) for name in grid}
        translated.append({n: translate(value, places[n]) for n, value in grid.items()})
    if all(
        new[name] is old[name]
        for old, new in zip(grids, translated, strict=True)
        for name in old
    ):
        return spec  # type: ignore[no-any-return]
    return translated[0] if isinstance(spec, Mapping) else translated


def _grid_value(value: Any, place: Place) -> Any:
    """Return the choices of one parameter of a grid."""
    if isinstance(value, Categorical):
        return list(value.choices)
    if isinstance(value, tuple) and parse_range(value, place) is not None:
        raise TypeError(_no_range_in_grid(value, place))
    refusal = _no_list(value, place.name)
    if isinstance(value, Dimension) or hasattr(value, "rvs"):
        raise TypeError(f"{refusal} {_no_range_in_grid(value, place)}")
    if isinstance(value, np.ndarray) and value.ndim > 1:
        raise ValueError(
            f"Parameter array for {place.name!r} should be one-dimensional, got:"
            f" {value!r} with shape {value.shape}. Write list(array) for choices that"
            " are arrays."
        )
    return _choices(value, place, f"{refusal} {how_to_list(value)}")


def _random_value(value: Any, place: Place) -> Any:
    """Return what one parameter of a random search is drawn from."""
    if isinstance(value, Categorical):
        return list(value.choices)
    if isinstance(value, tuple):
        return parse_range(value, place) or _choices(value, place, "")
    if hasattr(value, "rvs"):
        return value
    if isinstance(value, Iterable):
        refusal = f"{_no_list(value, place.name)} {how_to_list(value)}"
    else:
        refusal = (
            f"Parameter grid for parameter {place.name!r} is not iterable or a"
            f" distribution (value={value}). {how_to_list(value)}"
        )
    return _choices(value, place, refusal)


def _choices(value: Any, place: Place, refusal: str) -> Any:
    """Return choices as they are, or as a list where scikit-learn wants one."""
    if not is_choices(value):
        raise TypeError(refusal)
    if len(value) == 0:
        raise ValueError(
            f"Parameter grid for parameter {place.name!r} need to be a non-empty"
            f" sequence, got: {value!r}. Write [choice, choice]."
        )
    return value if isinstance(value, (Sequence, np.ndarray)) else list(value)


def _no_list(value: Any, name: str) -> str:
    """Say what scikit-learn says of a value that is no list."""
    return (
        f"Parameter grid for parameter {name!r} needs to be a list or a numpy array,"
        f" but got {value!r} (of type {type(value).__name__}) instead. Single values"
        " need to be wrapped in a list with one element."
    )


def _no_range_in_grid(value: Any, place: Place) -> str:
    """Say what to do with a range or distribution in a grid."""
    advice = (
        "A grid cannot enumerate a range or a distribution: use RandomSearchCV or"
        f" BayesSearchCV, or write the values to try, such as {_example(value)}."
    )
    return place.refusal("be a list of choices", value, advice)


def _example(value: Any) -> str:
    """Show what a list may look like in place of a range."""
    if isinstance(value, tuple):
        return repr(list(value[:2]))
    low, high = getattr(value, "low", None), getattr(value, "high", None)
    return "[0.1, 1, 10]" if low is None else repr([low, high])

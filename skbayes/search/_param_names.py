"""Check that the names of a space are parameters of the estimator.

The first value of each name is set on a clone. `get_params` alone would not do: it does
not list all parameters that boosting libraries accept, and a searched step decides
which parameters exist. Errors of single combinations, such as a parameter of a step
that is "passthrough", are left to the candidate.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

import numpy as np
from sklearn.base import clone

from skbayes._did_you_mean import closest_param, hint, is_typing_error
from skbayes._evaluation.fold.set_parameters import set_parameters
from skbayes._user_warnings import warn_user
from skbayes.space._dimension import Dimension
from skbayes.space._parsing import is_choices

#: Combinations of steps, at most, that are tried before a name is refused.
_MOST_COMBINATIONS = 100
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh")


def check_param_names(
    search: Any, dicts: Sequence[Mapping[str, Any]], parameter: str
) -> list[Any]:
    """Raise for names that are not parameters of the estimator.

    Parameters
    ----------
    search : SearchCV
        The search with its estimator.
    dicts : sequence of dict
        The dicts of its space, each checked alone: lists, dimensions and distributions
        by name.
    parameter : str
        Name of the search's parameter, for messages.

    Returns
    -------
    list of estimator
        For each dict a clone with the first value of each name that can be set; empty
        if the estimator has no parameters.

    Raises
    ------
    ValueError
        If a name is not a parameter; the message suggests the closest one.
    """
    if not hasattr(search.estimator, "get_params"):
        return []
    return [
        _configured(search, values, _place(search, parameter, i, len(dicts)))
        for i, values in enumerate(dicts)
    ]


def first_value(value: Any) -> Any:
    """Return one value of a parameter.

    Parameters
    ----------
    value : list, array, Dimension or object with ``rvs``
        The parameter's entry in a space.

    Returns
    -------
    object
        The first choice, or a draw with a generator of its own.
    """
    if is_choices(value):
        return next(iter(value))
    if isinstance(value, Dimension):
        listed = value.listed()
        return listed[0] if len(listed) else value.rvs(random_state=0)
    # A copy, because drawing may change an object that is not scipy's.
    return copy.deepcopy(value).rvs(random_state=np.random.RandomState(0))


def _configured(search: Any, values: Mapping[str, Any], place: str) -> Any:
    """A clone with the first values of one dict; raises for an unknown name."""
    first = {name: first_value(value) for name, value in values.items()}
    try:
        estimator = set_parameters(clone(search.estimator), first)
    except Exception:  # set one by one below, to find the name at fault
        estimator = clone(search.estimator)
    else:
        _warn_of_typing_errors(search.estimator, first, place)
        return estimator
    # Steps before their parameters.
    for name in sorted(first, key=lambda name: name.count("__")):
        try:
            estimator.set_params(**{name: clone(first[name], safe=False)})
        except Exception as error:
            _refuse_unless_settable(estimator, name, values, place, error)
    return estimator


def _warn_of_typing_errors(
    estimator: Any, first: Mapping[str, Any], place: str
) -> None:
    """Warn of names that ``**kwargs`` accept and that are almost a parameter's.

    They may be names of the library below, so they are not refused.
    """
    unlisted = sorted(first.keys() - estimator.get_params(deep=True).keys())
    for name in unlisted:
        # A searched step decides which names are listed.
        others = {n: v for n, v in first.items() if not n.startswith(name)}
        try:
            listed = set_parameters(clone(estimator), others).get_params(deep=True)
        except Exception:  # values that the estimator takes together only
            continue
        meant = None if name in listed else closest_param(name, listed)
        if meant is not None and is_typing_error(name, meant):
            warn_user(
                f"{place} has the name {name!r}. The estimator accepts it, but does not"
                f" list it among its parameters, and may not use it.{hint(meant)}"
            )


def _refuse_unless_settable(
    estimator: Any, name: str, values: Mapping[str, Any], place: str, error: Exception
) -> None:
    """Raise if no combination of the searched steps accepts a name."""
    richest, most_names = estimator, 0
    for steps in _choices_of_steps(name, values):
        try:
            tried = set_parameters(clone(estimator), steps)
            known = tried.get_params(deep=True)
            if name in known:
                return  # the name exists; the estimator refuses its first value
            if len(known) > most_names:
                richest, most_names = tried, len(known)
            tried.set_params(**{name: clone(first_value(values[name]), safe=False)})
            return
        except Exception as problem:
            error = problem
    raise ValueError(_refusal(richest, name, values, place, error)) from error


def _choices_of_steps(name: str, values: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield combinations of the searched steps that a name belongs to."""
    parts = name.split("__")
    prefixes = ("__".join(parts[:i]) for i in range(1, len(parts)))
    searched = {p: values[p] for p in prefixes if p in values and _lists(values[p])}
    combinations = product(*(_listed(value) for value in searched.values()))
    for choices in islice(combinations, _MOST_COMBINATIONS):
        yield dict(zip(searched, choices, strict=True))


def _lists(value: Any) -> bool:
    return is_choices(value) or bool(isinstance(value, Dimension) and value.listed())


def _listed(value: Any) -> Sequence[Any]:
    return value.listed() if isinstance(value, Dimension) else list(value)


def _place(search: Any, parameter: str, i: int, n_dicts: int) -> str:
    """Name the dict and the parameter, to begin a message."""
    given = f"`{parameter}` parameter of {type(search).__name__}"
    if n_dicts == 1:
        return f"The {given}"
    number = f"{_ORDINALS[i]} dict" if i < len(_ORDINALS) else f"dict number {i + 1}"
    return f"The {number} in the {given}"


def _refusal(
    estimator: Any, name: str, values: Mapping[str, Any], place: str, error: Exception
) -> str:
    """The message about an unknown name, with the closest one and all names."""
    known = estimator.get_params(deep=True)
    path, part, local = _deepest_part(estimator, known, name)
    within = f"{path}__" if path else ""
    names = [n for n in known if n.startswith(within)]
    chosen = ""
    if path and path in values:
        chosen = f", and {path}={part!r} has none of this name"
    text = str(error)
    meant = hint(closest_param(name, known))
    if "Valid parameters are" in text or not text:  # scikit-learn's, with all its names
        text = f"Invalid parameter {local!r} for estimator {type(part).__name__}."
    above = name.rpartition("__")[0]
    if above in known and known[above] is None:
        meant, text = "", f"{above} is None: give it an estimator, or search it too."
    elif above in known and not hasattr(known[above], "set_params"):
        text = f"{above} is {known[above]!r}, which has no parameters."
    return (
        f"{place} must name parameters of the estimator. Got {name!r} instead"
        f"{chosen}.{meant} {text} Valid parameters are:"
        f" {sorted(names)}."
    )


def _deepest_part(
    estimator: Any, known: Mapping[str, Any], name: str
) -> tuple[str, Any, str]:
    """The innermost part that a name leads to, its path and the rest of the name."""
    parts = name.split("__")
    for n in range(len(parts) - 1, 0, -1):
        path = "__".join(parts[:n])
        if hasattr(known.get(path), "get_params"):
            return path, known[path], parts[n]
    return "", estimator, parts[0]

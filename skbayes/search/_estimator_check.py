"""Check that `estimator` is an estimator, and name what was probably meant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sklearn.utils import all_estimators

from skbayes._did_you_mean import closest_name
from skbayes._short_text import one_line

#: Most characters of a space in a message.
_LONGEST = 80


def check_estimator_of(search: Any) -> None:
    """Raise if `estimator` cannot be fitted.

    Parameters
    ----------
    search : SearchCV
        The search with its parameters.

    Raises
    ------
    TypeError
        With what to write. scikit-learn's message says only that it cannot be fitted.
    """
    estimator = search.estimator
    if isinstance(estimator, type) and not _is_space(_space_of(search)[1]):
        _refuse_swapped(search)
    if hasattr(estimator, "fit"):
        return
    _refuse_swapped(search)
    advice = _what_to_write(estimator)
    if advice is not None:
        raise TypeError(
            f"The `estimator` parameter of {type(search).__name__} must be an estimator"
            f" instance, with a method fit. Got {estimator!r} instead; write {advice}."
        )


def check_space_of(search: Any) -> None:
    """Raise for a space in another container than dicts and lists.

    Parameters
    ----------
    search : SearchCV
        The search with its parameters.

    Raises
    ------
    TypeError
        With what to write. scikit-learn's message says only which types are taken.
    """
    name, space = _space_of(search)
    advice = None
    if isinstance(space, Mapping) and not isinstance(space, dict):
        advice = "write dict(space)"
    elif isinstance(space, tuple) and _is_space(space):
        advice = "write a list of the dicts"
    elif hasattr(space, "to_dict") and hasattr(space, "index"):
        advice = "write {name: [choice, choice], ...}, a list for each parameter"
    elif isinstance(space, str) and space == "auto" and name == "param_grid":
        advice = "use RandomSearchCV or BayesSearchCV, which take it"
    if advice is not None:
        raise TypeError(
            f"The `{name}` parameter of {type(search).__name__} must be a dict or a"
            f" list of dicts. Got {one_line(space, _LONGEST)} instead; {advice}."
        )


def _space_of(search: Any) -> tuple[str, Any]:
    """The parameter that holds the space, and its value."""
    name = "param_grid" if hasattr(search, "param_grid") else "param_distributions"
    return name, getattr(search, name)


def _is_space(value: Any) -> bool:
    """Whether a value has the form of a space: dicts, or "auto"."""
    if isinstance(value, list | tuple) and value:
        return all(isinstance(part, Mapping) for part in value)
    return isinstance(value, Mapping) or value == "auto"


def _refuse_swapped(search: Any) -> None:
    """Raise if estimator and space are given in each other's place."""
    name, space = _space_of(search)
    estimator = search.estimator
    if not hasattr(space, "fit") or not (_is_space(estimator) or estimator is None):
        return
    owner = type(search).__name__
    shown = f"{space.__name__}()" if isinstance(space, type) else repr(space)
    raise TypeError(
        f"The `estimator` parameter of {owner} must be an estimator instance. Got"
        f" {estimator!r} instead, and the estimator as `{name}`: the estimator comes"
        f" first; write {owner}({shown}, {estimator!r})."
    )


def _what_to_write(estimator: Any) -> str | None:
    """The form that was probably meant; None if that is not known."""
    if isinstance(estimator, str):
        found = closest_name(estimator.partition("(")[0], _names_of_estimators())
        return "the estimator itself" if found is None else f"{found}()"
    if isinstance(estimator, list | tuple) and estimator:
        return _of_sequence(estimator)
    if callable(estimator):
        called = getattr(estimator, "__name__", "")
        shown = called if called.isidentifier() else "make_estimator"
        return f"{shown}(), what the function returns"
    return None


def _names_of_estimators() -> list[str]:
    """Names of scikit-learn's estimators; empty if they cannot be listed."""
    try:
        return [name for name, _ in all_estimators()]
    except Exception:
        # scikit-learn 1.6 imports its tests for the list, which may fail.
        return []


def _of_sequence(parts: Any) -> str | None:
    """The form meant by a sequence: a pipeline's steps, or several estimators."""
    are_steps = all(
        isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], str)
        for part in parts
    )
    if are_steps:
        return f"Pipeline({list(parts)!r})"
    if not all(hasattr(part, "fit") or hasattr(part, "transform") for part in parts):
        return None
    if len(parts) == 1:
        return repr(parts[0])
    return (
        f"make_pipeline({', '.join(map(repr, parts))}) for steps, or search over"
        " Pipeline([('model', estimator)]) with the choices {'model': [...]}"
    )

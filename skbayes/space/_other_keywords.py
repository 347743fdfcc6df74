"""Counterparts of the keywords that dimensions of other libraries have."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

AnyClass = TypeVar("AnyClass", bound=type)

#: Advice for each keyword of scikit-optimize, Optuna, ConfigSpace or skrub.
_ADVICE = {
    "transform": "leave it out: the engine scales values by itself",
    "base": "leave it out: the base of a logarithm changes no value",
    "dtype": "leave it out: Real has floats and Integer ints",
    "prior": "leave it out: all choices are equally likely",
    "weights": "leave it out: all choices are equally likely",
    "default": "leave it out: the estimator's own value is tried first",
    "default_value": "leave it out: the estimator's own value is tried first",
    "step": "write a list of the values, such as [0.1, 0.2, 0.3]",
    "n_steps": "write a list of the values, such as [0.1, 0.2, 0.3]",
    "categories": "write choices=[...]",
    "outcomes": "write choices=[...]",
    "lower": "write low=...",
    "upper": "write high=...",
}


def explain_other_keywords(cls: AnyClass) -> AnyClass:
    """Make a dimension's error for an unknown keyword name the counterpart.

    Parameters
    ----------
    cls : type
        Class of a dimension; its signature does not change.

    Returns
    -------
    type
        The same class, whose constructor raises `TypeError` with advice.
    """
    return with_advice(cls, _advice)


def with_advice(cls: AnyClass, advise: Callable[[str, Any, str], str]) -> AnyClass:
    """Make a class's error for an unknown keyword end with advice.

    Parameters
    ----------
    cls : type
        The class; its signature does not change.
    advise : callable
        Gives what to write instead of a keyword, from the keyword, its value and the
        name of the class; empty for a keyword that no other library has.

    Returns
    -------
    type
        The same class, whose constructor raises `TypeError` with advice.
    """
    init = cls.__init__  # type: ignore[misc]
    own = list(inspect.signature(init).parameters)[1:]

    @wraps(init)
    def checked(self: Any, *args: Any, **kwargs: Any) -> None:
        unknown = [name for name in kwargs if name not in own]
        if unknown:
            owner = type(self).__name__
            advice = {name: advise(name, kwargs[name], owner) for name in unknown}
            lines = [f"\n`{name}`: {text}." for name, text in advice.items() if text]
            raise TypeError(
                f"{owner} takes {', '.join(own)}. Got {', '.join(unknown)} as well."
                + "".join(lines)
            )
        init(self, *args, **kwargs)

    cls.__init__ = checked  # type: ignore[misc]
    return cls


def _advice(name: str, value: Any, owner: str) -> str:
    """Say what to write instead of a keyword, empty for an unknown one."""
    if name == "name":
        return f"write it as the key of the space, {{{value!r}: {owner}(...)}}"
    if name == "log":
        return "write prior='log-uniform'" if value else "leave it out"
    return _ADVICE.get(name, "")

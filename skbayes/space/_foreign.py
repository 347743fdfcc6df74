"""Dimensions of other packages, recognised by their attributes; none is imported.

=====================================  ===============================================
of                                     told by
=====================================  ===============================================
scikit-optimize                        ``low``, ``high``, ``prior``; ``categories``
Optuna                                 ``low``, ``high``, ``log``, ``step``; ``choices``
skrub                                  ``low``, ``high``, ``log``, ``n_steps``;
                                       ``outcomes``
ConfigSpace                            ``lower``, ``upper``, ``log``; ``choices``,
                                       ``sequence``, ``value``
=====================================  ===============================================

Weights of choices are ignored. An object with a density of its own (a mean, a shape) is
not a range and is not read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from skbayes._values import distinct, is_finite_number, is_number, native
from skbayes.space._ranges import PRIORS, Integer, Real
from skbayes.space._scale import prior_of

#: Attributes that list choices.
_LISTS = ("choices", "categories", "outcomes", "sequence")
#: Attributes of densities that are not uniform.
_SHAPES = ("mu", "sigma", "alpha", "beta", "q")
_ENDS = (("low", "high"), ("lower", "upper"))


def read_choices(value: Any) -> list[Any] | None:
    """Return the choices of an object of another package.

    Parameters
    ----------
    value : object
        Any value of a space.

    Returns
    -------
    list or None
        The choices, also of a range in steps; None if there are none.

    Raises
    ------
    ValueError
        If its steps are not numbers > 0.
    """
    for name in _LISTS:
        listed = _attribute(value, name)
        if isinstance(listed, list | tuple | np.ndarray) and len(listed):
            return list(listed)
    if {"value", "default_value"} <= getattr(value, "__dict__", {}).keys():
        return [value.value]  # ConfigSpace's constant
    span = _span_of(value)
    return None if span is None else _steps_of(value, *span)


def read_range(value: Any) -> Real | Integer | None:
    """Return the range of an object of another package.

    Parameters
    ----------
    value : object
        Any value of a space.

    Returns
    -------
    Real, Integer or None
        None if it is not a range.

    Raises
    ------
    ValueError
        If its ends are not a valid range.
    """
    span = _span_of(value)
    if span is None:
        return None
    low, high, prior = span
    kind = Integer if _is_integer(value, low, high) else Real
    return kind(low, high, prior)


def is_range(value: Any) -> bool:
    """Whether an object of another package is a range, be it a valid one or not."""
    return _span_of(value) is not None


def draws_single_values(value: Any) -> bool:
    """Whether ``rvs`` is scipy's: it draws one value from a given generator.

    scikit-optimize's returns lists. It is tried with a separate generator.
    """
    if not hasattr(value, "rvs"):
        return False
    try:
        drawn = value.rvs(random_state=np.random.RandomState(0))
    except Exception:  # another signature
        return False
    return not isinstance(drawn, list | tuple | np.ndarray)


def _span_of(value: Any) -> tuple[Any, Any, str] | None:
    """The ends and the prior of a range; None if it is not one.

    Two ends alone are not enough, because the scale is unknown: Ray Tune stores it
    elsewhere, and its upper end is excluded.
    """
    if isinstance(value, type):
        return None
    if any(_attribute(value, name) is not None for name in _SHAPES):
        return None
    for names in _ENDS:
        low, high = (native(_attribute(value, name)) for name in names)
        if is_number(low) and is_number(high):
            prior = _stated_prior(value)
            return None if prior is None else (low, high, prior)
    return None


def _attribute(value: Any, name: str) -> Any:
    """An attribute; None if it is missing or raises."""
    try:
        return getattr(value, name, None)
    except Exception:  # lazy objects may raise anything
        return None


def _stated_prior(value: Any) -> str | None:
    """The prior of a range; None if it states none."""
    log, prior = _attribute(value, "log"), _attribute(value, "prior")
    if isinstance(log, bool | np.bool_):
        return prior_of(bool(log))
    return prior if isinstance(prior, str) and prior in PRIORS else None


def _is_integer(value: Any, low: Any, high: Any) -> bool:
    """Whether a range is of integers: by its attributes, its class, or its ends."""
    to_int = _attribute(value, "to_int")
    if isinstance(to_int, bool):
        return to_int
    try:
        return bool(np.issubdtype(np.dtype(value.dtype), np.integer))
    except (AttributeError, TypeError):
        pass
    name = type(value).__name__.lower()
    if "float" in name or "real" in name:
        return False
    return isinstance(low, int) and isinstance(high, int)


def _steps_of(value: Any, low: Any, high: Any, prior: str) -> list[Any] | None:
    """The values of a range in steps; None if it has no steps."""
    step, n_steps = _attribute(value, "step"), _attribute(value, "n_steps")
    is_integer = _is_integer(value, low, high)
    if n_steps is not None:
        spaced = np.geomspace if prior == "log-uniform" else np.linspace
        numbers: Sequence[float] = spaced(low, high, int(n_steps)).tolist()
    elif step is None or (is_integer and step == 1):
        return None
    elif not is_finite_number(native(step)) or step <= 0:
        raise ValueError(f"The step of {value!r} must be > 0. Got {step!r} instead.")
    else:
        n = math.floor(round((high - low) / step, 9)) + 1
        numbers = [float(f"{low + k * step:.12g}") for k in range(n)]
    if is_integer:
        return list(distinct(round(number) for number in numbers))
    return [float(number) for number in numbers]

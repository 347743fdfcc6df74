"""Set a candidate's parameters, and explain those that cannot be set."""

from __future__ import annotations

from typing import Any

from sklearn.base import clone

from skbayes._protocol import Params


def set_parameters(estimator: Any, params: Params) -> Any:
    """Set parameters on an estimator.

    Parameters
    ----------
    estimator : estimator
        Changed in place.
    params : dict
        Their values are cloned, because they may be estimators.

    Returns
    -------
    estimator
        The same object.
    """
    # Not what `set_params` returns: some estimators forget to return themselves.
    estimator.set_params(**clone(params, safe=False))
    return estimator


def what_to_write(estimator: Any, params: Params) -> str | None:
    """Explain why parameters cannot be set together, and what to write instead.

    Parameters
    ----------
    estimator : estimator
        The estimator that refused them.
    params : dict
        The parameters. A step among them replaces the estimator's own.

    Returns
    -------
    str or None
        None if no step lacks a parameter that is set on it.
    """
    # The candidate's values win: it may replace the very step that lacks the parameter.
    values = _values_of(estimator) | params
    for name in sorted(params):
        prefix, _, last = name.rpartition("__")
        if prefix in values and not _takes(values[prefix], last):
            return (
                f"This candidate sets {name!r}, and {prefix!r} is {values[prefix]!r} "
                f"in it, which has no parameter {last!r}. Write a conditional space, a "
                f"list of dicts: one with {name!r} beside the values of {prefix!r} "
                "that have it, and one with the others."
            )
    return None


def _values_of(estimator: Any) -> Params:
    """Parameters of an estimator, empty if `get_params` fails."""
    try:
        return dict(estimator.get_params(deep=True))
    except Exception:
        return {}


def _takes(step: Any, name: str) -> bool:
    """Whether a parameter can be set on a step, tried on a copy."""
    if not hasattr(step, "set_params"):
        return False
    try:
        copy = clone(step)
        copy.set_params(**{name: copy.get_params(deep=True).get(name)})
    except Exception:
        return False
    return True

"""Check arguments of `fit` that would make every single fit fail."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable
from os import PathLike
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.base import is_classifier, is_regressor
from sklearn.pipeline import Pipeline

from skbayes._compat import scorer_parts
from skbayes._did_you_mean import closest_name, hint
from skbayes._protocol import BoolArray

#: Rows without a target, at most, that a message lists.
_ROWS_NAMED = 3


def check_data(search: Any, X: Any, y: Any) -> None:
    """Raise for a path instead of data, and for missing targets.

    Parameters
    ----------
    search : SearchCV
        Being fitted.
    X, y : array-like
        The arguments of `fit`.

    Raises
    ------
    TypeError
        If one of them is the name of a file.
    ValueError
        If `y` has missing values and the scores are scikit-learn's, which need all.
    """
    if X is None:
        raise TypeError(
            "`X` must be an array or a table. Got None instead; pass the data:"
            " fit(X, y)."
        )
    # FLAML and AutoGluon take file names; here NumPy would make an array of one string.
    for name, value in (("X", X), ("y", y)):
        if isinstance(value, str | bytes | PathLike):
            raise TypeError(
                f"`{name}` must be an array or a table. Got {value!r} of type"
                f" {type(value).__name__} instead; read the file first."
            )
    if y is None or not _needs_targets(search):
        return
    rows = _rows_without_target(y)
    if len(rows):
        named = ", ".join(map(str, rows[:_ROWS_NAMED]))
        values = (
            "1 missing value, at row"
            if len(rows) == 1
            else (f"{len(rows)} missing values, at rows")
        )
        more = ", ..." if len(rows) > _ROWS_NAMED else ""
        raise ValueError(
            f"`y` has {values} {named}{more} (counted from 0). Leave these samples out"
            " of X and y, or fill their targets in."
        )


def check_fit_params(search: Any, names: Iterable[str]) -> None:
    """Raise for arguments that the estimator's `fit` does not accept.

    Parameters
    ----------
    search : SearchCV
        Being fitted.
    names : iterable of str
        Names of the arguments passed on to the estimator.

    Raises
    ------
    TypeError
        If a name is certainly not accepted. The message distinguishes a parameter of
        the search from a misspelt name.
    """
    taken = _fit_arguments(search.estimator)
    if taken is None:
        return
    for name in names:
        step = name.partition("__")[0] + "__"
        if name not in taken and step not in taken:
            raise TypeError(_refusal(search, name, taken))


def _needs_targets(search: Any) -> bool:
    """Whether scikit-learn's own metrics score a classifier or regressor."""
    estimator, scoring = search.estimator, search.scoring
    if not (is_classifier(estimator) or is_regressor(estimator)):
        return False
    if callable(scoring):
        return scorer_parts(scoring) is not None
    own_score = getattr(type(estimator), "score", None)
    return scoring is not None or getattr(own_score, "__module__", "").startswith(
        "sklearn."
    )


def _rows_without_target(y: Any) -> list[int]:
    """Return the rows of y with a missing value, in order."""
    is_missing: BoolArray
    # pandas has several missing values, which only it recognises.
    if hasattr(y, "isna"):
        is_missing = np.asarray(y.isna())
    else:
        try:
            values = np.asarray(y)
        except Exception:  # such as an array on a device, which numpy cannot read
            return []
        if values.dtype.kind == "f":
            is_missing = np.asarray(np.isnan(values))
        elif values.dtype.kind == "O" and values.ndim:
            flat = [_is_missing(value) for value in values.ravel().tolist()]
            is_missing = np.array(flat, dtype=bool).reshape(values.shape)
        else:
            return []
    if is_missing.ndim > 1:
        is_missing = np.asarray(is_missing.any(axis=1))
    rows: list[int] = np.flatnonzero(is_missing).tolist()
    return rows


def _is_missing(value: Any) -> bool:
    """Whether a label is None or NaN."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _fit_arguments(estimator: Any) -> list[str] | None:
    """Names that the estimator's `fit` accepts; None if it accepts any."""
    # With routing scikit-learn itself checks names, by the requests of all parts.
    if get_config().get("enable_metadata_routing", False):
        return None
    if isinstance(estimator, Pipeline) and type(estimator).fit is Pipeline.fit:
        return [f"{step}__" for step, _ in estimator.steps]
    try:
        parameters = inspect.signature(estimator.fit).parameters.values()
    except (AttributeError, TypeError, ValueError):
        return None
    # LightGBM's fit and others take any name.
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        return None
    return [p.name for p in parameters]


def _refusal(search: Any, name: str, taken: list[str]) -> str:
    """Explain why an argument of `fit` is refused, and where it belongs."""
    owner, estimator = type(search).__name__, search.estimator
    what = (
        f"fit passes {name!r} on to {type(estimator).__name__}.fit, which takes no such"
    )
    settings = search.get_params(deep=False)
    setting = name if name in settings else closest_setting(name, settings)
    if setting is not None:
        value = "[...]" if setting == "callbacks" else "..."
        return f"{what} argument. Write {owner}(..., {setting}={value}) instead."
    if isinstance(estimator, Pipeline) and "__" not in name:
        last = taken[-1]
        return (
            f"{what} argument by itself. Write {last}{name}= for the last step, or"
            " enable scikit-learn's metadata routing."
        )
    rest = name.partition("__")[2] if isinstance(estimator, Pipeline) else ""
    return f"{what} argument.{hint(closest_name(name, (t + rest for t in taken)))}"


def closest_setting(name: str, settings: Iterable[str]) -> str | None:
    """The setting of a search that differs from a name in a final s only."""
    variants = (f"{name}s", name.removesuffix("s"))
    return next((variant for variant in variants if variant in settings), None)

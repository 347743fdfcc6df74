"""Check arguments of `fit` that would make every single fit fail."""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterable, Iterator, Mapping
from os import PathLike
from typing import Any

import numpy as np
from sklearn import get_config
from sklearn.base import is_classifier, is_regressor
from sklearn.pipeline import Pipeline

from skbayes._compat import scorer_parts
from skbayes._did_you_mean import closest_name, hint
from skbayes._protocol import BoolArray
from skbayes._short_text import one_line

#: Rows without a target, at most, that a message lists.
_ROWS_NAMED = 3
#: Arguments of `fit` that have a value for each sample, in a pipeline behind its step.
_OF_SAMPLES = {"sample_weight", "groups"}
#: Most characters of a value in a message.
_LONGEST = 80


def check_data(search: Any, X: Any, y: Any) -> None:
    """Raise for what is no data, and for targets that are missing or infinite.

    Parameters
    ----------
    search : SearchCV
        Being fitted.
    X, y : array-like
        The arguments of `fit`.

    Raises
    ------
    TypeError
        If one of them is the name of a file, a dict, a set or a generator.
    ValueError
        If `y` has such values and the scores are scikit-learn's, which need all.
    """
    if X is None:
        raise TypeError(
            "`X` must be an array or a table. Got None instead; pass the data:"
            " fit(X, y)."
        )
    for name, value in (("X", X), ("y", y)):
        advice = _why_no_data(value, X)
        if advice is not None:
            raise TypeError(
                f"`{name}` must be an array or a table. Got {one_line(value, _LONGEST)}"
                f" of type {type(value).__name__} instead; {advice}."
            )
    if y is None or not _needs_targets(search):
        return
    for kind, rows in _rows_without_target(y).items():
        if rows:
            raise ValueError(
                f"`y` has {_counted(kind, rows)} (counted from 0). Leave these samples"
                " out of X and y, or fill their targets in."
            )


def _why_no_data(value: Any, X: Any) -> str | None:
    """What to write in place of a value that is no data; None if it may be data."""
    # FLAML and AutoGluon take file names; here NumPy would make an array of one string.
    if isinstance(value, str | bytes | PathLike):
        if isinstance(value, str) and value in getattr(X, "columns", ()):
            return f"write y=X[{value!r}], and X without this column"
        return "read the file first"
    # A subclass of dict may be data, as skorch's slices of several inputs are.
    if type(value) is dict:
        return "make a table of it, as by pandas.DataFrame(...)"
    if isinstance(value, set | frozenset | Iterator):
        return "write list(...), in the order of the samples"
    return None


def _counted(kind: str, rows: list[int]) -> str:
    """Number and places of targets of a kind."""
    named = ", ".join(map(str, rows[:_ROWS_NAMED]))
    more = ", ..." if len(rows) > _ROWS_NAMED else ""
    if len(rows) == 1:
        return f"1 {kind} value, at row {named}"
    return f"{len(rows)} {kind} values, at rows {named}{more}"


def check_sample_params(params: Mapping[str, Any], n_samples: int) -> None:
    """Raise for weights or groups of another length than the data.

    Each fit would be given all of them, with an error about one training part.

    Parameters
    ----------
    params : mapping of str to object
        The arguments of `fit` beside the data.
    n_samples : int
        Samples of the data.

    Raises
    ------
    ValueError
        If they have another length.
    """
    for name, value in params.items():
        n_given = _length(value) if name.rpartition("__")[2] in _OF_SAMPLES else None
        if n_given not in (None, n_samples):
            raise ValueError(
                f"`{name}` must have one value for each sample. Got {n_given} for"
                f" {n_samples} samples."
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


def _length(value: Any) -> int | None:
    """Length of an array or a list; None for other values, such as a single number."""
    if isinstance(value, list | tuple):
        return len(value)
    shape: tuple[int, ...] | None = getattr(value, "shape", None)
    return shape[0] if shape else None


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


def _rows_without_target(y: Any) -> dict[str, list[int]]:
    """Return the rows of y with a missing and with an infinite value, in order."""
    values = _values_of(y)
    if values is None:
        return {}
    is_infinite = np.isinf(values) if values.dtype.kind == "f" else None
    # pandas has several missing values, which only it recognises.
    if hasattr(y, "isna"):
        is_missing = np.asarray(y.isna())
    elif is_infinite is not None:
        is_missing = np.isnan(values)
    elif values.dtype.kind == "O" and values.ndim:
        flat = [_is_missing(value) for value in values.ravel().tolist()]
        is_missing = np.array(flat, dtype=bool).reshape(values.shape)
    else:
        return {}
    found = {"missing": is_missing, "infinite": is_infinite}
    return {kind: _rows_of(mask) for kind, mask in found.items() if mask is not None}


def _values_of(y: Any) -> Any:
    """The targets as an array; None for one on a device, which numpy cannot read."""
    try:
        return np.asarray(y)
    except Exception:
        return None


def _rows_of(mask: BoolArray) -> list[int]:
    """Rows of which any value is true."""
    if mask.ndim > 1:
        mask = np.asarray(mask.any(axis=1))
    rows: list[int] = np.flatnonzero(mask).tolist()
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

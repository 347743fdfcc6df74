"""Sizes and scales of training data, on which ranges depend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Facts:
    """Sizes and scales of training data.

    Parameters
    ----------
    n_samples : int
        Rows of one fit.
    n_features : int
        Columns of X, before any step of a pipeline.
    variance : float
        Mean variance of the features, 1 for features that are not numbers.
    target_scale : float
        Standard deviation of the target, 1 for a target that is not a number.
    """

    n_samples: int = 1000
    n_features: int = 20
    variance: float = 1.0
    target_scale: float = 1.0


def of_scale(number: float) -> Callable[[Facts], float]:
    """Multiply the target's standard deviation by a number."""
    return lambda facts: number * facts.target_scale


def facts_of(X: Any, y: Any = None, *, n_samples: int | None = None) -> Facts:
    """Measure training data.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Any container with a length. Texts and other data that are no table have a size
        only.
    y : array-like of shape (n_samples,), default=None
        The target.
    n_samples : int, default=None
        Rows of one fit, if fewer than the rows of `X`.

    Returns
    -------
    Facts
    """
    shape = _shape(X)
    n_features = int(shape[1]) if len(shape) > 1 else 1
    return Facts(
        n_samples=int(shape[0]) if n_samples is None else n_samples,
        n_features=max(n_features, 1),
        variance=_variance(X),
        target_scale=1.0 if y is None else _scale(y),
    )


def _shape(X: Any) -> tuple[int, ...]:
    """Shape of a table, also of a list of rows; that of other data is their length."""
    shape: tuple[int, ...] | None = getattr(X, "shape", None)
    if shape:
        return shape
    try:
        return np.shape(X) or (len(X),)
    except ValueError:  # rows of several lengths
        return (len(X),)


def _scale(y: Any) -> float:
    """Standard deviation of a target, also of whole numbers; 1 of labels."""
    try:
        scale = float(np.std(np.asarray(y).astype(float)))
    except (TypeError, ValueError):
        return 1.0
    return scale if np.isfinite(scale) and scale > 0 else 1.0


def _variance(X: Any) -> float:
    """Mean variance of the columns, 1 if it is not a positive number."""
    try:
        # A large sparse X stays sparse, fails below and counts as scaled: a dense copy
        # could take all memory.
        dense = X.toarray() if hasattr(X, "toarray") and X.shape[0] < 1000 else X
        values = np.asarray(dense, dtype=float)
    except (TypeError, ValueError):
        return 1.0
    # numpy warns of a variance of nothing, and of one of infinite values.
    if not np.isfinite(values).any():
        return 1.0
    with np.errstate(invalid="ignore"):
        variance = float(np.nanvar(values))
    return variance if np.isfinite(variance) and variance > 0 else 1.0

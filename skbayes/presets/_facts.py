"""Sizes and scales of training data, on which ranges depend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.multiclass import type_of_target


@dataclass(frozen=True)
class Facts:
    """Sizes and scales of training data.

    Parameters
    ----------
    n_samples : int
        Rows of one fit.
    n_features : int
        Columns of X, before any step of a pipeline.
    n_classes : int
        Distinct labels; 0 for a target without classes.
    variance : float
        Mean variance of the features, 1 for features that are not numbers.
    target_scale : float
        Standard deviation of the target, 1 for a target that is not a number.
    """

    n_samples: int = 1000
    n_features: int = 20
    n_classes: int = 2
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
    shape = getattr(X, "shape", None)
    n_rows = int(shape[0]) if shape else len(X)
    n_features = int(shape[1]) if shape is not None and len(shape) > 1 else 1
    n_classes, scale = _of_target(y)
    return Facts(
        n_samples=n_rows if n_samples is None else n_samples,
        n_features=max(n_features, 1),
        n_classes=n_classes,
        variance=_variance(X),
        target_scale=scale,
    )


def _of_target(y: Any) -> tuple[int, float]:
    """Number of classes, and the standard deviation of a numeric target."""
    if y is None:
        return 0, 1.0
    try:
        values = np.asarray(y)
        if type_of_target(values) in ("binary", "multiclass"):
            return len(np.unique(values)), 1.0
        scale = float(np.std(values.astype(float)))
    except (TypeError, ValueError):
        return 0, 1.0
    return 0, scale if np.isfinite(scale) and scale > 0 else 1.0


def _variance(X: Any) -> float:
    """Mean variance of the columns, 1 if it is not a positive number."""
    try:
        # A large sparse X stays sparse, fails below and counts as scaled: a dense copy
        # could take all memory.
        dense = X.toarray() if hasattr(X, "toarray") and X.shape[0] < 1000 else X
        variance = float(np.nanvar(np.asarray(dense, dtype=float)))
    except (TypeError, ValueError):
        return 1.0
    return variance if np.isfinite(variance) and variance > 0 else 1.0

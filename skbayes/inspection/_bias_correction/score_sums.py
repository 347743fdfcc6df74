r"""Write a score as a function of sums, to compute it under many weightings at once.

Accuracy is a sum of hits over a sum of ones; F1, R\ :sup:`2` and others are
functions of a few sums. With terms :math:`\phi_{ij}` of sample i and candidate j,
the sums under B weightings of n samples for N candidates are one matrix product
``W @ Phi``, where calling the scorer would take B N passes over the data.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import issparse

from skbayes._protocol import FloatArray


@dataclass(frozen=True)
class FoldTruth:
    """Data of one fold that all candidates share.

    Parameters
    ----------
    y : array of shape (n_rows,) or (n_rows, n_outputs)
        Targets of the fold.
    labels : array of shape (n_labels,) or None
        All labels; column numbers for targets with several columns.
    classes : array or None
        Labels of the fold's training data, in the order of the predictions' columns.
    """

    y: Any
    labels: Any
    classes: Any


@dataclass(frozen=True)
class ScoreSums:
    """A score as a function of sums over samples.

    Parameters
    ----------
    terms : callable
        ``terms(truth, response)``: array of shape (n_rows, p), of one candidate.
    shared : callable
        ``shared(truth)``: array of shape (n_rows, q), of the truth alone.
    combine : callable
        ``combine(sums, shared_sums)``: the score, greater is better; the sums have
        shapes (..., p) and (..., q).
    exact : callable or None
        ``exact(truth, response, weights)``: the score under weights of shape
        (n_rows, n_bootstrap), if the sums give it to first order only.
    passes : callable
        ``passes(n_labels)``: number of passes of `exact` over the rows.
    is_for_outputs : bool
        Whether the score is also defined for multilabel targets.
    """

    terms: Callable[[FoldTruth, Any], FloatArray]
    shared: Callable[[FoldTruth], FloatArray]
    combine: Callable[[FloatArray, FloatArray], FloatArray]
    exact: Callable[[FoldTruth, Any, FloatArray], FloatArray] | None = None
    passes: Callable[[int], int] = lambda n_labels: 1
    is_for_outputs: bool = False


def dense(values: Any) -> Any:
    """Convert a sparse or dense array to a dense one."""
    to_array = getattr(values, "toarray", None) if issparse(values) else None
    return np.asarray(values) if to_array is None else to_array()


def labels_of(y: Any) -> Any:
    """List the labels of targets; column numbers for several columns."""
    return np.unique(y) if y.ndim == 1 else np.arange(y.shape[1])


def ones(truth: FoldTruth) -> FloatArray:
    """Return one for each row: the denominator of a mean."""
    return np.ones((len(truth.y), 1))


def ratio(sums: FloatArray, shared: FloatArray) -> FloatArray:
    """Divide the first sum by the first shared sum."""
    return sums[..., 0] / shared[..., 0]


def negative_ratio(sums: FloatArray, shared: FloatArray) -> FloatArray:
    """Return minus `ratio`, for a loss."""
    return -ratio(sums, shared)

r"""What a score must be made of to be computed under any weights at once.

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

from skbayes._protocol import FloatArray


@dataclass(frozen=True)
class FoldTruth:
    """What all candidates share in one fold.

    Parameters
    ----------
    y : array of shape (n_rows,)
        The truth.
    labels : array of shape (n_labels,) or None
        All labels there are in it.
    classes : array or None
        Labels the fold was trained on, in the order of its predictions' columns.
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
        ``exact(truth, response, weights)``, of weights of shape (n_rows, n_bootstrap):
        the score itself, where the sums give it to first order only.
    passes : callable
        ``passes(n_labels)``: how often `exact` goes through the rows.
    """

    terms: Callable[[FoldTruth, Any], FloatArray]
    shared: Callable[[FoldTruth], FloatArray]
    combine: Callable[[FloatArray, FloatArray], FloatArray]
    exact: Callable[[FoldTruth, Any, FloatArray], FloatArray] | None = None
    passes: Callable[[int], int] = lambda n_labels: 1


def ones(truth: FoldTruth) -> FloatArray:
    """One for each row: what a mean is taken over."""
    return np.ones((len(truth.y), 1))


def ratio(sums: FloatArray, shared: FloatArray) -> FloatArray:
    """The first sum over the first shared one."""
    return sums[..., 0] / shared[..., 0]


def negative_ratio(sums: FloatArray, shared: FloatArray) -> FloatArray:
    """The same of a loss."""
    return -ratio(sums, shared)

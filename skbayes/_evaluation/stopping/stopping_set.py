"""Hold out samples of a training part for early stopping."""

from __future__ import annotations

import math
from dataclasses import dataclass
from numbers import Real
from typing import Any

import numpy as np
from sklearn.model_selection import (
    GroupShuffleSplit,
    ShuffleSplit,
    StratifiedShuffleSplit,
)

from skbayes._compat import as_numpy
from skbayes._protocol import IntArray
from skbayes._split_parts import as_indices

#: Seed of the split, the same for every candidate.
_SEED = 0
#: Random draws of whole groups; the one with the most similar classes is used.
_N_DRAWS = 50


@dataclass(frozen=True)
class StoppingSet:
    """How the stopping set is held out of a training part.

    Parameters
    ----------
    rule : float or splitter
        Share of the samples, or a splitter whose first split is used.
    groups : array-like or None
        Groups of all samples; a group is never split.
    is_in_order : bool
        Whether to hold out the last samples, because the test part follows in time.
    gap : int
        Samples left out between the two parts, if samples are in order.
    is_stratified : bool
        Whether both parts get the same shares of the classes.
    """

    rule: Any
    groups: Any = None
    is_in_order: bool = False
    gap: int = 0
    is_stratified: bool = False

    def split(self, X: Any, y: Any, rows: Any) -> tuple[IntArray, IntArray]:
        """Split a training part into samples to fit on and samples to stop by.

        Parameters
        ----------
        X, y : array-like
            The training part.
        rows : array-like
            Indices or mask of the training part, among all samples.

        Returns
        -------
        fit, stop : ndarray of int
            Positions in the training part; equal in every call.

        Raises
        ------
        ValueError
            If the samples cannot be split, or a part lacks a class.
        """
        rows = as_indices(rows)
        groups = None if self.groups is None else np.asarray(self.groups)[rows]
        labels = self._labels(y)
        if not isinstance(self.rule, Real):
            fit, stop = next(iter(self.rule.split(X, y, groups)))
            parts = as_indices(fit), as_indices(stop)
        elif self.is_in_order:
            parts = self._last(rows, groups)
        elif groups is not None:
            parts = self._whole_groups(groups, labels)
        else:
            parts = self._at_random(len(rows), labels)
        self._check(*parts, labels)
        return parts

    def _labels(self, y: Any) -> Any:
        """Classes of the samples; None if the split is not stratified."""
        if not self.is_stratified:
            return None
        labels = np.asarray(as_numpy(y))
        return labels.ravel() if labels.ndim == 1 or labels.shape[1] == 1 else None

    def _n_stop(self, n_samples: int) -> int:
        return math.ceil(float(self.rule) * n_samples)

    def _last(self, rows: IntArray, groups: Any) -> tuple[IntArray, IntArray]:
        order = np.argsort(rows, kind="stable").astype(np.intp)
        n_stop = self._n_stop(len(rows))
        stop = order[len(order) - n_stop :]
        fit = order[: max(0, len(order) - n_stop - self.gap)]
        if groups is not None:
            fit = fit[~np.isin(groups[fit], groups[stop])]
        return fit, stop

    def _at_random(self, n_samples: int, labels: Any) -> tuple[IntArray, IntArray]:
        n_stop = self._n_stop(n_samples)
        samples = np.zeros((n_samples, 1))
        if labels is None:
            kind = ShuffleSplit
        else:
            kind = StratifiedShuffleSplit
            _check_counts(n_stop, labels)
        if n_stop >= n_samples:
            raise ValueError(f"it would hold out all of {n_samples} samples")
        splitter = kind(n_splits=1, test_size=n_stop, random_state=_SEED)
        fit, stop = next(splitter.split(samples, labels))
        return np.sort(fit).astype(np.intp), np.sort(stop).astype(np.intp)

    def _whole_groups(self, groups: Any, labels: Any) -> tuple[IntArray, IntArray]:
        """Draw whole groups; return the draw with the most similar classes."""
        n_groups = len(np.unique(groups))
        n_stop = self._n_stop(n_groups)
        if n_stop >= n_groups:
            raise ValueError(
                f"it cannot hold out whole groups, of which it has {n_groups}"
            )
        n_draws = 1 if labels is None else _N_DRAWS
        draws = GroupShuffleSplit(n_draws, test_size=n_stop, random_state=_SEED)
        samples = np.zeros((len(groups), 1))
        found = [
            (fit.astype(np.intp), stop.astype(np.intp))
            for fit, stop in draws.split(samples, groups=groups)
        ]
        if labels is None:
            return found[0]
        return min(found, key=lambda parts: _distance(labels, *parts))

    def _check(self, fit: IntArray, stop: IntArray, labels: Any) -> None:
        if not len(fit) or not len(stop):
            raise ValueError(
                f"{len(fit)} samples would be left to fit on and {len(stop)} to stop by"
            )
        if np.intersect1d(fit, stop).size:
            raise ValueError("it would fit on samples that it stops by")
        if labels is None:
            return
        classes = np.unique(labels)
        n_fit, n_stop = len(np.unique(labels[fit])), len(np.unique(labels[stop]))
        # The last samples, or a splitter of the user, may miss a rare class.
        is_drawn = isinstance(self.rule, Real) and not self.is_in_order
        n_needed = len(classes) if is_drawn else min(2, len(classes))
        if n_fit < len(classes) or n_stop < n_needed:
            raise ValueError(
                f"of {len(classes)} classes {n_fit} would be left to fit on, and "
                f"{n_stop} would be in the set of {len(stop)} samples to stop by"
            )


def _check_counts(n_stop: int, labels: Any) -> None:
    """Raise if the samples cannot be split with every class on both sides."""
    classes, counts = np.unique(labels, return_counts=True)
    if counts.min() < 2:
        rare = classes[counts.argmin()]
        raise ValueError(f"it has one sample of the class {rare!s}, and needs two")
    if n_stop < len(classes) or len(labels) - n_stop < len(classes):
        raise ValueError(
            f"a set of {n_stop} of its {len(labels)} samples is too small for "
            f"{len(classes)} classes"
        )


def _distance(labels: Any, fit: IntArray, stop: IntArray) -> float:
    """Distance between the class shares of the stopping set and of all samples."""
    classes = np.unique(labels)
    if len(np.unique(labels[fit])) < len(classes):
        return math.inf
    shares = [np.mean(labels[stop] == one) - np.mean(labels == one) for one in classes]
    is_missing = len(np.unique(labels[stop])) < len(classes)
    return float(np.abs(shares).max()) + is_missing

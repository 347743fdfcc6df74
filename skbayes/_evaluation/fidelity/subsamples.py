"""Nested parts of training samples: each part contains the smaller ones.

The parts of a fold are beginnings of one order of its samples. Every candidate has the
same order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from skbayes._protocol import IntArray

#: Samples of each class in the smallest part, if the class has that many: some
#: estimators split their training samples again.
MIN_OF_CLASS = 2


@dataclass(frozen=True)
class NestedParts:
    """Beginnings of an order of samples.

    Parameters
    ----------
    samples : int array of shape (n_samples,)
        Samples of a training part, in the order in which parts take them.
    ends : int array of shape (n_ends,)
        Allowed sizes of a part; with groups, those of whole groups.
    least : int
        Smallest size of a part that has every class.
    """

    samples: IntArray
    ends: IntArray
    least: int

    def part(self, size: int) -> IntArray:
        """The largest part of at most `size` samples, in ascending order."""
        n_samples = self.ends[self.ends <= size].max(initial=0)
        return np.sort(self.samples[:n_samples])


def nested_parts(
    train: IntArray,
    rng: np.random.Generator,
    *,
    classes: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
    is_series: bool = False,
) -> NestedParts:
    """Order the samples of a training part.

    Parameters
    ----------
    train : int array of shape (n_samples,)
        The training part.
    rng : Generator
        Draws the order.
    classes : array of shape (n_all,), default=None
        Class of every sample in the data; each part has about the same shares of
        classes.
    groups : array of shape (n_all,), default=None
        Group of every sample in the data; parts consist of whole groups.
    is_series : bool, default=False
        Whether samples are ordered in time: each part has the latest ones.

    Returns
    -------
    NestedParts
    """
    if is_series:
        order = np.sort(train)[::-1]
        return _samples_one_by_one(order, _n_covering(order, classes))
    if groups is not None:
        return _whole_groups(train, rng, groups[train], classes)
    shuffled = rng.permutation(train)
    if classes is None:
        return _samples_one_by_one(shuffled, 1)
    order, least = _by_shares(shuffled, classes[shuffled])
    return _samples_one_by_one(order, least)


def _samples_one_by_one(samples: IntArray, least: int) -> NestedParts:
    return NestedParts(samples, np.arange(1, len(samples) + 1), least)


def _n_covering(samples: IntArray, classes: NDArray[Any] | None) -> int:
    """How many of the first samples have all classes among them."""
    if classes is None:
        return 1
    _, firsts = np.unique(classes[samples], return_index=True)
    return int(firsts.max()) + 1


def _by_shares(samples: IntArray, own: NDArray[Any]) -> tuple[IntArray, int]:
    """Order samples so that every beginning has the shares of the classes."""
    keys = np.empty(len(samples))
    least = 0
    for one in np.unique(own):
        rows = np.flatnonzero(own == one)
        keys[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
        n_first = min(MIN_OF_CLASS, len(rows))
        keys[rows[:n_first]] = -1.0
        least += n_first
    return samples[np.argsort(keys, kind="stable")], least


def _whole_groups(
    train: IntArray,
    rng: np.random.Generator,
    own: NDArray[Any],
    classes: NDArray[Any] | None,
) -> NestedParts:
    """Order whole groups; the groups that add a new class come first."""
    names = rng.permutation(np.unique(own))
    members = [train[own == name] for name in names]
    first: list[IntArray] = []
    others: list[IntArray] = []
    seen: set[Any] = set()
    for rows in members:
        shown = set() if classes is None else set(classes[rows].tolist())
        (others if first and shown <= seen else first).append(rows)
        seen |= shown
    ordered: Sequence[IntArray] = [*first, *others]
    ends = np.cumsum([len(rows) for rows in ordered])
    return NestedParts(np.concatenate(ordered), ends, int(ends[len(first) - 1]))

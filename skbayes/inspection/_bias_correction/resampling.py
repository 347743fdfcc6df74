"""Which samples are drawn each time: units that are resampled whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from skbayes._protocol import FloatArray
from skbayes.inspection._reading import IntArray

#: More units than this are lumped together at random ...
_MOST_UNITS = 5000
#: ... into so many, so that the time taken does not grow with the data.
_N_LUMPS = 2000
#: Share that is drawn: as many as are different in a bootstrap sample. One drawn with
#: replacement is as uncertain as half of the samples, and so is the choice by it.
_SHARE_DRAWN = 1 - np.exp(-1)
#: Classes with fewer samples a fold than this are resampled one by one.
_RARE = 20


@dataclass(frozen=True, eq=False)
class Units:
    """What is resampled whole: samples, groups, or lumps of samples.

    Parameters
    ----------
    of_sample : int array of shape (n_samples,)
        The unit of each sample.
    strata : int array of shape (n_units,)
        Units are drawn within a stratum, so that rare classes stay as frequent.
    """

    of_sample: IntArray
    strata: IntArray

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.strata)

    def draw(self, n_bootstrap: int, rng: np.random.Generator) -> FloatArray:
        """Draw without replacement: 1 if a unit is drawn, (n_bootstrap, n_units)."""
        drawn = np.zeros((n_bootstrap, self.n_units))
        for stratum in np.unique(self.strata):
            members = np.flatnonzero(self.strata == stratum)
            n_drawn = round(_SHARE_DRAWN * len(members))
            one = (np.arange(len(members)) < n_drawn).astype(float)
            drawn[:, members] = rng.permuted(np.tile(one, (n_bootstrap, 1)), axis=1)
        return drawn

    def sums(self, samples: IntArray, terms: FloatArray) -> tuple[IntArray, FloatArray]:
        """Sum terms of shape (n_rows, p) over the units of `samples` that occur."""
        present, position = np.unique(self.of_sample[samples], return_inverse=True)
        if len(present) == len(samples):
            return self.of_sample[samples], terms
        entries = (np.ones(len(samples)), (position, np.arange(len(samples))))
        summing = csr_array(entries, shape=(len(present), len(samples)))
        return present, np.asarray(summing @ terms)


def make_units(
    y: Any,
    groups: Any,
    tests: tuple[IntArray, ...],
    *,
    has_classes: bool,
    rng: np.random.Generator,
) -> Units:
    """Decide what is resampled whole.

    Parameters
    ----------
    y : array of shape (n_samples, ...)
        The targets.
    groups : array of shape (n_samples,) or None
        Samples of a group belong together.
    tests : tuple of int arrays
        Samples held out in each fold; the others do not count.
    has_classes : bool
        Whether the targets are labels.
    rng : Generator
        Lumps samples together.

    Returns
    -------
    Units
    """
    n_samples = len(y)
    scored = np.unique(np.concatenate(tests))
    of_sample = np.zeros(n_samples, dtype=np.intp)
    if groups is not None:
        _, of_sample[scored] = np.unique(
            np.asarray(groups)[scored], return_inverse=True
        )
        return Units(of_sample, np.zeros(of_sample.max() + 1, dtype=np.intp))
    if len(scored) > _MOST_UNITS:
        of_sample[scored] = rng.permutation(len(scored)) % _N_LUMPS
        return Units(of_sample, np.zeros(_N_LUMPS, dtype=np.intp))
    of_sample[scored] = np.arange(len(scored))
    strata = np.zeros(len(scored), dtype=np.intp)
    if has_classes and np.ndim(y) == 1:
        _, labels, counts = np.unique(
            y[scored], return_inverse=True, return_counts=True
        )
        if counts.min() < _RARE * len(tests):
            strata = labels
    return Units(of_sample, strata)


def mean_over_folds(scores: FloatArray) -> FloatArray:
    """Mean over the first axis of what is defined; NaN where nothing is."""
    is_defined = np.isfinite(scores)
    total = np.where(is_defined, scores, 0.0).sum(axis=0)
    n_defined = is_defined.sum(axis=0)
    return np.where(n_defined > 0, total / np.maximum(n_defined, 1), np.nan)

"""Draw samples, or units of several samples, without replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from skbayes._protocol import FloatArray, IntArray

#: More samples than _MOST_UNITS are merged at random into _N_LUMPS units, so that the
#: time does not grow with the data.
_MOST_UNITS = 5000
_N_LUMPS = 2000
#: Share of drawn units: the share of distinct samples in a bootstrap sample. A draw
#: with replacement would be as uncertain as half of the samples (see Notes of
#: `bias_corrected_score`).
_SHARE_DRAWN = 1 - np.exp(-1)
#: Classes with fewer samples in a fold are drawn separately.
_RARE = 20


@dataclass(frozen=True, eq=False)
class Units:
    """Units of a draw: samples, groups, or random unions of samples.

    Parameters
    ----------
    of_sample : int array of shape (n_samples,)
        Unit of each sample.
    strata : int array of shape (n_units,)
        Stratum of each unit. Units are drawn within strata, so that rare classes keep
        their frequency.
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
    """Divide the samples into units.

    Parameters
    ----------
    y : array or sparse CSR of shape (n_samples, ...)
        The targets.
    groups : array of shape (n_samples,) or None
        Samples of one group make one unit.
    tests : tuple of int arrays
        Held-out samples of each fold; other samples are ignored.
    has_classes : bool
        Whether the targets are labels.
    rng : Generator
        Generator of the random unions.

    Returns
    -------
    Units
    """
    n_samples = y.shape[0]
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
    """Average the defined scores over the first axis; NaN where none is defined."""
    is_defined = np.isfinite(scores)
    total = np.where(is_defined, scores, 0.0).sum(axis=0)
    n_defined = is_defined.sum(axis=0)
    return np.where(n_defined > 0, total / np.maximum(n_defined, 1), np.nan)

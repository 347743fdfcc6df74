"""The parts of the training data that a candidate is tried on before all of them.

Rung `r` of a fold is a fold of its own: trained on a part of the fold's training
samples, scored on all of its test samples. Rungs are numbered on from the folds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from skbayes._evaluation.racing.earlier_scores import rung_scores
from skbayes._protocol import FloatArray, FoldResult


@dataclass(frozen=True)
class Ladder:
    """The rungs of all folds.

    Parameters
    ----------
    first : int
        Number of the first rung of the first fold.
    sizes : tuple of tuple of int
        Training samples of each rung, smallest first, for each fold.
    full : tuple of int
        Training samples of each fold.
    """

    first: int
    sizes: tuple[tuple[int, ...], ...]
    full: tuple[int, ...]

    @property
    def n_splits(self) -> int:
        """Folds of the cross-validation."""
        return len(self.full)

    @property
    def n_rungs(self) -> int:
        """Rungs of a fold, all samples not counted."""
        return len(self.sizes[0])

    @property
    def numbers(self) -> range:
        """Numbers of all rungs."""
        return range(self.first, self.first + self.n_splits * self.n_rungs)

    def rungs_of(self, fold: int) -> range:
        """Numbers of the rungs of a fold, smallest first."""
        start = self.first + fold * self.n_rungs
        return range(start, start + self.n_rungs)

    def place(self, number: int) -> tuple[int, int]:
        """Fold and rung of a number."""
        return divmod(number - self.first, self.n_rungs)

    def size(self, number: int) -> int:
        """Training samples of a rung."""
        fold, rung = self.place(number)
        return self.sizes[fold][rung]

    def scores(self, results: Iterable[FoldResult], metric: str) -> FloatArray:
        """Scores of rungs, shape (n_splits, n_rungs), NaN where not run or failed."""
        found = rung_scores(results, metric, self.numbers)
        return found.reshape(self.n_splits, self.n_rungs)

"""The path of a candidate: values of one parameter whose models one fit contains.

A search for the best value of such a parameter fits each candidate once in each fold
and scores the models of all values in the fit. It begins with a short fit and extends
it until the mean curve of the scores has turned.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

import numpy as np

from skbayes._protocol import FoldResult

#: A curve has turned if it is followed to this multiple of the best value.
TURNED = 2
#: Growth of the reach from one segment to the next: while the curve rises, and after
#: its best value.
RISING, BEHIND = 2.0, 1.5


@dataclass(frozen=True, slots=True)
class PathSegment:
    """Values of a path to evaluate on one fold.

    Parameters
    ----------
    parameter : str
        Full name of the parameter.
    sizes : tuple of int
        Values in ascending order; the last one is fitted.
    """

    parameter: str
    sizes: tuple[int, ...]

    @property
    def in_working_order(self) -> tuple[int, ...]:
        """Values in the order in which they are scored, until one fails."""
        # Largest first: the other values find its model in the store. Then the next
        # one, which may be fitted as a check; the others predict on from each other.
        return (*self.sizes[:-3:-1], *self.sizes[:-2])


@dataclass(frozen=True, slots=True)
class SearchedPath:
    """A path on which the best value is searched.

    Parameters
    ----------
    parameter : str
        Full name of the parameter.
    sizes : tuple of int
        Values in ascending order.
    """

    parameter: str
    sizes: tuple[int, ...]

    @property
    def first_reach(self) -> int:
        """Reach of the first segment: the geometric mean of the ends."""
        return self._up_to(math.sqrt(self.sizes[0] * self.sizes[-1]))

    def next_reach(self, reach: int, *, rises: bool) -> int | None:
        """Reach of the segment after `reach`; None at the end.

        Parameters
        ----------
        reach : int
            Reach so far.
        rises : bool
            Whether the best value so far is the last one.
        """
        if reach >= self.sizes[-1]:
            return None
        return self._up_to((RISING if rises else BEHIND) * reach)

    def segment(self, known: Sequence[int], reach: int) -> PathSegment:
        """Values up to `reach` without the known ones."""
        sizes = takewhile(lambda size: size <= reach, self.sizes)
        return PathSegment(self.parameter, tuple(s for s in sizes if s not in known))

    def _up_to(self, bound: float) -> int:
        """Smallest value at or above a bound, else the last one."""
        return next((size for size in self.sizes if size >= bound), self.sizes[-1])


def mean_curve(folds: Sequence[FoldResult], metric: str | None) -> dict[int, float]:
    """Mean score over the folds, for the values that all folds have.

    Parameters
    ----------
    folds : sequence of FoldResult
        At least one fold.
    metric : str or None
        The deciding metric; None: the first one.
    """
    return _mean(path_scores(folds, metric))


def _mean(scores: Mapping[int, Sequence[float]]) -> dict[int, float]:
    return {size: float(np.mean(of_folds)) for size, of_folds in scores.items()}


def path_scores(
    folds: Sequence[FoldResult], metric: str | None
) -> dict[int, tuple[float, ...]]:
    """Score in each of the folds, for the values that all of them have."""
    curves = [_curve(fold, metric) for fold in folds]
    # A fold that ended earlier must not shift the mean of the others.
    return {
        size: tuple(curve[size] for curve in curves)
        for size in sorted(curves[0])
        if all(size in curve for curve in curves)
    }


def _curve(fold: FoldResult, metric: str | None) -> dict[int, float]:
    """Finite scores of a fold by value."""
    found: dict[int, float] = {}
    for size, result in (fold.path or {}).items():
        name = metric or next(iter(result.test_scores), "score")
        score = result.test_scores.get(name, math.nan)
        # A failed value has no place on the curve, but the others count.
        if result.error is None and math.isfinite(score):
            found[size] = score
    return found


def best_size(curve: Mapping[int, float]) -> int | None:
    """Value with the best mean, the smallest of equal ones; None without a curve."""
    return max(sorted(curve), key=curve.__getitem__, default=None)


def has_turned(folds: Sequence[FoldResult], metric: str | None) -> bool:
    """Whether the mean curve over the folds has passed its best value.

    It has if twice as much has only done harm: the best value is at most half of the
    last one, and all values above half have a lower mean. It also has if it falls
    steadily: the mean falls from the best value to the next and to each one after that,
    twice at least, and the last value is worse than the best one in every fold.

    Parameters
    ----------
    folds : sequence of FoldResult
        At least one fold.
    metric : str or None
        The deciding metric; None: the first one.
    """
    scores = path_scores(folds, metric)
    mean = _mean(scores)
    best = best_size(mean)
    # No score yet: that of small models may be undefined.
    if best is None:
        return False
    return _only_harms(mean, best) or _falls(mean, best, scores)


def _only_harms(mean: Mapping[int, float], best: int) -> bool:
    half = max(mean) / TURNED
    return best <= half and all(
        score < mean[best] for size, score in mean.items() if size > half
    )


def _falls(
    mean: Mapping[int, float], best: int, scores: Mapping[int, Sequence[float]]
) -> bool:
    """Whether a mean curve falls steadily from its best value on, and every fold."""
    later = [score for size, score in mean.items() if size >= best]
    # Chance alone lets a mean fall twice, but seldom every fold with it.
    return (
        len(later) > 2
        and all(after < before for before, after in pairwise(later))
        and all(
            after < before
            for before, after in zip(scores[best], scores[max(mean)], strict=True)
        )
    )

"""The path of a candidate: values of one parameter whose models one fit contains.

A fit of 200 trees contains the models of 10, 50 and 100 trees. A search for the best
value of such a parameter fits each candidate once in each fold, at the proposed value,
and scores the models of all smaller values too. The candidate is the one of the value
with the best mean over all folds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from skbayes._protocol import FoldResult, Trial


@dataclass(frozen=True, slots=True)
class SearchedPath:
    """A parameter, and its values that are scored on each fold.

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

    def is_whole(self, result: FoldResult) -> bool:
        """Whether a fold has a result at each value."""
        return set(self.sizes) <= (result.path or {}).keys()

    def at_best(self, trial: Trial) -> Trial:
        """Make a candidate's record at its best value, with the times of all values.

        A candidate with a failed fold keeps the proposed value.
        """
        size = best_size(path_scores(trial.folds, trial.metric))
        if size is None or trial.error is not None:
            return trial
        return replace(
            trial,
            params={**trial.params, self.parameter: size},
            proposed=trial.params,
            folds=tuple(_at(fold, size) for fold in trial.folds),
        )


def path_scores(
    folds: Sequence[FoldResult], metric: str | None
) -> dict[int, tuple[float, ...]]:
    """Score in each of the folds, for the values that all of them have.

    Parameters
    ----------
    folds : sequence of FoldResult
        At least one fold.
    metric : str or None
        The deciding metric; None: the first one.
    """
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


def best_size(scores: Mapping[int, Sequence[float]]) -> int | None:
    """Value with the best mean, the smallest of equal ones; None without any."""
    mean = {size: float(np.mean(of_folds)) for size, of_folds in scores.items()}
    return max(sorted(mean), key=mean.__getitem__, default=None)


def without_path(trial: Trial) -> Trial:
    """Keep of each value of the path the deciding score alone."""
    # The choice of the value can be repeated with it, and nobody asks for more.
    is_whole = trial.proposed is not None and len(trial.folds) == trial.n_splits
    return replace(
        trial,
        path_scores=path_scores(trial.folds, trial.metric) if is_whole else None,
        folds=tuple(replace(fold, path=None) for fold in trial.folds),
    )


def _at(fold: FoldResult, size: int) -> FoldResult:
    """Make a fold's result at one value of its path, with the times of all values."""
    path = fold.path or {}
    # A result counts as read from the journal only if all its values were.
    is_new = any(one.written is None for one in path.values())
    return replace(
        path[size],
        fit_time=sum(one.fit_time for one in path.values()),
        score_time=sum(one.score_time for one in path.values()),
        warnings=fold.warnings,
        written=None if is_new else path[size].written,
        path=path,
    )

r"""Safe racing: stop a candidate that could not win even with perfect missing folds.

With :math:`k` of :math:`K` folds run, scores :math:`y_1, \dots, y_k` and a metric that
cannot exceed :math:`b`, the mean over all folds is at most

.. math:: \frac{1}{K} \Bigl(\sum_{i=1}^{k} y_i + (K - k)\, b\Bigr).

A candidate for which this is below the mean of the best complete one so far cannot win,
whatever its missing folds give. The winner is therefore the one of a search without
racing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._protocol import FoldResult, Trial

#: Relative rounding error of a sum of scores.
_ROUNDING = 1e-12


@dataclass(frozen=True)
class SafeRace:
    """Stops candidates that cannot win.

    Parameters
    ----------
    n_splits : int
        Folds of a complete candidate.
    best_possible : float
        The score of a perfect model.
    """

    n_splits: int
    best_possible: float

    def fold_order(self, trial: int) -> list[int]:
        """The order of a trial's folds: as they are split."""
        return list(range(self.n_splits))

    def is_lost(
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> bool:
        """Whether a partial trial is behind the best one even with perfect folds.

        Parameters
        ----------
        results : mapping of int to FoldResult
            Finished folds of the candidate, by number.
        earlier : EarlierScores
            Earlier candidates.
        metric : str
            Name of the deciding score.
        """
        scores = [r.test_scores.get(metric, np.nan) for r in results.values()]
        if not np.isfinite(scores).all():
            return True
        if not len(earlier.complete):
            return False
        n_missing = self.n_splits - len(scores)
        reachable = sum(scores) + n_missing * self.best_possible
        needed = float(earlier.incumbent.sum())
        return reachable < needed - _ROUNDING * abs(needed)

    def expected(
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> dict[int, float]:
        """Nothing: every candidate has a fold."""
        return {}

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Choose none: a stopped candidate could not have won."""
        return []

"""A race up the ladder: only a candidate that can still win is fitted on all samples.

A race over folds, if there is one, follows it, with the candidates on all samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.fidelity.learning_curve import ScoreBound, bound_score
from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._protocol import FoldResult, Status, Trial

#: Stopped candidates that are fitted on all samples at the end of a search.
MAX_CATCH_UP = 3


class FoldRace(Protocol):
    """A race over folds."""

    def fold_order(self, trial: int) -> list[int]:
        """The order in which a trial's folds are run."""

    def is_lost(
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> bool:
        """Whether a partial trial has no plausible chance against earlier ones."""

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Stopped trials that deserve their missing folds after all."""


@dataclass(frozen=True)
class LadderRace:
    """Runs the rungs of a candidate's first fold before its folds.

    Parameters
    ----------
    ladder : Ladder
        The rungs.
    race : FoldRace or None
        Race over the folds with all samples; None runs all of them.
    """

    ladder: Ladder
    race: FoldRace | None = None

    def fold_order(self, trial: int) -> list[int]:
        """The rungs of the first fold, smallest first, and then the folds."""
        folds = list(range(self.ladder.n_splits))
        if self.race is not None:
            folds = self.race.fold_order(trial)
        return [*self.ladder.rungs_of(folds[0]), *folds]

    def is_lost(
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> bool:
        """Whether a partial trial is out of reach of the best, or loses the race.

        Parameters
        ----------
        results : mapping of int to FoldResult
            Finished rungs and folds of the trial.
        earlier : EarlierScores
            Earlier candidates.
        metric : str
            Name of the deciding score.
        """
        # Rungs are numbered behind the folds.
        folds = {k: one for k, one in results.items() if k < self.ladder.n_splits}
        if not folds:
            found = self._reach(results, earlier, metric)
            # A lead over the incumbent: below zero the candidate cannot win.
            return found is not None and found.most < 0.0
        return self.race is not None and self.race.is_lost(folds, earlier, metric)

    def expected(
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> dict[int, float]:
        """Expected scores on all samples, by fold, of a trial that has none."""
        if any(k < self.ladder.n_splits for k in results):
            return {}
        found = self._reach(results, earlier, metric)
        return {} if found is None else {found.fold: found.expected}

    def _reach(
        self, results: Mapping[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> ScoreBound | None:
        return bound_score(
            self.ladder.scores(results.values(), metric), earlier, self.ladder
        )

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Stopped trials that may still be the best, by all scores of the search.

        The first trials were stopped when few scores showed the error of the bounds.
        The race over folds chooses among the trials that have folds.
        """
        if not any(trial.status is Status.COMPLETE for trial in trials):
            return []
        with_folds = [trial for trial in trials if trial.folds]
        earlier = EarlierScores.among(with_folds, metric, self.ladder.numbers)
        leads: dict[int, float] = {}
        for trial in trials:
            if trial.status is Status.STOPPED and not trial.folds:
                results = {one.fold: one for one in trial.rungs}
                found = self._reach(results, earlier, metric)
                # A trial without a bound may reach any score.
                leads[trial.index] = np.inf if found is None else found.most
        chosen = [i for i, lead in leads.items() if lead >= 0.0]
        chosen.sort(key=lambda i: -leads[i])
        raced = [] if self.race is None else self.race.catch_up(with_folds, metric)
        return [*chosen[:MAX_CATCH_UP], *raced]

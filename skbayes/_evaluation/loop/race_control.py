"""Applies the rule of a race to the candidates of a running search."""

from __future__ import annotations

from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.loop.protocols import Race
from skbayes._evaluation.loop.state import SearchState
from skbayes._evaluation.racing.earlier_scores import EarlierScoresHistory


class RaceControl:
    """Applies the rule of a race to the candidates of a search.

    Parameters
    ----------
    race : Race
        Rule that stops candidates.
    state : SearchState
        The candidates, and the deciding metric.
    lag : int or None
        Number of candidates that may be open when a new one is proposed.
    rungs : range, default=range(0)
        Numbers of the fits on parts of the training samples.
    """

    def __init__(
        self,
        race: Race,
        state: SearchState,
        lag: int | None,
        rungs: range = range(0),
    ) -> None:
        self._race = race
        self._state = state
        self._lag = lag or 1
        self._earlier = EarlierScoresHistory(state.n_splits, rungs)
        self._caught_up: set[int] = set()

    def fold_order(self, trial: int) -> list[int]:
        """The order in which a trial's folds are run."""
        return self._race.fold_order(trial)

    def holds(self, trial: OpenTrial, *, is_first: bool) -> bool:
        """Whether a candidate must not get a new fold now.

        True if the candidate has a fold pending or has been stopped.
        """
        # A candidate that was brought back runs all its folds.
        if trial.index in self._caught_up:
            return False
        return not is_first or self._is_lost(trial)

    def _is_lost(self, trial: OpenTrial) -> bool:
        """Whether the rule stops a candidate.

        It is compared with the candidates that had certainly ended when it was opened:
        the answer then does not depend on which folds happen to finish first.
        """
        if not trial.results:
            return False
        # At most `lag` candidates are open at once, so that all older ones had ended.
        n_known = trial.index - self._lag + 1
        metric = self._state.metric or "score"
        earlier = self._earlier.among_first(n_known, self._state.ended, metric)
        results = trial.results_at_best(self._state.metric)
        is_lost = self._race.is_lost(results, earlier, metric)
        trial.expected.clear()
        if is_lost:
            trial.expected |= self._race.expected(results, earlier, metric)
        return is_lost

    def catch_up(self) -> list[int]:
        """Choose stopped candidates for their missing folds; once, when all have ended.

        Duplicates of a chosen candidate come just before it, so that they wait for it
        again before it ends.
        """
        # A second round would be decided by the scores of the first.
        if self._caught_up:
            return []
        ended = self._state.ended
        trials = [ended[i] for i in range(len(ended))]
        firsts = {t.index: self._state.first_like(t) for t in trials}
        distinct = [trial for trial in trials if firsts[trial.index] is None]
        chosen = self._race.catch_up(distinct, self._state.metric or "score")
        self._caught_up.update(chosen)
        return [
            index
            for one in chosen
            for index in (*(i for i, first in firsts.items() if first == one), one)
        ]

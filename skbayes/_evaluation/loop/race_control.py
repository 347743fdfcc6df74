"""A race that is being run: the rule, and those it is run against."""

from __future__ import annotations

from collections.abc import Mapping

from skbayes._evaluation.loop_settings import LoopSettings
from skbayes._evaluation.open_trial import OpenTrial
from skbayes._evaluation.partners import Race
from skbayes._evaluation.rivals import RivalHistory
from skbayes._evaluation.tally import Tally
from skbayes._evaluation.twins import Twins
from skbayes._protocol import Trial


class RunningRace:
    """Applies the rule of a race to the candidates of a search.

    Parameters
    ----------
    race : Race
        The rule.
    tally : Tally
        Knows the score that decides.
    ended : mapping of int to Trial
        The trials that have ended, as they are at any time.
    settings : LoopSettings
        How many folds there are, and how many candidates may be under way.
    """

    def __init__(
        self,
        race: Race,
        tally: Tally,
        ended: Mapping[int, Trial],
        settings: LoopSettings,
    ) -> None:
        self._race = race
        self._tally = tally
        self._ended = ended
        self._lag = settings.lag or 1
        self._rivals = RivalHistory(settings.n_splits)
        self._caught_up: set[int] = set()

    def fold_order(self, trial: int) -> list[int]:
        """The order in which a trial's folds are run."""
        return self._race.fold_order(trial)

    def holds(self, trial: OpenTrial) -> bool:
        """Whether a candidate gets no other fold: it has one, or it is stopped."""
        if trial.index in self._caught_up:
            return False
        return bool(trial.todo) or self._is_lost(trial)

    def _is_lost(self, trial: OpenTrial) -> bool:
        """Whether the race is over for a candidate.

        Its rivals are those that had ended for certain when it was opened, so that
        the answer does not depend on what happens to have finished since.
        """
        if not trial.results:
            return False
        n_known = trial.index - self._lag + 1
        metric = self._tally.metric or "score"
        rivals = self._rivals.among_first(n_known, self._ended, metric)
        return self._race.is_lost(trial.results, rivals, metric)

    def catch_up(self, twins: Twins) -> list[int]:
        """Choose stopped candidates that may have won; once, when all have ended.

        Those that share the results of one that was chosen come just before it.
        """
        if self._caught_up:
            return []
        trials = [self._ended[i] for i in range(len(self._ended))]
        firsts = {trial.index: twins.first_of(trial) for trial in trials}
        distinct = [trial for trial in trials if firsts[trial.index] is None]
        chosen = self._race.catch_up(distinct, self._tally.metric or "score")
        self._caught_up.update(chosen)
        return [
            index
            for one in chosen
            for index in (*(i for i, first in firsts.items() if first == one), one)
        ]

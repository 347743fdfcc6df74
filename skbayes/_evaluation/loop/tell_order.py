"""What a strategy knows when it is asked: the order in which trials are told.

What an adaptive strategy may know when it proposes candidate t is fixed, so that a
search with a seed gives the same result whatever finishes first: every candidate up
to t - lag has ended and been told, in order; the others are pending.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from skbayes._evaluation.loop_settings import LoopSettings
from skbayes._evaluation.open_trial import OpenTrial, PendingTrials
from skbayes._evaluation.tally import Tally
from skbayes._protocol import Params, Strategy, Trial


class OrderOfTelling:
    """Asks the strategy, and tells it of trials when it is to know of them.

    Parameters
    ----------
    strategy : Strategy
        Proposes candidates.
    tally : Tally
        Knows the score that decides.
    under_way, ended : mapping of int to OpenTrial, to Trial
        The search's candidates by number, as they are at any time.
    settings : LoopSettings
        How many candidates may be under way, and whether order matters.
    """

    def __init__(
        self,
        strategy: Strategy,
        tally: Tally,
        under_way: Mapping[int, OpenTrial],
        ended: Mapping[int, Trial],
        settings: LoopSettings,
    ) -> None:
        self._strategy = strategy
        self._tally = tally
        self._under_way = under_way
        self._ended = ended
        self._n_splits = settings.n_splits
        self._lag = settings.lag
        self._in_order = settings.in_order
        self._waits_for_order = settings.lag is not None and settings.in_order
        #: All trials below this number have ended.
        self._first_open = 0
        self._n_told = 0

    def make_ready(self, index: int) -> bool:
        """Tell what is to be known of before candidate `index`; False if it is not."""
        if self._lag is None:
            return True
        if not self._in_order:
            return len(self._under_way) < self._lag
        if not self.is_certain(index):
            return False
        self._tell_up_to(index - self._lag)
        return True

    def is_certain(self, index: int) -> bool:
        """Whether all have ended that had when candidate `index` was proposed."""
        return self._lag is None or self._first_open > index - self._lag

    def ask(self, index: int) -> Params | None:
        """Candidate `index`, for which all is ready; None if there are no more."""
        proposed = self._strategy.ask(1, self._pending(index))
        return proposed[0] if proposed else None

    def note_end(self, trial: Trial) -> None:
        """Take note that a trial has ended, which is told at once or in its turn."""
        while self._first_open in self._ended:
            self._first_open += 1
        if not self._waits_for_order or trial.index < self._n_told:
            self._tell(trial)

    def tell_rest(self) -> None:
        """Tell at the end of the search what has not been told yet."""
        if self._waits_for_order:
            for index in sorted(self._ended):
                if index >= self._n_told:
                    self._tell(self._ended[index])

    def _pending(self, n_opened: int) -> Sequence[Trial]:
        """What the strategy does not know the end of."""
        if not self._waits_for_order:
            return PendingTrials(self._under_way, self._n_splits)
        # Folds that have ended are left out: which ones have is a matter of chance.
        known = range(self._n_told, n_opened)
        params = (self._under_way.get(i) or self._ended[i] for i in known)
        return [Trial(t.index, t.params, self._n_splits) for t in params]

    def _tell_up_to(self, index: int) -> None:
        while self._n_told <= index:
            self._tell(self._ended[self._n_told])
            self._n_told += 1

    def _tell(self, trial: Trial) -> None:
        """Tell of a trial with the one score that decides, named ``"score"``."""
        self._strategy.tell(self._tally.with_single_score(trial))

"""Drives the strategy: when to ask, and in which order to tell it finished trials.

The trials that an adaptive strategy has been told when it proposes candidate t are
fixed: every candidate up to t - lag has ended and been told, in order; the others are
pending. So a search with a seed gives the same result whichever fold finishes first.
"""

from __future__ import annotations

from collections.abc import Sequence

from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.loop.state import SearchState
from skbayes._protocol import Params, Strategy, Trial


class TellOrder:
    """Asks the strategy for candidates, and tells it finished trials in order.

    Parameters
    ----------
    strategy : Strategy
        Proposes candidates.
    state : SearchState
        The candidates.
    settings : LoopSettings
        Number of candidates that may be open, and whether their order matters.
    """

    def __init__(
        self, strategy: Strategy, state: SearchState, settings: LoopSettings
    ) -> None:
        self._strategy = strategy
        self._state = state
        self._lag = settings.lag
        self._in_order = settings.in_order
        self._waits_for_order = settings.lag is not None and settings.in_order
        #: All trials below this number have ended.
        self._first_open = 0
        self._n_told = 0

    def allow(self, n_under_way: int) -> None:
        """Change the number of open candidates; fixed where order matters."""
        if self._lag is not None and not self._in_order:
            self._lag = n_under_way

    def make_ready(self, index: int) -> bool:
        """Tell the trials due before candidate `index`; False if one has not ended."""
        if self._lag is None:
            return True
        if not self._in_order:
            return len(self._state.open) < self._lag
        if not self.is_certain(index):
            return False
        self._tell_up_to(index - self._lag)
        return True

    def is_certain(self, index: int) -> bool:
        """Whether every trial due before candidate `index` has ended."""
        return self._lag is None or self._first_open > index - self._lag

    def ask(self, index: int) -> Params | None:
        """Ask for candidate `index` after `make_ready`; None if there are no more."""
        proposed = self._strategy.ask(1, self._pending(index))
        return proposed[0] if proposed else None

    def note_end(self, trial: Trial) -> None:
        """Note that a trial has ended, and tell it at once or in its turn."""
        while self._first_open in self._state.ended:
            self._first_open += 1
        # A trial told before ends again after a catch-up: the new record replaces it.
        if not self._waits_for_order or trial.index < self._n_told:
            self._strategy.tell(trial)

    def tell_rest(self) -> None:
        """Tell the remaining trials at the end of the search."""
        if self._waits_for_order:
            for index in sorted(self._state.ended):
                if index >= self._n_told:
                    self._strategy.tell(self._state.ended[index])

    def _pending(self, n_opened: int) -> Sequence[Trial]:
        """The candidates whose final record the strategy has not been told."""
        under_way, ended = self._state.open, self._state.ended
        if self._lag is None:  # it only counts them, and there may be thousands
            return [trial.proposed for trial in under_way.values()]
        if not self._waits_for_order:
            return [trial.pending(self._state.metric) for trial in under_way.values()]
        # Without their finished folds: which ones have finished depends on timing.
        known = range(self._n_told, n_opened)
        params = [
            under_way[i].params if i in under_way else ended[i].asked for i in known
        ]
        n_splits = self._state.n_splits
        return [Trial(i, p, n_splits) for i, p in zip(known, params, strict=True)]

    def _tell_up_to(self, index: int) -> None:
        while self._n_told <= index:
            self._strategy.tell(self._state.ended[self._n_told])
            self._n_told += 1

"""Resume the candidates that earlier runs of the same search have begun."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush

from skbayes._evaluation.loop.fold_queue import FoldQueue
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.loop.state import SearchState
from skbayes._evaluation.loop.tell_order import TellOrder


class ResumedCandidates:
    """Candidates of an earlier run: finished ones in completion order, then the others.

    Parameters
    ----------
    state : SearchState
        Holds the duplicates.
    order : TellOrder
        Knows up to which number all candidates have ended.
    queue : FoldQueue
        Queues the remaining folds of a candidate, and finds when the last one ran.
    is_race : bool
        Whether the folds run of a candidate depend on those that ended before it.
    """

    def __init__(
        self, state: SearchState, order: TellOrder, queue: FoldQueue, *, is_race: bool
    ) -> None:
        self._state = state
        self._order = order
        self._queue = queue
        self._is_race = is_race
        self._waiting: deque[OpenTrial] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def has_first(self) -> bool:
        """Whether the first candidate of the search still waits."""
        return bool(self._waiting) and self._waiting[0].index == 0

    def add(self, trial: OpenTrial) -> None:
        """Add a candidate; its number is higher than those before."""
        self._waiting.append(trial)

    def pop(self) -> OpenTrial | None:
        """Remove and return the next candidate; None if it must wait for others."""
        trial = self._waiting[0]
        if self._is_race and not self._order.is_certain(trial.index):
            return None
        return self._waiting.popleft()

    def ends(self) -> Iterator[OpenTrial]:
        """Yield candidates without folds left to run, each to be ended at once.

        In the order in which the earlier run ended them: the strategy and the callbacks
        then see the same sequence as before. The caller ends a candidate before it asks
        for the next, because a race looks at those that have ended.
        """
        unfinished: deque[OpenTrial] = deque()
        ends: list[tuple[int, int, OpenTrial]] = []
        latest = 0
        while True:
            while self._waiting and (trial := self.pop()) is not None:
                if self._state.first_like(trial) is not None:
                    # Those before it had ended when it was proposed, most likely.
                    heappush(ends, (latest, trial.index, trial))
                elif not self._is_found(trial) and self._queue.extend(trial):
                    unfinished.append(trial)
                else:
                    when = self._queue.when_ended(trial)
                    latest = max(latest, when)
                    heappush(ends, (when, trial.index, trial))
            if not ends:
                break
            yield heappop(ends)[-1]
        self._waiting.extendleft(reversed(unfinished))

    def _is_found(self, trial: OpenTrial) -> bool:
        """Whether no fold of a candidate is left to run; does not unpack any.

        In a race that depends on how its folds have scored.
        """
        return not self._is_race and self._state.is_metric_settled and trial.is_found

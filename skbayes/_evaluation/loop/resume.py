"""Candidates that earlier runs of the same search have begun."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from heapq import heappop, heappush

from skbayes._evaluation.line_up import LineUp
from skbayes._evaluation.open_trial import OpenTrial
from skbayes._evaluation.telling import OrderOfTelling
from skbayes._evaluation.twins import Twins


class Recalled:
    """Those that had ended, in the order in which they did; then the others.

    Parameters
    ----------
    order : OrderOfTelling
        Knows up to where all candidates have ended.
    line_up : LineUp
        Knows what is left to run of a candidate, and when the last of it was run.
    twins : Twins
        Knows who shares another one's results.
    is_race : bool
        Whether what is run of a candidate depends on those that ended before it.
    """

    def __init__(
        self, order: OrderOfTelling, line_up: LineUp, twins: Twins, *, is_race: bool
    ) -> None:
        self._order = order
        self._line_up = line_up
        self._twins = twins
        self._is_race = is_race
        self._waiting: deque[OpenTrial] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, trial: OpenTrial) -> None:
        """Take up a candidate, which has a higher number than those before."""
        self._waiting.append(trial)

    def pop(self) -> OpenTrial | None:
        """The next candidate to be set off, None if it must wait for others."""
        trial = self._waiting[0]
        if self._is_race and not self._order.is_certain(trial.index):
            return None
        return self._waiting.popleft()

    def ends(self) -> Iterator[OpenTrial]:
        """Candidates of which nothing is left to run, each to be ended at once."""
        unfinished: deque[OpenTrial] = deque()
        ends: list[tuple[int, int, OpenTrial]] = []
        latest = 0
        while True:
            while self._waiting and (trial := self.pop()) is not None:
                if self._twins.first_of(trial) is not None:
                    # Those before it had ended when it was proposed, most likely.
                    heappush(ends, (latest, trial.index, trial))
                elif self._line_up.extend(trial):
                    unfinished.append(trial)
                else:
                    when = self._line_up.when_ended(trial)
                    latest = max(latest, when)
                    heappush(ends, (when, trial.index, trial))
            if not ends:
                break
            yield heappop(ends)[-1]
        self._waiting.extendleft(reversed(unfinished))

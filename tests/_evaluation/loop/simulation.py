"""A simulated executor and strategy for the loop, with a simulated clock."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Sequence

import numpy as np

from skbayes._evaluation.execution.executor import Outcome, Task
from skbayes._protocol import FoldResult, Params, Trial

Score = Callable[[Params, int], float]


class Clock:
    """Seconds that pass only when something says so."""

    def __init__(self) -> None:
        self.now = 0.0


class SimulatedExecutor:
    """Workers that take tasks in order and need a given time for each.

    Parameters
    ----------
    n_workers : int
        Tasks that run at once.
    seconds : callable
        Duration of a task.
    score : callable
        Score of params on a fold; NaN is a fold that failed, -inf one that killed its
        worker.
    clock : Clock
        Advanced while waiting.
    """

    n_elsewhere = 0
    batch_size = 1

    def __init__(
        self,
        n_workers: int,
        seconds: Callable[[Task], float],
        score: Score,
        clock: Clock | None = None,
    ) -> None:
        self.n_workers = n_workers
        self.clock = clock or Clock()
        self._seconds = seconds
        self._score = score
        self._queue: deque[Task] = deque()
        self._running: list[tuple[float, int, Task]] = []
        self._n_started = 0
        self.finished: deque[Outcome] = deque()
        #: Trial and fold of each task, in the order they ended.
        self.ended: list[tuple[int, int]] = []
        self.ends: dict[tuple[int, int], float] = {}
        self.busy_seconds = 0.0
        #: Tasks in the order they were begun, and when each began and ended.
        self.begun: list[Task] = []
        self.spans: list[tuple[float, float]] = []

    @property
    def n_waiting(self) -> int:
        """Tasks handed over and not yet back."""
        return len(self._queue) + len(self._running)

    def submit(self, tasks: Sequence[Task]) -> None:
        """Queue tasks; idle workers begin at the present time."""
        for task in tasks:
            self._queue.append(task)
            self._start(self.clock.now)

    def _start(self, now: float) -> None:
        while self._queue and len(self._running) < self.n_workers:
            task = self._queue.popleft()
            if task.deadline is not None and now >= task.deadline:
                self.finished.append(Outcome(task, None))
                continue
            seconds = self._seconds(task)
            self.busy_seconds += seconds
            self.begun.append(task)
            self.spans.append((now, now + seconds))
            self._n_started += 1
            heapq.heappush(self._running, (now + seconds, self._n_started, task))

    def wait(self) -> None:
        """Let time pass until a task ends, and those that ended before now."""
        if self._running:
            self._end_first()
        while self._running and self._running[0][0] <= self.clock.now:
            self._end_first()

    def _end_first(self) -> None:
        end, _, task = heapq.heappop(self._running)
        # A worker takes its next task when it is free, not when the parent looks.
        self._start(end)
        self.clock.now = max(self.clock.now, end)
        self.ended.append((task.trial, task.fold))
        self.ends[task.trial, task.fold] = end
        score = self._score(task.params, task.fold)
        error = None if np.isfinite(score) else "failed"
        result = FoldResult(
            task.fold, {"score": score}, error=error, is_fatal=bool(np.isneginf(score))
        )
        self.finished.append(Outcome(task, result))

    def release_held(self) -> None:
        """Do nothing: a task that was handed over is run."""

    def abort(self) -> None:
        """Forget what has not ended."""
        self._queue.clear()
        self._running.clear()


class CountingStrategy:
    """Proposes 0, 1, 2, ... and notes what it knew each time.

    Parameters
    ----------
    n_candidates : int
        How many it proposes.
    clock : Clock or None
        Advanced by `seconds` a proposal.
    seconds : float
        What a proposal takes.
    """

    def __init__(
        self, n_candidates: int, clock: Clock | None = None, seconds: float = 0.0
    ) -> None:
        self.n_candidates = n_candidates
        self._clock = clock
        self._seconds = seconds
        self.told: list[Trial] = []
        self.knew: list[tuple[list[int], list[int]]] = []

    def ask(self, n: int, pending: Sequence[Trial] = ()) -> list[Params]:
        """The next number, as long as there are any."""
        number = len(self.knew)
        if number >= self.n_candidates:
            return []
        if self._clock is not None:
            self._clock.now += self._seconds
        self.knew.append(([t.index for t in self.told], [t.index for t in pending]))
        return [{"x": number}]

    def tell(self, trial: Trial) -> None:
        """Note it."""
        self.told.append(trial)

    def expected_improvement(self) -> float | None:
        """Nothing is expected."""
        return None

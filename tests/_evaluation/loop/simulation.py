"""The loop with a simulated executor, strategy and clock, and a store in memory."""

from __future__ import annotations

import heapq
import math
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from types import SimpleNamespace
from unittest import mock

import numpy as np
from hypothesis import strategies as st

from skbayes._evaluation.execution.executor import Outcome, Task
from skbayes._evaluation.loop import search_loop as loop
from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._evaluation.loop.settings import LoopSettings
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


class Recorder:
    """An observer that ends the search after a number of trials."""

    def __init__(self, n_trials=math.inf, error=None):
        self.n_trials = n_trials
        self.error = error
        self.seen = []

    def on_fold(self, trial, params, result):
        """Folds are of no interest."""

    def on_trial(self, progress):
        """Note it, raise if told to, stop when there are enough."""
        self.seen.append(progress)
        if self.error is not None and len(self.seen) >= self.n_trials:
            raise self.error
        return len(self.seen) >= self.n_trials


class Memory:
    """A store of folds."""

    def __init__(self, folds=None):
        self.folds = folds or {}
        self.written = []
        self.ended = []

    def find(self, params):
        """What is known of a candidate."""
        return dict(self.folds.get(params["x"], {}))

    def when_written(self, params):
        """The order in which its folds were kept."""
        return {k: n for n, (x, k) in enumerate(self.written) if x == params["x"]}

    def write(self, trial, params, result):
        """Keep a fold."""
        self.written.append((params["x"], result.fold))
        self.folds.setdefault(params["x"], {})[result.fold] = result

    def finish(self, trial, params, status):
        """Keep an end."""
        self.ended.append((params["x"], status))


def score_of(params, fold):
    """A score that is the same whenever and wherever it is asked for."""
    rng = np.random.default_rng([params["x"], fold, 7])
    return float(np.cos(params["x"]) + 0.1 * rng.normal() + 0.3 * (fold % 3))


@contextmanager
def time_of(clock):
    """The loop's time is that of the simulation."""
    with mock.patch.object(loop, "time", SimpleNamespace(monotonic=lambda: clock.now)):
        yield


def simulate(
    *, n_workers=1, n_splits=3, n_candidates=8, lag=None, in_order=True, seed=0,
    race=None, budget=None, score=score_of, strategy=None,
    executor=SimulatedExecutor, **partners,
):  # fmt: skip
    """Run a search on simulated workers: trials, executor and strategy."""
    rng = np.random.default_rng(seed)
    executor = executor(n_workers, lambda task: rng.exponential(), score)
    strategy = strategy or CountingStrategy(n_candidates)
    settings_ = LoopSettings(
        n_splits=n_splits, lag=lag, in_order=in_order, max_batches=n_workers + 1,
        time_budget=budget,
    )  # fmt: skip
    with time_of(executor.clock):
        search = SearchLoop(strategy, executor, settings_, race=race, **partners)
        return search.run(), executor, strategy


searches = st.fixed_dictionaries(
    {
        "n_workers": st.integers(1, 9),
        "n_splits": st.integers(1, 6),
        "n_candidates": st.integers(1, 15),
        "lag": st.none() | st.integers(1, 6),
        "in_order": st.booleans(),
        "seed": st.integers(0, 2**32 - 1),
    }
)

"""A search that stands still whenever it waits, so that a test says what happens next.

The loop runs in a thread of its own. One of the two threads is always asleep: the
loop's while the test decides what ends, fails or dies, the test's until the loop waits
again or has ended. Nothing depends on the clock of the machine.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Sequence

from skbayes._evaluation.execution.executor import Outcome, Task
from skbayes._evaluation.loop.search_loop import SearchLoop
from skbayes._protocol import FoldResult, Trial
from tests._evaluation.loop.simulation import Clock

#: Seconds until a thread that should have woken is given up.
PATIENCE = 30.0


class SteppedExecutor:
    """Workers that take tasks in order and end them when, and as, they are told to.

    Parameters
    ----------
    n_workers : int
        Tasks that run at once.
    clock : Clock
        Tells whether a task waits beyond its deadline.
    """

    n_elsewhere = 0
    batch_size = 1

    def __init__(self, n_workers: int, clock: Clock) -> None:
        self.n_workers = n_workers
        self.clock = clock
        self.queue: deque[Task] = deque()
        self.running: list[Task] = []
        self.finished: deque[Outcome] = deque()
        #: When each task was begun, and how often one that was begun gave nothing.
        self.begun: list[tuple[Task, float]] = []
        self.lost: Counter[tuple[int, int]] = Counter()
        #: Tasks that ended, in that order.
        self.ended: list[Task] = []
        self.submitted: list[Task] = []
        self.interrupt: BaseException | None = None
        self._is_standing = threading.Semaphore(0)
        self._may_go_on = threading.Semaphore(0)

    # ------------------------------------------------------------ the loop's side

    @property
    def n_waiting(self) -> int:
        """Tasks handed over and not yet back."""
        return len(self.queue) + len(self.running)

    def submit(self, tasks: Sequence[Task]) -> None:
        """Queue tasks; idle workers begin."""
        self.submitted.extend(tasks)
        self.queue.extend(tasks)
        self._begin()

    def wait(self) -> None:
        """Stand still until the test has let something happen."""
        while self.n_waiting and not self.finished:
            self._is_standing.release()
            assert self._may_go_on.acquire(timeout=PATIENCE)
            if self.interrupt is not None:
                error, self.interrupt = self.interrupt, None
                raise error

    def release_held(self) -> None:
        """Do nothing: a task that was handed over is run."""

    def abort(self) -> None:
        """Forget what has not ended."""
        self.lost.update(map(name_of, self.running))
        self.running.clear()
        self.queue.clear()

    def _begin(self) -> None:
        while self.queue and len(self.running) < self.n_workers:
            task = self.queue.popleft()
            if task.deadline is not None and self.clock.now >= task.deadline:
                self.finished.append(Outcome(task, None))
                continue
            self.begun.append((task, self.clock.now))
            self.running.append(task)

    # ------------------------------------------------------------ the test's side

    def end(self, which: int, result: FoldResult) -> None:
        """A running task ends; its worker takes the next one."""
        task = self.running.pop(which)
        self.ended.append(task)
        self.finished.append(Outcome(task, result))
        self._begin()

    def take_back(self) -> None:
        """All that was running has gone with its workers, and is to be run again."""
        self.lost.update(map(name_of, self.running))
        self.finished.extend(Outcome(task, None) for task in self.running)
        self.running.clear()
        self._begin()

    def let_go_on(self) -> None:
        """Let the loop see what has happened, until it waits again or has ended."""
        self._may_go_on.release()
        self.wait_until_standing()

    def wait_until_standing(self) -> None:
        """Sleep until the loop waits or has ended."""
        assert self._is_standing.acquire(timeout=PATIENCE)

    def note_end_of_loop(self) -> None:
        """Wake the test for the last time."""
        self._is_standing.release()


class SteppedSearch:
    """A loop in its thread, run up to where it first waits.

    Parameters
    ----------
    loop : SearchLoop
        Not run yet.
    executor : SteppedExecutor
        The one that the loop has.
    """

    def __init__(self, loop: SearchLoop, executor: SteppedExecutor) -> None:
        self.loop = loop
        self.executor = executor
        self.trials: list[Trial] | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        executor.wait_until_standing()
        self._look()

    @property
    def has_ended(self) -> bool:
        """Whether the loop has returned its trials."""
        return self.trials is not None

    def go_on(self, interrupt: BaseException | None = None) -> None:
        """Let the loop see what has happened; or raise there what it is to meet."""
        self.executor.interrupt = interrupt
        self.executor.let_go_on()
        self._look()

    def _run(self) -> None:
        try:
            self.trials = self.loop.run()
        except BaseException as error:
            self._error = error
        finally:
            self.executor.note_end_of_loop()

    def _look(self) -> None:
        """Raise what the loop's thread has raised."""
        if self.trials is None and self._error is None:
            return
        self._thread.join(PATIENCE)
        if self._error is not None:
            raise self._error


def name_of(task: Task) -> tuple[int, int]:
    """What a task is known by in all runs of a search: its candidate and fold."""
    return task.params["x"], task.fold

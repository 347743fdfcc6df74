"""What the loop needs of those it works with, beside strategy and executor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from skbayes._evaluation.rivals import Rivals
from skbayes._protocol import (
    FoldResult,
    Params,
    SearchProgress,
    Status,
    Trial,
)

#: Gives the callback context of a trial's fold.
Context = Callable[[int, int], Any]


class Observer(Protocol):
    """Is told of every fold and every trial."""

    def on_fold(self, trial: int, params: Params, result: FoldResult) -> None:
        """A fold has ended."""

    def on_trial(self, progress: SearchProgress) -> bool:
        """A trial has ended; True ends the search."""


class FoldStore(Protocol):
    """Keeps finished folds beyond this process: the journal."""

    def find(self, params: Params) -> dict[int, FoldResult]:
        """Folds of these parameters that were finished before."""

    def when_written(self, params: Params) -> dict[int, int]:
        """When each of these was kept, as numbers that only ever grow."""

    def write(self, trial: int, params: Params, result: FoldResult) -> None:
        """Keep one fold."""

    def finish(self, trial: int, params: Params, status: Status) -> None:
        """Keep how a trial has ended."""


class Race(Protocol):
    """Decides between folds whether a candidate is worth its next one."""

    def fold_order(self, trial: int) -> list[int]:
        """The order in which a trial's folds are run."""

    def is_lost(
        self, results: dict[int, FoldResult], rivals: Rivals, metric: str
    ) -> bool:
        """Whether a partial trial has no plausible chance against earlier ones."""

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Stopped trials that deserve their missing folds after all."""


class ObserverError(Exception):
    """Wraps what a callback or the journal raised, to tell it from fit errors."""


def guarded(function: Callable[..., Any], *args: Any) -> Any:
    """Call `function`; whatever it raises comes out as an `ObserverError`."""
    try:
        return function(*args)
    except Exception as error:
        raise ObserverError(str(error)) from error

"""Protocols of the loop's collaborators, except strategy and executor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._evaluation.sharing.searched_path import PathSegment, SearchedPath
from skbayes._protocol import FoldResult, Params, Status, Trial
from skbayes._search_progress import SearchProgress

#: Returns the callback context of a trial's fold.
Context = Callable[[int, int], Any]

#: Returns the path on which a candidate's best value is searched, if any.
PathOf = Callable[[Params], SearchedPath | None]


def no_path(params: Params) -> None:
    """Evaluate candidates as they are."""


class Observer(Protocol):
    """Notified of every fold and every trial."""

    def on_fold(self, trial: int, params: Params, result: FoldResult) -> None:
        """Called when a fold has ended."""

    def on_trial(self, progress: SearchProgress) -> bool:
        """Called when a trial has ended; True ends the search."""


class FoldStore(Protocol):
    """Keeps finished folds beyond this process: the journal."""

    def find(self, params: Params) -> dict[int, FoldResult]:
        """Folds of these parameters that an earlier run finished without failing."""

    def when_written(self, params: Params) -> dict[int, int]:
        """When each fold was written, as increasing numbers."""

    def write(self, trial: int, params: Params, result: FoldResult) -> None:
        """Write one fold."""

    def finish(self, trial: int, params: Params, status: Status) -> None:
        """Write the status of a trial that has ended."""

    def settle(self, proposed: Params, params: Params) -> None:
        """Write the parameters found on the path of the proposed ones."""


class ClaimStore(Protocol):
    """Shares the folds of a search among its drivers: the journal."""

    def claim(
        self, trial: int, params: Params, fold: int, segment: PathSegment | None
    ) -> bool:
        """Claim a fold; True if this driver, and no other, is to run it."""

    def result(
        self, params: Params, fold: int, segment: PathSegment | None
    ) -> FoldResult | None:
        """Result of a fold that was not claimed; None while another driver runs it."""


class SequenceStore(Protocol):
    """Shares the candidates of a search among its drivers: the journal."""

    def begun(self, trial: int) -> Params | None:
        """The candidate that another driver has begun under a number, if any."""

    def agree(self, trial: int, params: Params) -> Params:
        """Begin a candidate; return it, or the one that a faster driver has begun."""


class Race(Protocol):
    """Decides between folds whether a candidate gets its next one."""

    def fold_order(self, trial: int) -> list[int]:
        """The order in which a trial's folds are run."""

    def is_lost(
        self, results: dict[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> bool:
        """Whether a partial trial has no plausible chance against earlier ones."""

    def expected(
        self, results: dict[int, FoldResult], earlier: EarlierScores, metric: str
    ) -> dict[int, float]:
        """Expected scores by fold of a trial that has run no fold."""

    def catch_up(self, trials: Sequence[Trial], metric: str) -> list[int]:
        """Stopped trials that get their missing folds at the end of the search."""


class ObserverError(Exception):
    """Wraps an error of a callback or of the journal, apart from errors of fits."""


def guarded(function: Callable[..., Any], *args: Any) -> Any:
    """Call `function`; raise an `ObserverError` from any error."""
    try:
        return function(*args)
    except Exception as error:
        raise ObserverError(str(error)) from error

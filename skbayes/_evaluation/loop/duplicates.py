"""Candidates that were proposed before: they share the results of the first."""

from __future__ import annotations

from collections.abc import Hashable

from skbayes._evaluation.identity import params_key
from skbayes._evaluation.open_trial import OpenTrial
from skbayes._protocol import Trial


class Twins:
    """Which candidates are equal, and which wait for their first to end.

    Parameters
    ----------
    are_shared : bool
        Whether results are shared at all; if not, no candidate is another one's twin.
    """

    def __init__(self, *, are_shared: bool) -> None:
        self._are_shared = are_shared
        self._first: dict[Hashable, int] = {}
        self._waiting: dict[int, list[OpenTrial]] = {}

    def first_of(self, trial: OpenTrial | Trial) -> int | None:
        """The number of the first candidate equal to this one; None if this is it."""
        if not self._are_shared:
            return None
        first = self._first.setdefault(params_key(trial.params), trial.index)
        return None if first == trial.index else first

    def wait_for(self, first: int, twin: OpenTrial) -> None:
        """Let a candidate end when another one does."""
        self._waiting.setdefault(first, []).append(twin)

    def pop(self, first: int) -> list[OpenTrial]:
        """Those that waited for a candidate, which wait no longer."""
        return self._waiting.pop(first, [])

    def waiting(self) -> list[OpenTrial]:
        """All that wait."""
        return [twin for twins in self._waiting.values() for twin in twins]

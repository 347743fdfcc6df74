"""Equal candidates share the results of the first of them."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._protocol import Params, Trial
from skbayes._values import params_key

_FEWEST_SLOTS = 64


class Duplicates:
    """Finds equal candidates, and keeps those that wait for the first one to end.

    Parameters
    ----------
    are_shared : bool
        Whether results are shared; if not, no candidate is a duplicate.
    """

    def __init__(self, *, are_shared: bool) -> None:
        self._are_shared = are_shared
        self._firsts = _Firsts()
        self._waiting: dict[int, list[OpenTrial]] = {}

    def first_of(
        self, trial: OpenTrial | Trial, params_of: Callable[[int], Params]
    ) -> int | None:
        """Number of the first equal candidate; None if this is the first.

        Parameters
        ----------
        trial : OpenTrial or Trial
            The candidate.
        params_of : callable
            Gives the parameters of an earlier candidate.
        """
        if not self._are_shared:
            return None
        params = trial.asked if isinstance(trial, Trial) else trial.params
        key = params_key(params)
        mark = hash(key)
        for first in self._firsts.alike(mark):
            if first == trial.index:
                return None
            # Different parameters may have equal hashes, so these are compared.
            if params_key(params_of(first)) == key:
                return first
        self._firsts.add(mark, trial.index)
        return None

    def wait_for(self, first: int, duplicate: OpenTrial) -> None:
        """Note that a duplicate ends when its first candidate does."""
        self._waiting.setdefault(first, []).append(duplicate)

    def pop(self, first: int) -> list[OpenTrial]:
        """Remove and return the duplicates that waited for a candidate."""
        return self._waiting.pop(first, [])

    def waiting(self) -> list[OpenTrial]:
        """All duplicates that wait."""
        return [each for those in self._waiting.values() for each in those]


class _Firsts:
    """A hash table from the parameters of candidates to their numbers, 20 bytes each.

    Open addressing: a number stands in the first free slot at or after that of its
    hash. A dict with the parameters as keys would take more memory than all results.
    """

    def __init__(self) -> None:
        self._marks = array("q")
        self._numbers = array("q")
        self._slots = array("i", [-1]) * _FEWEST_SLOTS

    def alike(self, mark: int) -> Iterator[int]:
        """Yield the numbers that were added with this hash."""
        for place in self._probe(mark):
            if self._marks[place] == mark:
                yield self._numbers[place]

    def add(self, mark: int, number: int) -> None:
        """Add a number with its hash."""
        # At most half full, so that a look-up visits few slots.
        if 2 * len(self._numbers) >= len(self._slots):
            self._grow()
        self._marks.append(mark)
        self._numbers.append(number)
        self._enter(len(self._numbers) - 1)

    def _grow(self) -> None:
        self._slots = array("i", [-1]) * (2 * len(self._slots))
        for place in range(len(self._numbers)):
            self._enter(place)

    def _enter(self, place: int) -> None:
        # Slots are a power of two: the remainder is a bitwise and.
        most = len(self._slots) - 1
        slot = self._marks[place] & most
        while self._slots[slot] >= 0:
            slot = (slot + 1) & most
        self._slots[slot] = place

    def _probe(self, mark: int) -> Iterator[int]:
        """Yield the slots that may hold numbers with this hash."""
        most = len(self._slots) - 1
        slot = mark & most
        while (place := self._slots[slot]) >= 0:
            yield place
            slot = (slot + 1) & most

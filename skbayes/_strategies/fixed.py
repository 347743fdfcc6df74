"""A strategy that follows a sequence known beforehand, for grid and random search."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import islice

from skbayes._protocol import Params, Trial


class FixedCandidates:
    """Candidates in a given order, independent of scores.

    Only candidates under way are kept in memory.

    Parameters
    ----------
    candidates : iterable of dict
        The candidates; drawn only when they are asked for.
    n_candidates : int or None
        Number of candidates; None if it is unknown.
    """

    def __init__(
        self, candidates: Iterable[Params], n_candidates: int | None = None
    ) -> None:
        self._source = iter(candidates)
        #: Candidates drawn and not told yet, and the number of the first of them.
        self._drawn: deque[Params] = deque()
        self._first = 0
        self._n_told = 0
        self._n_candidates = n_candidates

    @property
    def n_candidates(self) -> int | None:
        """Number of candidates; None if it is unknown."""
        return self._n_candidates

    def ask(self, n: int, pending: Sequence[Trial] = ()) -> list[Params]:
        """Return the next `n` candidates after those told or pending, or fewer.

        Parameters
        ----------
        n : int
            Number of candidates.
        pending : sequence of Trial
            Candidates asked for and not told yet.

        Returns
        -------
        list of dict
            Fewer than `n` when the sequence ends, none when it has ended.
        """
        # A function of the arguments and of `tell` alone: asking twice gives the same,
        # so the drawn candidates are kept.
        start = self._n_told + len(pending)
        missing = start + n - self._first - len(self._drawn)
        if missing > 0:
            self._drawn.extend(islice(self._source, missing))
        drawn = islice(self._drawn, start - self._first, start - self._first + n)
        return [dict(params) for params in drawn]

    def tell(self, trial: Trial) -> None:
        """Count a trial that has ended; its score changes nothing.

        Parameters
        ----------
        trial : Trial
            The ended trial.
        """
        self._n_told += 1
        # The next one to be asked for is none of these.
        while self._first < self._n_told and self._drawn:
            self._drawn.popleft()
            self._first += 1

    def expected_improvement(self) -> float | None:
        """None: without a model there is nothing to expect."""
        return None

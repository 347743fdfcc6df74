"""A strategy that follows a sequence known beforehand, as grid and random search do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from skbayes._protocol import Params, Trial


class FixedCandidates:
    """Candidates in a given order, whatever their scores are.

    Parameters
    ----------
    candidates : iterable of dict
        The candidates; drawn only as far as they are asked for.
    n_candidates : int or None
        How many there are, None where that is unknown.
    """

    def __init__(
        self, candidates: Iterable[Params], n_candidates: int | None = None
    ) -> None:
        self._source = iter(candidates)
        self._drawn: list[Params] = []
        self._n_told = 0
        self._n_candidates = n_candidates

    @property
    def n_candidates(self) -> int | None:
        """How many candidates there are, None where that is unknown."""
        return self._n_candidates

    def ask(self, n: int, pending: Sequence[Trial] = ()) -> list[Params]:
        """Up to `n` candidates that follow those told or pending.

        Parameters
        ----------
        n : int
            How many are wanted.
        pending : sequence of Trial
            The candidates taken but not yet told.

        Returns
        -------
        list of dict
            Fewer than `n` when the sequence ends, none when it has ended.
        """
        start = self._n_told + len(pending)
        missing = start + n - len(self._drawn)
        if missing > 0:
            self._drawn.extend(islice(self._source, missing))
        return [dict(params) for params in self._drawn[start : start + n]]

    def tell(self, trial: Trial) -> None:
        """Take note that a trial has ended; its score changes nothing.

        Parameters
        ----------
        trial : Trial
            The ended trial.
        """
        self._n_told += 1

    def expected_improvement(self) -> float | None:
        """Expect nothing of the next candidate: it was chosen without looking."""
        return None

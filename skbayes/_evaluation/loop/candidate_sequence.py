"""The candidates of a search by number: recorded, shared or new."""

from __future__ import annotations

import math
from collections.abc import Sequence

from skbayes._evaluation.loop.protocols import SequenceStore, guarded
from skbayes._evaluation.loop.tell_order import TellOrder
from skbayes._protocol import Params


class CandidateSequence:
    """Finds candidates: of earlier runs, of other drivers of the search, and new ones.

    Parameters
    ----------
    order : TellOrder
        Asks the strategy for new candidates.
    n_candidates : int or None
        Largest number of candidates; None if it is unknown.
    replay : sequence of dict
        Candidates of an earlier run that this one continues; they come first.
    n_recorded : int
        Number of recorded candidates, if the strategy proposes them anew.
    store : SequenceStore or None
        Holds the candidates that other drivers of the search have begun.
    """

    def __init__(
        self,
        order: TellOrder,
        n_candidates: int | None,
        replay: Sequence[Params],
        n_recorded: int,
        store: SequenceStore | None,
    ) -> None:
        self._order = order
        self._n_candidates = math.inf if n_candidates is None else n_candidates
        self._replay = replay[:n_candidates]
        self._store = store
        #: Number of candidates that an earlier run has begun.
        self.n_recorded = max(len(self._replay), n_recorded)

    def params(self, index: int) -> Params | None:
        """Candidate `index`, made ready before; None if there are no more."""
        if index < len(self._replay):
            return self._replay[index]
        if self._store is None or index >= self._n_candidates:
            return self._order.ask(index)
        begun: Params | None = guarded(self._store.begun, index)
        if begun is not None:
            return begun
        proposed = self._order.ask(index)
        if proposed is None:
            return None
        agreed: Params = guarded(self._store.agree, index, proposed)
        return agreed

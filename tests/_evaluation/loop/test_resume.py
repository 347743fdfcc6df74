"""Do the candidates of an earlier run end in the order in which they ended then?"""

from __future__ import annotations

import pytest

from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.fold_queue import FoldQueue
from skbayes._evaluation.loop.resume import ResumedCandidates
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.loop.state import SearchState
from skbayes._evaluation.loop.tell_order import TellOrder
from skbayes._protocol import FoldResult
from tests._evaluation.loop.simulation import CountingStrategy, Memory


class Resumed:
    """A search that is run again on a store of folds."""

    def __init__(self, store, *, is_race=False, lag=None, candidates=()):
        self.state = SearchState(2, None, Duplicates(are_shared=True))
        self.order = TellOrder(
            CountingStrategy(9), self.state, LoopSettings(n_splits=2, lag=lag)
        )
        self.queue = FoldQueue(self.state, store, None)
        self.waiting = ResumedCandidates(
            self.state, self.order, self.queue, is_race=is_race
        )
        for index, x in enumerate(candidates):
            trial = self.queue.candidate(index, {"x": x}, {})
            self.queue.look_up(trial)
            self.state.open[index] = trial
            self.waiting.add(trial)

    def ended(self):
        """Numbers of the candidates without folds left, each ended at once."""
        found = []
        for trial in self.waiting.ends():
            found.append(trial.index)
            self.state.end(trial.close("score"))
            self.order.note_end(self.state.ended[trial.index])
        return found


def store_of(*written):
    """A store in which folds (x, fold) were written in this order."""
    store = Memory()
    for x, fold in written:
        store.write(0, {"x": x}, FoldResult(fold, {"score": 0.5}))
    return store


#: Candidate 2 ended first, then 0; 1 has a fold left.
WRITTEN = [("b", 0), ("c", 0), ("a", 1), ("c", 1), ("a", 0)]


def test_ends_come_in_the_order_of_the_earlier_run():
    """Other candidates wait in the order of their numbers."""
    resumed = Resumed(store_of(*WRITTEN), candidates="abcd")
    assert len(resumed.waiting) == 4
    assert resumed.waiting.has_first
    assert resumed.ended() == [2, 0]
    assert len(resumed.waiting) == 2
    assert not resumed.waiting.has_first
    assert [resumed.waiting.pop().index for _ in range(2)] == [1, 3]


def test_ends_of_duplicates_come_after_those_before_them():
    """Duplicates ended when they were proposed: nothing was run for them."""
    resumed = Resumed(store_of(*WRITTEN), candidates="acab")
    resumed.state.first_like(resumed.state.open[0])
    assert resumed.ended() == [1, 0, 2]


def test_ends_without_a_store_or_folds_are_none():
    """Every candidate has folds left."""
    for store in (None, store_of()):
        resumed = Resumed(store, candidates="ab")
        assert resumed.ended() == []
        assert len(resumed.waiting) == 2


@pytest.mark.parametrize("is_race", [True, False])
def test_pop_in_a_race_waits_for_those_that_are_due(is_race):
    """What is run of a candidate depends on those that ended before it."""
    resumed = Resumed(store_of(), is_race=is_race, lag=1, candidates="ab")
    assert resumed.waiting.pop().index == 0
    assert (resumed.waiting.pop() is None) is is_race
    assert len(resumed.waiting) == is_race
    if is_race:
        resumed.state.end(resumed.state.open[0].close("score"))
        resumed.order.note_end(resumed.state.ended[0])
        assert resumed.waiting.pop().index == 1


def test_has_first_is_false_without_candidates():
    """No candidate waits, so none of them is the first."""
    resumed = Resumed(store_of())
    assert not resumed.waiting.has_first
    assert len(resumed.waiting) == 0

"""Is a strategy told what is due before each proposal, and what else is pending?"""

from __future__ import annotations

import pytest

from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.loop.settings import LoopSettings
from skbayes._evaluation.loop.state import SearchState
from skbayes._evaluation.loop.tell_order import TellOrder
from skbayes._protocol import FoldResult, Status, Trial


class Recorder:
    """A strategy that notes what it is told, and what is pending."""

    def __init__(self):
        self.told = []
        self.pending = []

    def ask(self, n, pending=()):
        """One candidate; none after the fourth."""
        assert n == 1
        self.pending.append(list(pending))
        return [{"x": len(self.pending)}][: len(self.pending) < 5]

    def tell(self, trial):
        """Note it."""
        self.told.append(trial.index)


class Search:
    """The state of a search, and its order."""

    def __init__(self, *, lag=None, in_order=True):
        self.strategy = Recorder()
        self.state = SearchState(2, "score", Duplicates(are_shared=False))
        settings = LoopSettings(n_splits=2, lag=lag, in_order=in_order)
        self.order = TellOrder(self.strategy, self.state, settings)

    def open(self, *indices):
        """Begin candidates."""
        for index in indices:
            self.state.open[index] = OpenTrial(Trial(index, {"x": index}, 2))

    def end(self, *indices):
        """End candidates."""
        for index in indices:
            trial = Trial(index, {"x": index}, 2, status=Status.COMPLETE)
            self.state.end(trial)
            self.order.note_end(trial)


def test_make_ready_in_order_waits_for_what_is_due():
    """With a lag of two, candidate t is proposed when all up to t - 2 were told."""
    search = Search(lag=2)
    search.open(0, 1)
    assert search.order.make_ready(1)
    assert not search.order.make_ready(2)
    search.end(1)
    assert not search.order.make_ready(2)
    assert search.strategy.told == []
    search.end(0)
    assert search.order.is_certain(3)
    assert not search.order.is_certain(4)
    assert search.order.make_ready(2)
    assert search.strategy.told == [0]
    assert search.order.make_ready(3)
    assert search.strategy.told == [0, 1]


def test_make_ready_out_of_order_counts_the_open_ones():
    """Each trial is told when it ends; the number may change with the workers."""
    search = Search(lag=2, in_order=False)
    search.open(0, 1)
    assert not search.order.make_ready(2)
    search.order.allow(3)
    assert search.order.make_ready(2)
    search.end(1)
    assert search.strategy.told == [1]
    search.order.tell_rest()
    assert search.strategy.told == [1]


@pytest.mark.parametrize("settings", [{"lag": 2}, {"lag": None}])
def test_allow_changes_nothing_where_the_order_matters(settings):
    """Proposals that depend on no result are not limited either."""
    search = Search(**settings)
    search.open(0, 1)
    search.order.allow(9)
    assert search.order.make_ready(5) is (settings["lag"] is None)
    assert search.order.is_certain(5) is (settings["lag"] is None)


def test_tell_rest_tells_in_order_what_was_not_told():
    """All trials are told by the end of the search."""
    search = Search(lag=2)
    search.open(0, 1, 2, 3)
    search.end(3, 0, 2)
    search.order.make_ready(2)
    search.end(1)
    search.order.tell_rest()
    assert search.strategy.told == [0, 1, 2, 3]


def test_note_end_of_a_trial_told_before_tells_it_again():
    """The record of a candidate that was brought back replaces the old one."""
    search = Search(lag=1)
    search.open(0, 1)
    search.end(0)
    search.order.make_ready(1)
    assert search.strategy.told == [0]
    search.end(0)
    assert search.strategy.told == [0, 0]


def test_ask_in_order_has_all_candidates_pending_that_were_not_told():
    """Pending candidates are as they were proposed, without finished folds."""
    search = Search(lag=3)
    search.open(0, 1, 2)
    search.state.open[1].results = {0: FoldResult(0, {"score": 0.5})}
    search.end(0)
    trial = Trial(2, {"x": 7}, 2, proposed={"x": 2}, status=Status.COMPLETE)
    search.state.end(trial)
    assert search.order.make_ready(3)
    assert search.order.ask(3) == {"x": 1}
    (pending,) = search.strategy.pending
    assert pending == [Trial(1, {"x": 1}, 2), Trial(2, {"x": 2}, 2)]


def test_ask_out_of_order_has_the_folds_that_have_finished():
    """Open candidates have their folds; None comes when there are no more."""
    search = Search(lag=2, in_order=False)
    search.open(0)
    fold = FoldResult(1, {"score": 0.5})
    search.state.open[0].results = {1: fold}
    asked = [search.order.ask(k) for k in range(1, 6)]
    assert asked[-2:] == [{"x": 4}, None]
    (pending,) = search.strategy.pending[0]
    assert pending.folds == (fold,)
    assert pending.metric == "score"


def test_ask_without_a_lag_has_the_candidates_as_they_were_proposed():
    """Open candidates are only counted; what has ended was told at once."""
    search = Search()
    search.open(0, 1)
    search.end(0)
    search.order.ask(2)
    ((pending,),) = search.strategy.pending
    assert pending is search.state.open[1].proposed
    assert search.strategy.told == [0]

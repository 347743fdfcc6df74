"""Does a fixed strategy follow its sequence, whatever is told and pending?"""

import weakref
from itertools import count

from skbayes._protocol import Status, Trial
from skbayes._strategies.fixed import FixedCandidates


def trial(index, **params):
    return Trial(index=index, params=params, n_splits=2, status=Status.COMPLETE)


def test_fixed_candidates_come_in_order_and_end():
    """Candidates come in the given order; at the end there are fewer, then none."""
    strategy = FixedCandidates([{"a": i} for i in range(3)], 3)
    assert strategy.n_candidates == 3
    assert strategy.ask(2) == [{"a": 0}, {"a": 1}]
    strategy.tell(trial(0))
    strategy.tell(trial(1))
    assert strategy.ask(2) == [{"a": 2}]
    strategy.tell(trial(2))
    assert strategy.ask(2) == []


def test_fixed_candidates_are_the_same_when_asked_for_twice():
    """An ask changes nothing that a later ask returns."""
    strategy = FixedCandidates([{"a": i} for i in range(5)], 5)
    assert strategy.ask(2) == strategy.ask(2)


def test_fixed_candidates_that_are_pending_are_skipped():
    """What is being evaluated is not proposed again, also if told out of order."""
    strategy = FixedCandidates([{"a": i} for i in range(5)], 5)
    strategy.tell(trial(1))
    assert strategy.ask(1, pending=[trial(0), trial(2)]) == [{"a": 3}]


def test_fixed_candidates_are_drawn_lazily_from_an_endless_iterable():
    """Only what is asked for is drawn, and the number may be unknown."""
    drawn = []
    source = ({"a": drawn.append(i) or i} for i in count())
    strategy = FixedCandidates(source)
    assert strategy.n_candidates is None
    strategy.ask(3)
    assert len(drawn) == 3


def test_fixed_candidates_may_be_changed_by_the_caller():
    """Candidates are copies."""
    strategy = FixedCandidates([{"a": 0}], 1)
    strategy.ask(1)[0]["a"] = 9
    assert strategy.ask(1) == [{"a": 0}]


def test_fixed_candidates_that_were_told_are_not_kept():
    """No more of a long sequence is held than what is under way."""
    alive = weakref.WeakSet()

    class Value:
        pass

    def source():
        for _ in range(1000):
            value = Value()
            alive.add(value)
            yield {"a": value}

    strategy = FixedCandidates(source(), 1000)
    for i in range(1000):
        assert len(strategy.ask(1, pending=[trial(i + 1), trial(i + 2)])) == (i < 998)
        strategy.tell(trial(i))
        assert len(alive) <= 4

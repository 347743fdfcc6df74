"""Are candidates those of the journal, of other drivers, or new, in this order?"""

from __future__ import annotations

import pytest

from skbayes._evaluation.loop.candidate_sequence import CandidateSequence
from skbayes._evaluation.loop.protocols import ObserverError


class Order:
    """Asks a strategy that proposes four candidates."""

    def __init__(self):
        self.asked = []

    def ask(self, index):
        """The next one."""
        self.asked.append(index)
        return {"x": index} if index < 4 else None


class Store:
    """Another driver has begun the first candidate, and is faster with the third."""

    def __init__(self):
        self.agreed = []

    def begun(self, trial):
        """The first."""
        return {"x": "theirs"} if trial == 0 else None

    def agree(self, trial, params):
        """The third is theirs."""
        self.agreed.append((trial, params))
        return {"x": "faster"} if trial == 2 else params


def sequence_of(*, n_candidates=None, replay=(), n_recorded=0, store=None):
    """A sequence, and what was asked of the strategy."""
    order = Order()
    return CandidateSequence(order, n_candidates, replay, n_recorded, store), order


def test_params_are_replayed_before_the_strategy_is_asked():
    """The sequence asks the strategy for the other candidates by their numbers."""
    sequence, order = sequence_of(replay=[{"x": "a"}, {"x": "b"}])
    found = [sequence.params(index) for index in range(5)]
    assert found == [{"x": "a"}, {"x": "b"}, {"x": 2}, {"x": 3}, None]
    assert order.asked == [2, 3, 4]


@pytest.mark.parametrize(
    ("settings", "n_recorded"),
    [
        ({"replay": [{}, {}, {}]}, 3),
        ({"replay": [{}, {}, {}], "n_candidates": 2}, 2),
        ({"n_recorded": 5}, 5),
        ({"n_recorded": 1, "replay": [{}, {}]}, 2),
        ({}, 0),
    ],
)
def test_n_recorded_is_what_an_earlier_run_has_begun(settings, n_recorded):
    """A replay counts for no more than there are candidates today."""
    sequence, _ = sequence_of(**settings)
    assert sequence.n_recorded == n_recorded


def test_params_are_agreed_on_with_other_drivers():
    """What another has begun is not proposed anew; the end is not agreed on."""
    store = Store()
    sequence, order = sequence_of(store=store)
    found = [sequence.params(index) for index in range(5)]
    assert found == [{"x": "theirs"}, {"x": 1}, {"x": "faster"}, {"x": 3}, None]
    assert order.asked == [1, 2, 3, 4]
    assert store.agreed == [(k, {"x": k}) for k in (1, 2, 3)]


def test_params_beyond_the_last_are_asked_of_the_strategy_alone():
    """Another driver with more candidates does not make this one run them."""
    store = Store()
    sequence, order = sequence_of(n_candidates=2, store=store)
    assert sequence.params(2) == {"x": 2}
    assert order.asked == [2]
    assert store.agreed == []


@pytest.mark.parametrize("name", ["begun", "agree"])
def test_params_tell_errors_of_the_store_apart(name):
    def fail(*arguments):
        raise OSError("disk full")

    store = Store()
    setattr(store, name, fail)
    sequence, _ = sequence_of(store=store)
    with pytest.raises(ObserverError, match="disk full"):
        sequence.params(1)

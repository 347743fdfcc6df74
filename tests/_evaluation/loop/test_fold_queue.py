"""Which fold of which candidate runs next."""

from __future__ import annotations

import math

from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.fold_queue import FoldQueue
from skbayes._evaluation.loop.state import SearchState
from skbayes._protocol import FoldResult
from tests._evaluation.loop.simulation import Memory


def state_of(metric=None, n_splits=2):
    """The state of a search that has just begun."""
    return SearchState(n_splits, metric, Duplicates(are_shared=True))


def test_fold_queue_spares_all_others_after_a_recorded_fatal_fold():
    """The fatal fold need not be the first one in today's order of folds."""
    state = state_of(n_splits=3)
    fatal = FoldResult(2, {"score": math.nan}, error="died", is_fatal=True)
    good = FoldResult(0, {"score": 1.0})
    queue = FoldQueue(state, Memory({7: {0: good, 2: fatal}}), None)
    trial = queue.candidate(0, {"x": 7}, {})
    queue.look_up(trial)
    assert not queue.extend(trial)
    assert trial.results[0] is good
    assert trial.results[2] is fatal
    assert trial.results[1].error == "died"


def test_next_ready_may_be_the_first_candidate_only():
    """When the time is up no other gets a fold, wherever it stands in the queue."""
    queue = FoldQueue(state_of(n_splits=2), None, None)
    trials = [queue.candidate(index, {"x": index}, {}) for index in (1, 0)]
    for trial in trials:
        assert queue.extend(trial)
        queue.make_ready(trial)
    assert queue.next_ready(is_first_only=False) is trials[0]
    assert queue.next_ready(is_first_only=True) is trials[1]
    assert [queue.pop_fold(trials[1]) for _ in range(2)] == [0, 1]
    assert queue.next_ready(is_first_only=True) is None
    queue.take_back(trials[1], 1)
    assert queue.next_ready(is_first_only=True) is trials[1]
    queue.take_back(trials[1], 0)
    assert [queue.pop_fold(trials[1]) for _ in range(2)] == [0, 1]


class Race:
    """Runs folds backwards, and holds a candidate after its first."""

    def fold_order(self, trial):
        """The last one first."""
        return [2, 1, 0]

    def holds(self, trial, *, is_first):
        """Whoever has a result."""
        return not is_first or bool(trial.results)


def test_candidate_holds_back_the_folds_that_it_lacks():
    """The folds are in the order of the race, if there is one."""
    good = FoldResult(1, {"score": 1.0})
    for race, order in ((None, [0, 2]), (Race(), [2, 0])):
        queue = FoldQueue(state_of(n_splits=3), None, race)
        trial = queue.candidate(5, {"x": 7}, {1: good})
        assert trial.held_back == order
        assert trial.results == {1: good}
        assert (trial.index, trial.path) == (5, None)


def test_extend_takes_recorded_folds_and_queues_the_others():
    """Without a race all are queued at once; a recorded fold gives the metric."""
    state = state_of(n_splits=3)
    queue = FoldQueue(state, Memory({7: {1: FoldResult(1, {"f1": 1.0})}}), None)
    trial = queue.candidate(0, {"x": 7}, {})
    queue.look_up(trial)
    assert queue.extend(trial)
    assert trial.queued == [0, 2]
    assert list(trial.results) == [1]
    assert state.metric == "f1"
    assert queue.extend(trial), "what is queued is run first"


def test_extend_in_a_race_releases_one_fold_at_a_time():
    """The race is asked again after each result, a recorded one too."""
    queue = FoldQueue(state_of(n_splits=3), None, Race())
    trial = queue.candidate(0, {"x": 7}, {})
    assert queue.extend(trial)
    assert (trial.queued, trial.held_back) == ([2], [1, 0])
    trial.queued.clear()
    trial.add(FoldResult(2, {"score": 1.0}))
    assert not queue.extend(trial)
    recorded = Memory({7: {2: FoldResult(2, {"score": 1.0})}})
    queue = FoldQueue(state_of(n_splits=3), recorded, Race())
    trial = queue.candidate(0, {"x": 7}, {})
    queue.look_up(trial)
    assert not queue.extend(trial)
    assert list(trial.results) == [2]


def test_when_ended_is_the_last_fold_that_was_taken_over():
    """Before that it is the last that is recorded, and 0 without any."""
    store = Memory()
    for x, fold in ((7, 0), (8, 0), (7, 2), (7, 1)):
        store.write(0, {"x": x}, FoldResult(fold, {"score": 1.0}))
    queue = FoldQueue(state_of(n_splits=3), store, None)
    trial = queue.candidate(0, {"x": 7}, {})
    assert queue.when_ended(trial) == 3
    trial.add(FoldResult(2, {"score": 1.0}))
    assert queue.when_ended(trial) == 2
    assert queue.when_ended(queue.candidate(1, {"x": 9}, {})) == 0
    assert FoldQueue(state_of(), None, None).when_ended(trial) == 0


def test_give_up_fails_what_was_not_run():
    """Other folds fail with the fatal fold's error, and nothing is ready any more."""
    queue = FoldQueue(state_of(n_splits=3), None, None)
    trial = queue.candidate(0, {"x": 7}, {})
    queue.extend(trial)
    queue.make_ready(trial)
    assert queue.pop_fold(trial) == 0
    assert trial.n_running == 1
    fatal = FoldResult(0, {"score": math.nan}, error="died", is_fatal=True)
    queue.give_up(trial, fatal)
    assert {k: r.error for k, r in trial.results.items()} == {1: "died", 2: "died"}
    assert [r.fold for r in trial.results.values()] == [1, 2]
    assert queue.next_ready(is_first_only=False) is None
    assert trial.queued == []

"""Which fold of which candidate runs next."""

from __future__ import annotations

import math

from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.fold_queue import FoldQueue
from skbayes._evaluation.loop.state import SearchState
from skbayes._protocol import FoldResult
from tests._evaluation.loop.test_search_loop import Memory


def state_of(metric=None, n_splits=2):
    """The state of a search that has just begun."""
    return SearchState(n_splits, metric, Duplicates(are_shared=True))


def test_fatal_fold_of_an_earlier_run_spares_all_others():
    """Also where it is not the first one in today's order of folds."""
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

"""Is a candidate compared with those that had ended when it was opened?"""

from __future__ import annotations

import pytest

from skbayes._evaluation.loop.duplicates import Duplicates
from skbayes._evaluation.loop.open_trial import OpenTrial
from skbayes._evaluation.loop.race_control import RaceControl
from skbayes._evaluation.loop.state import SearchState
from skbayes._protocol import FoldResult, Status, Trial


class Race:
    """Loses whoever scores below all earlier ones, and notes what it is asked."""

    def __init__(self):
        self.n_known = []
        self.n_asked = 0

    def fold_order(self, trial):
        """Depends on the candidate."""
        return [trial % 2, 1 - trial % 2]

    def is_lost(self, results, earlier, metric):
        """Below the worst."""
        self.n_known.append(len(earlier.table))
        scores = [one.test_scores[metric] for one in results.values()]
        if not len(earlier.table):
            return False
        return max(scores) < float(earlier.table.min())

    def expected(self, results, earlier, metric):
        """Of the second fold."""
        return {1: 0.125}

    def catch_up(self, trials, metric):
        """All that were stopped."""
        assert metric == "score"
        self.n_asked += 1
        return [t.index for t in trials if t.status is Status.STOPPED]


def results(*scores):
    """Folds with these scores."""
    return {k: FoldResult(k, {"score": s}) for k, s in enumerate(scores)}


def state_of(*trials):
    """A search in which these have ended, of which equal ones are duplicates."""
    state = SearchState(2, None, Duplicates(are_shared=True))
    for index, (x, status, scores) in enumerate(trials):
        folds = tuple(results(*scores).values())
        state.end(Trial(index, {"x": x}, 2, folds, status))
        state.first_like(state.ended[index])
    return state


COMPLETE = [(x, Status.COMPLETE, (0.5 + x, 0.5 + x)) for x in range(6)]


def open_trial(index, *scores):
    """A candidate with these folds."""
    return OpenTrial(Trial(index, {"x": 99}, 2), results=results(*scores))


@pytest.mark.parametrize(
    ("lag", "n_known"), [(None, 6), (1, 6), (3, 4), (6, 1), (9, 0)]
)
def test_holds_compares_with_those_that_had_certainly_ended(lag, n_known):
    """Chance decides which of the others have ended by now."""
    race = Race()
    control = RaceControl(race, state_of(*COMPLETE), lag)
    trial = open_trial(6, 0.25)
    assert control.holds(trial, is_first=True) is (n_known > 0)
    assert race.n_known == [n_known]
    assert trial.expected == ({1: 0.125} if n_known else {})


def test_holds_what_has_a_fold_pending_or_has_run_none():
    """The second fold of a turn waits for the first; a new candidate gets one."""
    race = Race()
    control = RaceControl(race, state_of(*COMPLETE), 1)
    assert control.holds(open_trial(6, 9.0), is_first=False)
    assert not control.holds(open_trial(6), is_first=True)
    assert race.n_known == []
    assert control.fold_order(3) == [1, 0]


def test_holds_forgets_what_was_expected_when_a_candidate_goes_on():
    """The score was expected of a candidate that was stopped."""
    trial = open_trial(6, 9.0)
    trial.expected = {1: 0.5}
    control = RaceControl(Race(), state_of(*COMPLETE), 1)
    assert not control.holds(trial, is_first=True)
    assert trial.expected == {}


def test_catch_up_brings_back_stopped_candidates_once_with_duplicates():
    """Duplicates come just before, so that they wait for the first one again."""
    race = Race()
    state = state_of(
        (0, Status.COMPLETE, (0.5, 0.5)),
        (1, Status.STOPPED, (0.25,)),
        (2, Status.STOPPED, (0.125,)),
        (1, Status.STOPPED, (0.25,)),
        (1, Status.STOPPED, (0.25,)),
    )
    control = RaceControl(race, state, 1)
    assert control.catch_up() == [3, 4, 1, 2]
    assert control.catch_up() == []
    assert race.n_asked == 1
    # Who is brought back runs all folds.
    back = OpenTrial(Trial(1, {"x": 1}, 2), results=results(-9.0))
    assert not control.holds(back, is_first=False)
    assert control.holds(open_trial(3, -9.0), is_first=False)

"""A candidate climbs its first fold's rungs, then runs the race over its folds."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.fidelity.ladder_race import LadderRace
from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._evaluation.racing.paired_race import PairedRace
from skbayes._protocol import FoldResult, Status, Trial
from tests._evaluation.fidelity.test_learning_curve import ENDS, earlier_with

LADDER = Ladder(2, ((100, 300, 900),) * 2, (2700, 2700))
RACE = LadderRace(LADDER)
RACED = LadderRace(LADDER, PairedRace(2))


def results(*scores, first=2):
    """Finished rungs of fold 0."""
    return {
        first + k: FoldResult(first + k, {"score": s}) for k, s in enumerate(scores)
    }


def trial_of(index, folds, rungs, status):
    """A record with these scores."""
    return Trial(
        index,
        {"x": index},
        2,
        tuple(FoldResult(k, {"score": s}) for k, s in enumerate(folds)),
        status,
        "score",
        rungs=tuple(results(*rungs).values()),
    )


def test_ladder_race_runs_rungs_before_folds():
    """The rungs are those of the fold that is first in the race."""
    assert RACE.fold_order(1) == [2, 3, 4, 0, 1]
    assert RACED.fold_order(1) == [5, 6, 7, 1, 0]


def test_ladder_race_stops_who_is_out_of_reach_at_a_rung():
    """The race stops nobody before the second rung, or where a rung has failed."""
    earlier = earlier_with(ENDS)
    assert not RACE.is_lost(results(0.1), earlier, "score")
    assert RACE.is_lost(results(0.1, 0.1), earlier, "score")
    assert not RACE.is_lost(results(0.1, np.nan), earlier, "score")
    failed = {2: FoldResult(2, {"score": np.nan}, error="bad")} | results(0.1, first=3)
    assert not RACE.is_lost(failed, earlier, "score")


def test_ladder_race_with_all_samples_decides_by_folds():
    """Folds alone decide; without a race over folds all of them are run."""
    earlier = earlier_with(ENDS)
    on_all = results(0.1, 0.1, 0.1) | {0: FoldResult(0, {"score": 0.1})}
    assert not RACE.is_lost(on_all, earlier, "score")
    raced = EarlierScores(
        earlier.complete + np.array([0.0, 0.01]), earlier.stopped, earlier.rungs
    )
    assert RACED.is_lost(on_all, raced, "score")


def test_ladder_race_expects_a_score_of_who_has_no_fold():
    """A model learns from this score where bad candidates are."""
    earlier = earlier_with(ENDS)
    (fold,) = RACE.expected(results(0.1, 0.1), earlier, "score")
    assert fold == 0
    assert RACE.expected(results(0.1), earlier, "score") == {}
    on_all = results(0.1, 0.1) | {0: FoldResult(0, {"score": 0.1})}
    assert RACE.expected(on_all, earlier, "score") == {}


def test_ladder_race_catches_up_with_who_was_stopped_too_early():
    """The race brings back only a few, which may still be the best."""
    earlier = earlier_with(ENDS)
    complete = [
        trial_of(i, earlier.complete[i], earlier.rungs[i][:3], Status.COMPLETE)
        for i in range(len(ENDS))
    ]
    bad = trial_of(5, (), (0.1, 0.1), Status.STOPPED)
    good = [trial_of(6 + i, (), (0.8, 0.87), Status.STOPPED) for i in range(5)]
    assert RACE.catch_up([*complete, bad, *good], "score") == [6, 7, 8]
    assert RACE.catch_up([*complete, bad], "score") == []
    assert RACE.catch_up([bad, *good], "score") == []


@pytest.mark.parametrize("race", [RACE, RACED])
def test_fold_race_is_not_disturbed_by_candidates_without_a_fold(race):
    """The race over folds does not compare candidates that have none."""
    earlier = earlier_with(ENDS)
    trials = [
        trial_of(i, earlier.complete[i], earlier.rungs[i][:3], Status.COMPLETE)
        for i in range(len(ENDS))
    ]
    stopped = trial_of(5, (0.1,), (0.5, 0.5, 0.5), Status.STOPPED)
    below = trial_of(6, (), (0.1, 0.1), Status.STOPPED)
    assert race.catch_up([*trials, stopped, below], "score") == []

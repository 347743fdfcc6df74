"""A safe race stops only who cannot win."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbayes._evaluation.racing.earlier_scores import EarlierScores
from skbayes._evaluation.racing.safe_race import SafeRace
from skbayes._protocol import FoldResult

RACE = SafeRace(n_splits=4, best_possible=1.0)
NO_EARLIER = np.empty((0, 4))


def earlier_with(*complete):
    """Earlier candidates, none of them stopped."""
    return EarlierScores(np.array(complete).reshape(-1, 4), NO_EARLIER)


def folds(*scores):
    """Finished folds, the first ones."""
    return {k: FoldResult(k, {"score": score}) for k, score in enumerate(scores)}


def test_safe_race_goes_on_while_perfect_folds_would_win():
    """With .9 to beat, two folds of .8 can still reach a mean of .9."""
    earlier = earlier_with([0.9] * 4, [0.5] * 4)
    assert not RACE.is_lost(folds(0.8, 0.8), earlier, "score")
    assert RACE.is_lost(folds(0.8, 0.79), earlier, "score")


def test_safe_race_needs_somebody_to_lose_against():
    """The first candidates are run to the end."""
    assert not RACE.is_lost(folds(0.0, 0.0), earlier_with(), "score")


@pytest.mark.parametrize("score", [np.nan, -np.inf])
def test_safe_race_stops_who_has_failed(score):
    """A fold without a finite score cannot be made up for."""
    assert RACE.is_lost(folds(score), earlier_with(), "score")


@given(
    st.lists(st.lists(st.floats(0, 1), min_size=4, max_size=4), min_size=2, max_size=12)
)
def test_safe_race_keeps_the_winner(table):
    """Whatever the scores are, the best candidate is one of those run to the end."""
    complete = []
    for scores in table:
        is_stopped = any(
            RACE.is_lost(folds(*scores[:k]), earlier_with(*complete), "score")
            for k in range(1, 4)
        )
        if not is_stopped:
            complete.append(scores)
    best = max(np.sum(scores) for scores in table)
    assert max(np.sum(scores) for scores in complete) == pytest.approx(best, abs=1e-9)


def test_safe_race_catches_up_with_nobody():
    """Who was stopped could not have won."""
    assert RACE.catch_up([], "score") == []

"""Bounds of learning curves: held by power laws, widened by what others show."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skbayes._evaluation.fidelity.ladder import Ladder
from skbayes._evaluation.fidelity.learning_curve import bound_score
from skbayes._evaluation.racing.earlier_scores import EarlierScores

SIZES = (100, 300, 900)
LADDER = Ladder(2, (SIZES, SIZES), (2700, 2700))


def curve(end, rise, speed, n):
    """A power law."""
    return end - rise * np.asarray(n, dtype=float) ** -speed


def earlier_with(ends, *, noise=0.0, rise=1.0, speed=0.5, seed=0):
    """Complete candidates, with the rungs of fold 0."""
    rng = np.random.default_rng(seed)
    complete, rungs = [], []
    for end in ends:
        complete.append(
            curve(end, rise, speed, [2700] * 2) + noise * rng.normal(size=2)
        )
        on_parts = np.full((2, 3), np.nan)
        on_parts[0] = curve(end, rise, speed, SIZES) + noise * rng.normal(size=3)
        rungs.append(on_parts.ravel())
    return EarlierScores(np.array(complete), np.empty((0, 2)), np.array(rungs))


def scores_of(*scores):
    """Of a candidate, on the rungs of fold 0."""
    out = np.full((2, 3), np.nan)
    out[0, : len(scores)] = scores
    return out


ENDS = (0.5, 0.6, 0.7, 0.8, 0.9)


@given(
    st.floats(0, 1), st.floats(0.01, 10), st.floats(0.05, 2), st.sampled_from([2, 3])
)
def test_bound_score_bounds_the_end_of_every_power_law(end, rise, speed, n_rungs):
    """A candidate that will win is never out of reach, whatever its speed."""
    earlier = earlier_with(ENDS)
    found = bound_score(
        scores_of(*curve(end, rise, speed, SIZES[:n_rungs])), earlier, LADDER
    )
    lead = curve(end, rise, speed, 2700) - earlier.incumbent.mean()
    assert found.most >= lead - 1e-9


def test_bound_score_of_what_is_flat_and_low_is_below_zero():
    """A flat low curve is out of reach, and a high one is not."""
    earlier = earlier_with(ENDS)
    assert bound_score(scores_of(0.4, 0.41), earlier, LADDER).most < 0
    assert bound_score(scores_of(0.4, 0.41, 0.41), earlier, LADDER).most < 0
    assert bound_score(scores_of(0.8, 0.86), earlier, LADDER).most > 0


def test_bound_score_is_closer_at_the_later_rung():
    """The later rung decides, not the mean of all."""
    earlier = earlier_with(ENDS)
    early = bound_score(scores_of(0.4, 0.6), earlier, LADDER)
    late = bound_score(scores_of(0.4, 0.6, 0.65), earlier, LADDER)
    assert late.most < early.most


def test_bound_score_does_not_draw_a_falling_curve_further_down():
    """A score that falls with more data is noise, mostly."""
    earlier = earlier_with(ENDS)
    one, two = (
        bound_score(scores_of(first, 0.7), earlier, LADDER).most for first in (0.9, 0.7)
    )
    assert one == pytest.approx(two)


def test_bound_score_widens_with_noise():
    """The noise of the known candidates widens the bound."""
    calm = bound_score(scores_of(0.4, 0.5), earlier_with(ENDS), LADDER)
    noisy = bound_score(scores_of(0.4, 0.5), earlier_with(ENDS, noise=0.1), LADDER)
    assert noisy.most > calm.most


def test_bound_score_is_unknown_with_few_candidates_or_rungs():
    """The race stops nobody whose bound is unknown."""
    assert bound_score(scores_of(0.1, 0.1), earlier_with(ENDS[:3]), LADDER) is None
    assert bound_score(scores_of(0.1), earlier_with(ENDS), LADDER) is None
    assert bound_score(scores_of(np.nan, 0.1), earlier_with(ENDS), LADDER) is None


def test_bound_score_expects_what_others_have_gained():
    """The expected score is no more than can be reached."""
    earlier = earlier_with(ENDS)
    gain = float(curve(0, 1.0, 0.5, 2700) - curve(0, 1.0, 0.5, 300))
    found = bound_score(scores_of(0.2, 0.4), earlier, LADDER)
    assert found.expected == pytest.approx(0.4 + gain)
    assert found.fold == 0
    assert bound_score(scores_of(0.4, 0.4), earlier, LADDER).expected == pytest.approx(
        0.4
    )


@pytest.mark.slow
def test_bound_score_stops_few_that_would_win():
    """About one in twenty that end as high as the incumbent are out of reach."""
    rng = np.random.default_rng(1)
    stopped = []
    for seed in range(400):
        earlier = earlier_with(rng.uniform(0.5, 0.8, 15), noise=0.02, seed=seed)
        top = earlier.incumbent.mean() + 0.001
        noise = 0.02 * rng.normal(size=3)
        end = top - curve(0, 1.0, 0.5, 2700)
        scores = scores_of(*(curve(end, 1.0, 0.5, SIZES) + noise))
        stopped.append(bound_score(scores, earlier, LADDER).most < 0)
    assert np.mean(stopped) < 0.1

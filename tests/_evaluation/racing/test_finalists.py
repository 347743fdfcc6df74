"""Finalists are those that may still be the best, each once, and only a few."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from skbayes._evaluation.racing.finalists import MAX_FINALISTS, finalists, true_variance


def chosen(scores, **settings):
    """Finalists of a search that has these candidates."""
    return finalists(scores, true_variance(scores), **settings)


def noisy(means, n_folds=5, sd=0.05, seed=0):
    """Fold scores around means, all with the same hard folds."""
    rng = np.random.default_rng(seed)
    own = rng.normal(0.0, sd, (len(means), n_folds))
    return np.array(means)[:, None] + own + rng.normal(0.0, 0.3, n_folds)


def test_finalists_are_close_to_the_best():
    """Candidates far behind are no finalists, however hard the folds are."""
    rows = chosen(noisy([0.1, 0.8, 0.81, 0.2, 0.79, 0.3], sd=0.02))
    assert set(rows) == {1, 2, 4}


def test_finalists_come_best_first():
    """The leader is the first, the others follow by their means."""
    scores = noisy([0.8, 0.81, 0.79], sd=0.05)
    means = scores.mean(axis=1)[chosen(scores)]
    assert len(means) > 1
    np.testing.assert_array_equal(means, np.sort(means)[::-1])


def test_there_are_only_a_few_finalists():
    """However many are alike."""
    assert len(chosen(noisy([0.8] * 30))) == MAX_FINALISTS
    assert len(chosen(noisy([0.8] * 30), most=3)) == 3


def test_equal_scores_on_all_folds_are_one_finalist():
    """Parameters without an effect would take the place of others."""
    row = noisy([0.8])[0]
    assert chosen(np.array([row, row, row])) == [0]


def test_more_folds_leave_fewer_finalists():
    """Chances of those behind fall as folds are added."""
    means = np.linspace(0.75, 0.8, 8)
    few, many = (
        np.mean([len(chosen(noisy(means, n, seed=s), most=8)) for s in range(30)])
        for n in (5, 40)
    )
    assert many < few - 1


def test_a_single_fold_decides_nothing():
    """Nothing is known of how it varies: the first few are finalists."""
    assert chosen(np.array([[0.1], [0.5], [0.3]])) == [1, 2, 0]


@pytest.mark.slow
def test_the_best_is_seldom_left_out():
    """Of many draws with close candidates the truly best one is mostly a finalist."""
    means = np.append(np.linspace(0.0, 0.75, 20), 0.8)
    found = [20 in chosen(noisy(means, seed=s)) for s in range(300)]
    assert np.mean(found) > 0.9


def test_the_lead_of_the_luckiest_is_not_taken_for_granted():
    """Where candidates differ by luck only, others than the leader are finalists."""
    rng = np.random.default_rng(0)
    n_finalists = [len(chosen(rng.normal(size=(20, 5)))) for _ in range(40)]
    assert np.mean(n_finalists) > 4.5


@given(arrays(float, (6, 4), elements=st.floats(-1, 1)))
@example(1e-154 * np.eye(6, 4))  # squares are the smallest numbers there are
def test_the_leader_is_always_a_finalist(scores):
    """And nobody is one twice."""
    rows = chosen(scores)
    assert scores[rows[0]].mean() == scores.mean(axis=1).max()
    assert len(rows) == len(set(rows)) <= MAX_FINALISTS

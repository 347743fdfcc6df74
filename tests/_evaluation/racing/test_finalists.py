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
    """The leader is the first, and the others follow by their means."""
    scores = noisy([0.8, 0.81, 0.79], sd=0.05)
    means = scores.mean(axis=1)[chosen(scores)]
    assert len(means) > 1
    np.testing.assert_array_equal(means, np.sort(means)[::-1])


def test_finalists_are_only_a_few():
    """The number has a limit, however many candidates are alike."""
    assert len(chosen(noisy([0.8] * 30))) == MAX_FINALISTS
    assert len(chosen(noisy([0.8] * 30), most=3)) == 3


def test_finalists_have_no_equal_scores_on_all_folds():
    """Parameters without an effect would take the place of others."""
    row = noisy([0.8])[0]
    assert chosen(np.array([row, row, row])) == [0]


def test_finalists_are_fewer_with_more_folds():
    """Chances of those behind fall as folds are added."""
    means = np.linspace(0.75, 0.8, 8)
    few, many = (
        np.mean([len(chosen(noisy(means, n, seed=s), most=8)) for s in range(30)])
        for n in (5, 40)
    )
    assert many < few - 1


def test_finalists_of_a_single_fold_are_the_first_few():
    """Nothing is known of how scores vary where there is a single fold."""
    assert chosen(np.array([[0.1], [0.5], [0.3]])) == [1, 2, 0]


@pytest.mark.slow
def test_finalists_seldom_lack_the_best():
    """The truly best of close candidates is a finalist in most of many draws."""
    means = np.append(np.linspace(0.0, 0.75, 20), 0.8)
    found = [20 in chosen(noisy(means, seed=s)) for s in range(300)]
    assert np.mean(found) > 0.9


def test_finalists_are_more_than_the_luckiest():
    """Where candidates differ by luck only, others than the leader are finalists."""
    rng = np.random.default_rng(0)
    n_finalists = [len(chosen(rng.normal(size=(20, 5)))) for _ in range(40)]
    assert np.mean(n_finalists) > 4.5


@given(arrays(float, (6, 4), elements=st.floats(-1, 1)))
@example(1e-154 * np.eye(6, 4))  # squares are the smallest numbers there are
def test_finalists_always_have_the_leader(scores):
    """No candidate is a finalist twice."""
    rows = chosen(scores)
    assert scores[rows[0]].mean() == scores.mean(axis=1).max()
    assert len(rows) == len(set(rows)) <= MAX_FINALISTS

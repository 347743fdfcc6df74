"""Does the selection take the candidates that make the squared error least?"""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import pytest

from skbayes.ensemble._selection import (
    bagged_weights,
    draw_bags,
    greedy_counts,
    products,
    with_best,
)


def test_greedy_counts_take_the_best_next_candidate():
    """Each step adds what makes the squared error of the mean least."""
    rng = np.random.default_rng(0)
    target = rng.normal(size=(50, 1))
    values = target + rng.normal(size=(6, 50, 1)) * rng.uniform(0.5, 2, (6, 1, 1))
    weights = rng.uniform(size=50)
    G, b = products(values, target, weights)

    def error(members):
        mean = values[list(members)].mean(axis=0)
        return weights @ ((mean - target) ** 2)[:, 0]

    members, best = [], None
    for _ in range(7):
        members.append(min(range(6), key=lambda j: error([*members, j])))
        if best is None or error(members) < error(best):
            best = list(members)
    counts = greedy_counts(G, b, np.ones((1, 6), dtype=bool), 7)[0]
    np.testing.assert_array_equal(counts, np.bincount(best, minlength=6))
    # Greedy, and yet not far from the best of all means of so many.
    pairs = combinations_with_replacement(range(6), len(best))
    assert error(best) <= 1.02 * min(map(error, pairs))


def test_bagged_weights_stay_in_their_bags_and_are_few():
    """Weights add up to 1, and no more candidates than asked for have any."""
    rng = np.random.default_rng(1)
    target = rng.normal(size=(80, 1))
    values = target + rng.normal(size=(12, 80, 1))
    G, b = products(values, target, np.ones(80))
    bags = np.zeros((3, 12), dtype=bool)
    bags[0, :4] = bags[1, 2:6] = bags[2, 1:5] = True
    weights = bagged_weights(G, b, bags, n_steps=10, max_models=3)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert np.count_nonzero(weights) == 3
    assert not weights[6:].any()


def test_with_best_puts_the_best_candidate_in_every_bag():
    """A bag of bad ones alone would spoil the mean."""
    rng = np.random.default_rng(0)
    target = rng.normal(size=(50, 1))
    values = target + np.array([3.0, 0.1, 2.0])[:, None, None]
    G, b = products(values, target, np.ones(50))
    bags = np.array([[True, False, True], [False, True, False]])
    expected = [[True, True, True], [False, True, False]]
    assert with_best(bags, G, b).tolist() == expected


def test_products_are_those_of_the_squared_error():
    """The error of any mean is the form of the docstring, up to a constant."""
    rng = np.random.default_rng(2)
    values, target = rng.random((4, 20, 3)), rng.random((20, 3))
    entry_weights, w = rng.random(20), rng.random(4)
    G, b = products(values, target, entry_weights)
    mean = np.tensordot(w, values, axes=1)
    error = entry_weights @ ((mean - target) ** 2).sum(axis=1)
    constant = entry_weights @ (target**2).sum(axis=1)
    assert w @ G @ w - 2 * b @ w + constant == pytest.approx(error)


def test_greedy_counts_of_few_candidates():
    """One candidate is taken as often as it was best; of equals the first is."""
    G, b = products(np.ones((1, 5, 1)), np.ones((5, 1)), np.ones(5))
    assert greedy_counts(G, b, np.array([[True]]), 4).tolist() == [[1.0]]
    G, b = products(np.ones((2, 5, 1)), np.ones((5, 1)), np.ones(5))
    bags = np.array([[True, True], [False, True]])
    assert greedy_counts(G, b, bags, 3).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_draw_bags_have_their_share_of_the_candidates():
    """A bag has at least one candidate, a single bag all; other draws have others."""
    bags = draw_bags(10, 50, 0.3, np.random.default_rng(0))
    assert (bags.sum(axis=1) == 3).all()
    assert bags.any(axis=0).all()
    assert (draw_bags(10, 5, 0.01, np.random.default_rng(0)).sum(axis=1) == 1).all()
    assert draw_bags(4, 1, 0.5, np.random.default_rng(0)).tolist() == [[True] * 4]


def test_with_best_adds_the_least_error():
    """The candidate added has not the largest predictions, nor the smallest ones."""
    values = np.array([0.5, 1.0, 1.6])[:, None, None] * np.ones((3, 4, 1))
    G, b = products(values, np.ones((4, 1)), np.ones(4))
    none = np.zeros((1, 3), dtype=bool)
    assert with_best(none, G, b).tolist() == [[False, True, False]]

"""Are the trials kept those that say the most?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import choose_rows


@pytest.fixture
def trials():
    """Three hundred trials in two columns."""
    rng = np.random.default_rng(0)
    return rng.random((300, 2)), rng.standard_normal(300)


def test_few_trials_are_all_kept(trials):
    """Nothing is dropped while there is room."""
    U, y = trials
    np.testing.assert_array_equal(choose_rows(U, y, n_rows=300), np.arange(300))


def test_best_and_latest_are_kept(trials):
    """The best two fifths and the latest of the others are kept, each row once."""
    U, y = trials
    rows = choose_rows(U, y, n_rows=100)
    assert len(rows) == 100
    assert (np.diff(rows) > 0).all()
    assert set(np.argsort(-y)[:40]) <= set(rows)
    assert set(range(280, 300)) <= set(rows)


def test_lonely_trial_is_kept(trials):
    """A trial far from all others is kept though it is old and bad."""
    U, y = trials
    U[0], y[0] = [5.0, 5.0], -9.0
    assert 0 in choose_rows(U, y, n_rows=50)


def test_repeated_points_do_not_take_a_row_twice(trials):
    """Where all points are equal there are still n_rows different rows."""
    _, y = trials
    rows = choose_rows(np.zeros((300, 2)), y, n_rows=50)
    assert len(np.unique(rows)) == 50

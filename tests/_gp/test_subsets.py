"""Are the trials kept those that say the most?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import Layout, RowChoice, choose_rows
from tests._gp.conftest import LAYOUTS, draw

NUMERIC = LAYOUTS["numeric"]


@pytest.fixture
def trials():
    """Three hundred trials in three columns."""
    rng = np.random.default_rng(0)
    return rng.random((300, 3)), rng.standard_normal(300)


def spread_rows(layout, U, n_spread):
    """The rows that are kept because they are far from the others.

    Ten trials like the first are put in front and take all other places: half of
    them, the best, are kept anyway, and so are the newest of the rest.
    """
    n_rows = 10 * n_spread // 3
    front = np.repeat(U[:1], n_rows, axis=0)
    y = np.r_[np.zeros(len(U)), np.ones(n_rows)]
    rows = choose_rows(layout, np.concatenate([U, front]), y, n_rows)
    return rows[rows < len(U)]


def test_choose_rows_keeps_all_of_few(trials):
    """Nothing is dropped while there is room."""
    U, y = trials
    np.testing.assert_array_equal(choose_rows(NUMERIC, U, y, n_rows=300), range(300))


def test_choose_rows_keeps_the_best_and_the_latest(trials):
    """The best two fifths and the latest of the others are kept, each row once."""
    U, y = trials
    rows = choose_rows(NUMERIC, U, y, n_rows=100)
    assert len(rows) == 100
    assert (np.diff(rows) > 0).all()
    assert set(np.argsort(-y)[:40]) <= set(rows)
    assert set(range(280, 300)) <= set(rows)


def test_choose_rows_keeps_a_lonely_trial(trials):
    """A trial far from all others is kept though it is old and bad."""
    U, y = trials
    U *= 0.5
    U[0], y[0] = 1.0, -9.0
    assert 0 in choose_rows(NUMERIC, U, y, n_rows=50)


def test_choose_rows_takes_no_row_of_repeated_points_twice(trials):
    """Where all points are equal there are still n_rows different rows."""
    _, y = trials
    rows = choose_rows(NUMERIC, np.zeros((300, 3)), y, n_rows=50)
    assert len(np.unique(rows)) == 50


@pytest.mark.parametrize("name", ["categorical", "mixed", "conditional"])
def test_choose_rows_ignores_the_order_of_levels(name):
    """Levels under other codes give the same rows."""
    layout, rng = LAYOUTS[name], np.random.default_rng(1)
    U, y = draw(layout, 300, rng), rng.standard_normal(300)
    recoded = U.copy()
    for j in layout.categorical[layout.n_branches > 1 :]:
        codes = np.append(rng.permutation(layout.n_levels[j]), -1)  # -1 is inactive
        recoded[:, j] = codes[U[:, j].astype(int)]
    np.testing.assert_array_equal(
        choose_rows(layout, U, y, n_rows=60), choose_rows(layout, recoded, y, n_rows=60)
    )


def test_choose_rows_takes_levels_for_equally_far():
    """With one row for each of ten levels, rows are taken in their own order."""
    layout = Layout(
        np.array([10]), np.ones((1, 1), dtype=bool), np.zeros(1, dtype=bool)
    )
    U = np.array([0.0, 7, 3, 9, 1, 5, 2, 8, 4, 6])[:, None]
    np.testing.assert_array_equal(spread_rows(layout, U, 3), [1, 2, 3])


def test_choose_rows_does_not_weigh_many_levels_above_numbers():
    """Opposite ends of two ranges are farther apart than two of ten levels."""
    layout = Layout(
        np.array([10, 0, 0]), np.ones((1, 3), dtype=bool), np.zeros(3, dtype=bool)
    )
    by_level = np.array([[level, 0.1, 0.1] for level in range(10)], dtype=float)
    by_range = np.array([[0, 1.0, 0.1], [0, 0.1, 1.0], [0, 1.0, 1.0]])
    U = np.concatenate([by_level, by_range])
    rows = spread_rows(layout, U, 3)
    np.testing.assert_array_equal(rows, [10, 11, 12])


def test_row_choice_remembers_what_would_be_chosen_anew(trials):
    """Scaled targets keep it; another best row, another point or more trials do not."""
    U, y = trials
    choice = RowChoice(NUMERIC, 50)
    first = choice.rows(U, y)
    assert choice.rows(U.copy(), 3.0 * y + 1.0) is first
    other, moved = y.copy(), U.copy()
    other[np.argmin(y)] = 9.0
    moved[0] = 0.5
    for points, targets in [(U, other), (moved, other), (U[:200], y[:200]), (U, y)]:
        np.testing.assert_array_equal(
            choice.rows(points, targets), choose_rows(NUMERIC, points, targets, 50)
        )

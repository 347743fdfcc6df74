"""GrowingRows: a matrix that grows by rows."""

import numpy as np

from skbayes._strategies.engine.growing_rows import GrowingRows


def test_growing_rows_are_what_was_appended():
    """The rows double many times, in blocks and one by one."""
    rng = np.random.default_rng(0)
    rows, plain = GrowingRows(3), np.empty((0, 3))
    for n in (0, 1, 63, 1, 200, 1, 1000):
        block = rng.normal(size=(n, 3))
        rows.append(block)
        plain = np.vstack([plain, block])
        np.testing.assert_array_equal(rows.rows, plain)


def test_growing_rows_put_replaces_or_appends():
    """The next index appends; a copy does not see what comes later."""
    rows = GrowingRows(2)
    for i in range(70):
        rows.put(i, np.array([i, -i], dtype=float))
    copied = rows.copy()
    rows.put(3, np.array([9.0, 9.0]))
    rows.put(70, np.array([1.0, 2.0]))
    assert rows.rows[3].tolist() == [9.0, 9.0]
    assert rows.rows.shape == (71, 2)
    assert copied.rows[3].tolist() == [3.0, -3.0]
    assert copied.rows.shape == (70, 2)


def test_growing_rows_may_have_no_columns():
    """A space of constants has rows all the same."""
    rows = GrowingRows(0)
    rows.append(np.empty((5, 0)))
    assert rows.rows.shape == (5, 0)

"""Are columns sorted by kind, and inactive ones found?"""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._gp import Layout
from tests._gp.conftest import LAYOUTS


def test_layout_sorts_columns_by_kind():
    """Each column belongs to exactly one kind."""
    layout = LAYOUTS["conditional"]
    assert layout.plain.tolist() == [1]
    assert layout.arc.tolist() == [3, 5]
    assert layout.categorical.tolist() == [0, 2, 4]


def test_activity_follows_the_branch():
    """A row's active columns are those of the branch in its first column."""
    layout = LAYOUTS["conditional"]
    U = np.zeros((2, 6))
    U[:, 0] = [2, 1]
    np.testing.assert_array_equal(layout.activity(U), layout.active[[2, 1]])


def test_layout_without_branches_has_all_columns_active():
    layout = LAYOUTS["mixed"]
    assert layout.activity(np.zeros((5, 4))).all()
    assert not layout.is_conditional.any()


def test_layout_refuses_a_table_of_another_width():
    """A table that does not fit the columns names the shape it should have."""
    with pytest.raises(ValueError, match=r"shape \(n_branches, 2\). Got \(1, 3\)"):
        Layout(
            np.zeros(2, dtype=int), np.ones((1, 3), dtype=bool), np.zeros(2, dtype=bool)
        )


def test_columns_with_branches_need_one_that_tells_them_apart():
    """With several branches column 0 must have a level for each."""
    with pytest.raises(ValueError, match="must have 2 levels.* Got 0"):
        Layout(
            np.zeros(2, dtype=int), np.ones((2, 2), dtype=bool), np.zeros(2, dtype=bool)
        )


def test_columns_refuse_kinds_of_another_width():
    """A list of logarithmic columns names the shape it should have, too."""
    with pytest.raises(ValueError, match=r"must have shape \(2,\). Got \(3,\)"):
        Layout(
            np.zeros(2, dtype=int), np.ones((1, 2), dtype=bool), np.zeros(3, dtype=bool)
        )

"""What identifies the work of a fold, and which order shares most of it."""

from __future__ import annotations

import numpy as np
import pytest

from skbayes._evaluation.sharing.plan import SharingPlan
from tests._evaluation.sharing.test_path_rules import CASES, SIZES


@pytest.mark.parametrize("kind", [int, np.int64])
def test_the_largest_size_comes_first(kind):
    """Sizes of an array are numbers of members like those of a list."""
    plan = SharingPlan(CASES["forest"])
    candidates = [{"n_estimators": kind(size)} for size in SIZES]
    groups = [plan.group(params) for params in candidates]
    assert sorted(groups) == groups[::-1]
    assert all(plan.is_on_path(params) for params in candidates)

"""Is the record that callbacks are given complete, and read-only?"""

from __future__ import annotations

import dataclasses
import math
import pickle

import pytest

from skbayes._protocol import Trial
from skbayes._search_progress import SearchProgress

PROGRESS = SearchProgress(
    trial=Trial(0, {"C": 1.0}, n_splits=2),
    n_done=1,
    n_total=None,
    n_folds_done=2,
    n_folds_saved=0,
    best_score=math.nan,
    best_params=None,
    elapsed=0.5,
)


def test_search_progress_has_defaults_for_what_few_searches_know():
    """A search without a budget, a model or a journal leaves these out."""
    assert PROGRESS.budget_left is None
    assert PROGRESS.expected_improvement is None
    assert PROGRESS.n_found == 0
    assert math.isnan(PROGRESS.score)


def test_search_progress_is_read_only_and_can_be_sent():
    """A callback cannot change what the next one sees, and may keep it in a file."""
    with pytest.raises(dataclasses.FrozenInstanceError, match="n_done"):
        PROGRESS.n_done = 2
    assert pickle.loads(pickle.dumps(PROGRESS)).trial.params == {"C": 1.0}

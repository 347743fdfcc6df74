"""Does an executor within another one ask that one?"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from skbayes._evaluation.execution.executor_wrapper import ExecutorWrapper

NAMES = ["finished", "n_workers", "is_far", "n_waiting", "n_elsewhere", "batch_size"]


@pytest.mark.parametrize("name", NAMES)
def test_executor_wrapper_passes_questions_on(name):
    """The executor asks each time anew: the workers of a cluster come and go."""
    inner = SimpleNamespace(**{other: f"first {other}" for other in NAMES})
    outer = ExecutorWrapper(inner)
    assert getattr(outer, name) == f"first {name}"
    now = object()
    setattr(inner, name, now)
    assert getattr(outer, name) is now

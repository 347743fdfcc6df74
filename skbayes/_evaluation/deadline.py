"""Folds that are not begun once it is too late."""

from __future__ import annotations

import time
from typing import Any

from skbayes._evaluation.fit_warnings import run_fold_noting_warnings
from skbayes._protocol import FoldResult


def run_fold_in_time(
    *arguments: Any, deadline: float | None = None
) -> FoldResult | None:
    """`run_fold_noting_warnings`; None once the monotonic clock is past `deadline`."""
    if deadline is not None and time.monotonic() >= deadline:
        return None
    return run_fold_noting_warnings(*arguments)

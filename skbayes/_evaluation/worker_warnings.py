"""Warnings in worker processes: gathered, and told once by the parent with a count.

A worker would print each of them on its own, as often as there are workers. In this
process, and in threads, warnings go where the user's filters send them, as ever:
there Python itself shows equal ones once.
"""

from __future__ import annotations

import os
import threading
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from skbayes._evaluation.fold import run_fold
from skbayes._protocol import FoldResult, Trial


def run_fold_noting_warnings(parent: int, *arguments: Any) -> FoldResult:
    """`run_fold` that sends along its warnings from another process than `parent`.

    Filters decide first, so that what is ignored is not noted. They belong to the
    process, so that in threads, where others would meet them, nothing is noted.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if os.getpid() == parent or not is_main:
        return run_fold(*arguments)
    with warnings.catch_warnings(record=True) as caught:
        result = run_fold(*arguments)
    noted = dict.fromkeys((w.category, str(w.message)) for w in caught)
    return replace(result, warnings=tuple(noted))


def report_warnings(trials: Sequence[Trial]) -> None:
    """Tell of what workers have warned of, equal warnings once with a count."""
    # Candidates proposed twice share their folds.
    folds = {id(fold): fold for trial in trials for fold in trial.folds}
    counts = Counter(noted for fold in folds.values() for noted in fold.warnings)
    for (category, text), count in counts.items():
        warnings.warn(
            f"{text}\n(warned of by {count} of {len(folds)} fits)",
            category=category,
            stacklevel=2,
        )

"""Warnings of fits: gathered, and told once by the parent with a count.

A worker process would print each of them on its own, as often as there are workers,
and this one as often as there are fits: filters such as scikit-learn's show every
convergence warning. In threads they go where the user's filters send them: what
gathers warnings belongs to the process, and would take those of other threads.
"""

from __future__ import annotations

import threading
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from skbayes._evaluation.fold import run_fold
from skbayes._protocol import FoldResult, Trial


def run_fold_noting_warnings(*arguments: Any) -> FoldResult:
    """`run_fold` that sends along its warnings, unless it runs in a thread.

    Filters decide first, so that what is ignored is not noted.
    """
    if threading.current_thread() is not threading.main_thread():
        return run_fold(*arguments)
    with warnings.catch_warnings(record=True) as caught:
        result = run_fold(*arguments)
    noted = dict.fromkeys((w.category, str(w.message)) for w in caught)
    return replace(result, warnings=tuple(noted))


def report_warnings(trials: Sequence[Trial]) -> None:
    """Tell of what fits have warned of, equal warnings once with a count."""
    # Candidates proposed twice share their folds.
    folds = {id(fold): fold for trial in trials for fold in trial.folds}
    counts = Counter(noted for fold in folds.values() for noted in fold.warnings)
    for (category, text), count in counts.items():
        warnings.warn(
            f"{text}\n(warned of by {count} of {len(folds)} fits)",
            category=category,
            stacklevel=2,
        )

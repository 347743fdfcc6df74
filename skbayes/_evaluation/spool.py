"""Folds that have ended in a batch that has not.

A worker process hands its batch back as a whole. Should it be killed before, with
its parent's Ctrl-C or by its last fold, the folds it had finished are in a file.
"""

from __future__ import annotations

import pickle
import time
from pathlib import Path
from typing import Any

from skbayes._evaluation.worker_warnings import run_fold_noting_warnings
from skbayes._protocol import FoldResult


def run_fold_of_batch(
    parent: int,
    *arguments: Any,
    spool: str | None = None,
    deadline: float | None = None,
) -> FoldResult | None:
    """`run_fold_noting_warnings`, unless the monotonic clock is past `deadline`.

    The result, None if it was too late, is also appended to the file `spool`.
    """
    is_late = deadline is not None and time.monotonic() >= deadline
    result = None if is_late else run_fold_noting_warnings(parent, *arguments)
    if spool is not None:
        with open(spool, "ab", buffering=0) as file:
            file.write(_pickled(result))
    return result


def _pickled(result: FoldResult | None) -> bytes:
    try:
        return pickle.dumps(result)
    except Exception:
        # Its place is kept: only the pool can carry it, as code or by other means.
        return pickle.dumps(None)


def spooled(spool: Path) -> list[FoldResult | None]:
    """What is kept of a batch's folds, in their order; None for one that is not."""
    results: list[FoldResult | None] = []
    if not spool.exists():
        return results
    with spool.open("rb") as file:
        while True:
            try:
                results.append(pickle.load(file))
            except (EOFError, pickle.UnpicklingError):  # the last may be cut off
                return results

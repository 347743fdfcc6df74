"""What a search says about fits that failed: once, grouped by cause, counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from skbayes._compat import warn_or_raise_about_fit_failures
from skbayes._protocol import Trial


def report_failures(trials: Sequence[Trial], error_score: Any) -> None:
    """Warn about failed fits, equal causes together.

    Raises
    ------
    ValueError
        If every fit of every candidate failed; the message quotes the causes.
    """
    warn_or_raise_about_fit_failures(
        [{"fit_error": fold.error} for trial in trials for fold in trial.folds],
        error_score,
    )

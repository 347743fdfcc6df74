"""Warnings that name the user's line, from any depth of the package."""

from __future__ import annotations

import sys
import warnings

#: Packages whose frames are skipped between the user's line and the warning.
_BETWEEN = {"skbayes", "sklearn", "joblib", "contextlib"}


def warn_user(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn at the innermost line that is neither ours nor scikit-learn's.

    A fixed `stacklevel` would name another line as soon as a function is added between.

    Parameters
    ----------
    message : str
        The message.
    category : type of Warning, default=UserWarning
        Its class.
    """
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and _package_of(frame.f_globals) in _BETWEEN:
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)


def _package_of(module: dict[str, object]) -> str:
    """Name of the package that a module's globals belong to."""
    return str(module.get("__name__", "")).partition(".")[0]

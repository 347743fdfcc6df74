"""Check that a user's function can be called, before it is after many fits."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def why_not_called_with_one(function: Callable[..., Any]) -> str | None:
    """Say why a function cannot be called with one argument.

    Parameters
    ----------
    function : callable
        A callback, or a rule that chooses the winner.

    Returns
    -------
    str or None
        What it takes instead; None if it can be called, or nothing is known of it.
    """
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):  # compiled functions may have no signature
        return None
    try:
        signature.bind(None)
    except TypeError as error:
        return f"which takes {signature}: {error}"
    return None

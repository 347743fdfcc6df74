"""Texts of limited length for messages, labels and tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def cut(text: str, longest: int) -> str:
    """Replace the end of a text longer than `longest` by an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def shorten(text: str, longest: int) -> str:
    """Replace the middle of a text longer than `longest` by an ellipsis."""
    if len(text) <= longest:
        return text
    head = (longest - 1) // 2
    return f"{text[:head]}…{text[head - longest + 1 :]}"


def as_text(value: Any, show: Callable[[Any], str] = repr) -> str:
    """The repr of a value, or its `str`; the name of its class if that fails.

    Some estimators show what they have learned, and fail before they are fitted.
    """
    try:
        return show(value)
    except Exception:
        return f"<{type(value).__name__} without a repr>"


def one_line(value: Any, longest: int, show: Callable[[Any], str] = repr) -> str:
    """Write `as_text` of a value in one line, without its end if that is long."""
    return cut(" ".join(as_text(value, show).split()), longest)

"""Format a number of seconds."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Format seconds in hours, minutes or seconds, to three digits."""
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"

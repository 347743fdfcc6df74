"""Exceptions that callers of skbayes may want to catch.

::

    Exception
     └── SpaceExhausted    every point of a finite search space has been tried
"""

from __future__ import annotations

__all__ = ["SpaceExhausted"]


class SpaceExhausted(Exception):
    """Every point of a finite search space has been tried or is being tried."""

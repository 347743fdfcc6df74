"""Exceptions that callers of skbayes may want to catch.

::

    Exception
     ├── OSError
     │    └── JournalError  a journal that cannot be used: no journal, damaged, no room
     └── SpaceExhausted    every point of a finite search space has been tried
"""

from __future__ import annotations

__all__ = ["JournalError", "SpaceExhausted"]


class JournalError(OSError):
    """A journal cannot be read or written; the message names the file and says why."""


class SpaceExhausted(Exception):
    """Every point of a finite search space has been tried or is being tried."""

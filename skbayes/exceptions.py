"""Exceptions that callers of skbayes may want to catch.

::

    Exception
     ├── OSError
     │    ├── JournalError  a journal that cannot be used: no journal, damaged, no room
     │    └── TimeoutError
     │         └── FitTimeout    a fit took longer than `fit_timeout` allows
     ├── SpaceExhausted    every point of a finite search space has been tried
     └── Warning
          └── UserWarning
               └── SearchSpaceEdgeWarning   better values may lie outside the space
"""

from __future__ import annotations

__all__ = ["FitTimeout", "JournalError", "SearchSpaceEdgeWarning", "SpaceExhausted"]


class FitTimeout(TimeoutError):
    """A fit took longer than `fit_timeout` allows.

    It is raised in the fit, to stop it. With ``error_score="raise"`` it comes out of
    the search, also where the fit did not stop and its process was ended.
    """


class JournalError(OSError):
    """A journal cannot be read or written; the message names the file and says why."""


class SearchSpaceEdgeWarning(UserWarning):
    """The best value of a parameter lies at the end of the range that was searched."""


class SpaceExhausted(Exception):
    """Every point of a finite search space has been tried or is being tried."""

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
               ├── JournalNotContinuedWarning  a search like this one is not continued
               └── SearchSpaceEdgeWarning   better values may lie outside the space
"""

from __future__ import annotations

__all__ = [
    "FitTimeout",
    "JournalError",
    "JournalNotContinuedWarning",
    "SearchSpaceEdgeWarning",
    "SpaceExhausted",
]


class FitTimeout(TimeoutError):
    """A fit took longer than `fit_timeout` allows.

    It is raised in the fit, to stop it. With ``error_score="raise"`` the search raises
    it, also if the fit did not stop and its process was ended.
    """


class JournalError(OSError):
    """A journal cannot be read or written; the message names the file and says why."""


class JournalNotContinuedWarning(UserWarning):
    """A journal holds a search that differs from this one in a single part.

    The message names the part (data, folds, estimator, code, scoring, fit parameters,
    versions or scikit-learn's configuration) and says what to do to continue it.
    """


class SearchSpaceEdgeWarning(UserWarning):
    """The best value of a parameter lies at the end of the range that was searched."""


class SpaceExhausted(Exception):
    """Every point of a finite search space has been tried or is being tried."""

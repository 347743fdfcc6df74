"""What to try next: acquisition functions and where they are greatest."""

from skbayes._acquisition.acquisition import Acquisition, build_acquisition
from skbayes._acquisition.effort import Effort
from skbayes._acquisition.maximize import Candidates, maximize

__all__ = [
    "Acquisition",
    "Candidates",
    "Effort",
    "build_acquisition",
    "maximize",
]

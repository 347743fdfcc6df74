"""Choose what to try next: acquisition functions and their maximisation."""

from skbayes._acquisition.acquisition import Acquisition, build_acquisition
from skbayes._acquisition.maximize import Candidates, Effort, maximize

__all__ = [
    "Acquisition",
    "Candidates",
    "Effort",
    "build_acquisition",
    "maximize",
]

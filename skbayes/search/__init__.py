"""The search estimators: grid, random and Bayesian search."""

from skbayes._evaluation.fold.held_out import HeldOut
from skbayes._protocol import FoldResult, Status, Trial
from skbayes.search._bayes import BayesSearchCV
from skbayes.search._grid import GridSearchCV
from skbayes.search._random import RandomSearchCV

__all__ = [
    "BayesSearchCV",
    "FoldResult",
    "GridSearchCV",
    "HeldOut",
    "RandomSearchCV",
    "Status",
    "Trial",
]

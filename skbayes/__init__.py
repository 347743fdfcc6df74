"""Bayesian, random and grid search over hyperparameters, for scikit-learn."""

from skbayes._strategies.optimizer import Optimizer, Pending
from skbayes._strategies.proposal import TimeLeft
from skbayes.search import BayesSearchCV, GridSearchCV, RandomSearchCV

__version__ = "0.1.0"

__all__ = [
    "BayesSearchCV",
    "GridSearchCV",
    "Optimizer",
    "Pending",
    "RandomSearchCV",
    "TimeLeft",
    "__version__",
]

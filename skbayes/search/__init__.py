"""The estimators: grid, random and Bayesian search."""

from skbayes.search._bayes import BayesSearchCV
from skbayes.search._grid import GridSearchCV
from skbayes.search._random import RandomSearchCV

__all__ = ["BayesSearchCV", "GridSearchCV", "RandomSearchCV"]

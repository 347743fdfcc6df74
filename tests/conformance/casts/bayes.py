"""Our Bayesian search where the random search is expected."""

from skbayes.search import BayesSearchCV, GridSearchCV

__all__ = ["GridSearchCV", "RandomizedSearchCV"]


class RandomizedSearchCV(BayesSearchCV):
    __doc__ = BayesSearchCV.__doc__

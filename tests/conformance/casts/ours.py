"""Our grid search and our random search."""

from skbayes.search import GridSearchCV, RandomSearchCV

__all__ = ["GridSearchCV", "RandomizedSearchCV"]


class RandomizedSearchCV(RandomSearchCV):
    __doc__ = RandomSearchCV.__doc__

"""scikit-learn's own classes: what fails with these is no fault of ours."""

from sklearn.model_selection import GridSearchCV as TheirGridSearchCV
from sklearn.model_selection import RandomizedSearchCV as TheirRandomizedSearchCV

__all__ = ["GridSearchCV", "RandomizedSearchCV"]


class GridSearchCV(TheirGridSearchCV):
    __doc__ = TheirGridSearchCV.__doc__


class RandomizedSearchCV(TheirRandomizedSearchCV):
    __doc__ = TheirRandomizedSearchCV.__doc__

"""Boosters that note how they are fitted, under the names of those of the libraries."""

from __future__ import annotations

from sklearn.base import BaseEstimator


class Booster(BaseEstimator):
    """Notes the arguments of its fit, and the patience that it then has."""

    def __init__(self, early_stopping_rounds=None, callbacks=None, depth=3):
        self.early_stopping_rounds = early_stopping_rounds
        self.callbacks = callbacks
        self.depth = depth

    def fit(self, X, y, sample_weight=None, **arguments):
        """Note everything."""
        self.fitted_ = (X, y, sample_weight, arguments)
        self.patience_ = self.early_stopping_rounds
        self.best_iteration = self.best_iteration_ = 6
        self.tree_count_ = 7
        self.n_estimators_ = 9
        return self

    def predict(self, X):
        """Nothing."""
        return [0] * len(X)


def booster(library, name, **params):
    """A booster of a class with the name of one of a library."""
    return type(name, (Booster,), {"__module__": f"{library}.sklearn"})(**params)

"""An estimator whose fits take a chosen time; importable, as real ones are."""

from time import process_time

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Busy(ClassifierMixin, BaseEstimator):
    """Computes for `seconds` of processor time when fitted."""

    def __init__(self, seconds=0.001, value=0):
        self.seconds = seconds
        self.value = value

    def fit(self, X, y):
        """Spin."""
        until = process_time() + self.seconds
        while process_time() < until:
            pass
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Return the first class for everything."""
        return np.full(len(X), self.classes_[0])

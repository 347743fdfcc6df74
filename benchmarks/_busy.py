"""An estimator whose fits take a chosen time; workers can import it."""

from time import process_time, sleep

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin


class Busy(ClassifierMixin, BaseEstimator):
    """Computes for `seconds` of processor time when fitted, or sleeps for as long."""

    def __init__(self, seconds=0.001, asleep=False, value=0):
        self.seconds = seconds
        self.asleep = asleep
        self.value = value

    def fit(self, X, y):
        """Spin, or sleep."""
        if self.asleep:
            sleep(self.seconds)
        until = process_time() + self.seconds
        while not self.asleep and process_time() < until:
            pass
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """Return the first class for everything."""
        return np.full(len(X), self.classes_[0])

"""Estimators whose true score is known, and that are fitted at once."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import expit
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

from skbayes.search import GridSearchCV

#: Samples there are to draw from.
POPULATION = 20_000


@cache
def noise_of(kind, candidate):
    """Standard normal noise of a candidate, one number a sample there is."""
    return np.random.default_rng([kind, candidate]).standard_normal(POPULATION)


class NoisyClassifier(ClassifierMixin, BaseEstimator):
    """Sees the label through noise; how much is the same for every candidate.

    Each candidate has noise of its own, of which a share is common to all: they are
    equally good in truth, so that the best of them is best by luck.
    """

    def __init__(self, candidate=0, noise=1.0, shared=0.5):
        self.candidate = candidate
        self.noise = noise
        self.shared = shared

    def fit(self, X, y):
        """Remember the labels."""
        self.classes_ = np.unique(y)
        return self

    def decision_function(self, X):
        """The label as -1 or 1, and noise that depends on sample and candidate."""
        ids = X[:, 0].astype(int)
        noise = np.sqrt(self.shared) * noise_of(0, 0)[ids]
        noise += np.sqrt(1 - self.shared) * noise_of(1, self.candidate)[ids]
        return X[:, 1] + self.noise * noise

    def predict_proba(self, X):
        """Probabilities of both classes."""
        p = expit(2 * self.decision_function(X) / self.noise**2)
        return np.column_stack([1 - p, p])

    def predict(self, X):
        """The more likely class."""
        return self.classes_[(self.decision_function(X) > 0).astype(int)]


class NoisyRegressor(RegressorMixin, BaseEstimator):
    """Sees the target through noise, equally strong for every candidate."""

    def __init__(self, candidate=0, noise=1.0):
        self.candidate = candidate
        self.noise = noise

    def fit(self, X, y):
        """Nothing is learned."""
        self.is_fitted_ = True
        return self

    def predict(self, X):
        """The target and noise."""
        ids = X[:, 0].astype(int)
        return X[:, 1] + self.noise * noise_of(2, self.candidate)[ids]


def labelled(n_samples, *, seed=0):
    """Data for `NoisyClassifier`: ids and labels, drawn anew for every seed."""
    rng = np.random.default_rng(seed)
    ids = rng.choice(POPULATION, n_samples, replace=False)
    y = rng.integers(2, size=n_samples)
    return np.column_stack([ids, 2.0 * y - 1]), y


def measured(n_samples, *, seed=0):
    """Data for `NoisyRegressor`."""
    rng = np.random.default_rng(seed)
    ids = rng.choice(POPULATION, n_samples, replace=False)
    y = rng.normal(3.0, 2.0, size=n_samples)
    return np.column_stack([ids, y]), y


def search_of(estimator, n_candidates, data, **settings):
    """A fitted search over equally good candidates, with its predictions."""
    grid = {"candidate": list(range(n_candidates))}
    return GridSearchCV(estimator, grid, store_predictions=True, **settings).fit(*data)

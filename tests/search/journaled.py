"""A classifier that notes its fits, and searches with a journal."""

from __future__ import annotations

import warnings
from contextlib import nullcontext

import numpy as np
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin

from skbayes import BayesSearchCV, GridSearchCV
from skbayes.exceptions import JournalNotContinuedWarning

rng = np.random.default_rng(0)
X, y = rng.normal(size=(60, 3)), rng.integers(0, 2, 60)
SEEN = []


class Seen(ClassifierMixin, BaseEstimator):
    """Notes what it is fitted with."""

    def __init__(self, C=1.0, kind="a", step=None):
        self.C = C
        self.kind = kind
        self.step = step

    def fit(self, X, y, sample_weight=None):
        """Note parameters and samples."""
        SEEN.append((self.C, self.kind, len(X)))
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        """The first class, always."""
        return np.full(len(X), self.classes_[0])

    def score(self, X, y, sample_weight=None):
        """A hill, with its top where no search here has looked first."""
        return -abs(np.log10(self.C) - 1.5) + 0.1 * (self.kind == "b")


def grid(journal, space, estimator=None, **settings):
    """A grid search of three folds."""
    settings = {"cv": 3, "refit": False} | settings
    return GridSearchCV(estimator or Seen(), space, journal=journal, **settings)


def bayes(journal, space, n_iter=8, estimator=None, **settings):
    """A Bayesian search of three folds."""
    settings = {"cv": 3, "refit": False, "random_state": 0} | settings
    return BayesSearchCV(
        estimator or Seen(), space, n_iter=n_iter, journal=journal, **settings
    )


def n_fits(search, data=(X, y), message=None, **fit_params):
    """Fits of a search; its warning about the journal must match `message`."""
    SEEN.clear()
    expected = (
        nullcontext()
        if message is None
        else pytest.warns(JournalNotContinuedWarning, match=message)
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if message is None:
            warnings.simplefilter("error", JournalNotContinuedWarning)
        with expected:
            search.fit(*data, **fit_params)
    return len(SEEN)

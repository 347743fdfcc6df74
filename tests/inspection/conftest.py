"""Searches of functions whose properties are known, and figures that are closed."""

from __future__ import annotations

import math
import warnings

import matplotlib as mpl
import numpy as np
import pytest
from sklearn.base import BaseEstimator

mpl.use("Agg")

X = np.linspace(0.0, 1.0, 20)[:, None]


class Formula(BaseEstimator):
    """Scores what a function of its parameters says, plus what the fold adds."""

    def __init__(self, a=0.0, b=0.0, c=0.0, kind="x", formula=None):
        self.a = a
        self.b = b
        self.c = c
        self.kind = kind
        self.formula = formula

    def fit(self, X, y=None):
        """Nothing to learn; fails where the formula is not defined."""
        if math.isnan(self.formula(self.a, self.b, self.c, self.kind)):
            raise ValueError("not defined here")
        return self

    def score(self, X, y=None):
        """The formula, a little better on later folds."""
        return self.formula(self.a, self.b, self.c, self.kind) + 0.01 * float(X.mean())


def fitted(search):
    """Fit a search of a `Formula`, silent about folds that fail."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return search.fit(X)


@pytest.fixture(autouse=True)
def _close_figures():
    """Close what a test has drawn."""
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def additive(a, b, c, kind):
    """2 a + b, and half of a uniform step between two kinds."""
    return 2.0 * a + b + (0.5 if kind == "y" else 0.0)


def quadratic(a, b, c, kind):
    """Best at a = 0.3, b = 10 on a log axis; c does nothing."""
    return -((a - 0.3) ** 2) - 0.1 * (math.log10(b) - 1.0) ** 2
